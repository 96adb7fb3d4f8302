"""Numbers of shipping units: SSCC (GS1), as digits, EPC URN or GS1 Digital Link. Pure."""

import re
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Europe/Berlin")
"""Days and hours of shipments are told here, wherever a message comes from."""

LENGTH: Final = 18
_URN: Final = re.compile(r"^urn:epc:id:sscc:(\d+)\.(\d)(\d+)$")
_LINK: Final = re.compile(r"/00/(\d{18})(?:$|[/?#])")
_DIGITS: Final = re.compile(r"^(?:\(00\)|00)?(\d{18})$")


def check_digit(body: str) -> str:
    """Of the digits before it: weights 3 and 1 from the right, to the next ten (GS1)."""
    total = sum(int(sign) * (3, 1)[at % 2] for at, sign in enumerate(reversed(body)))
    return str(-total % 10)


def unit_of(text: str) -> str:
    """The SSCC as 18 digits, or the identifier as it came."""
    bare = text.strip()
    if urn := _URN.match(bare):
        body = f"{urn[2]}{urn[1]}{urn[3]}"
        return body + check_digit(body)
    if link := _LINK.search(bare):
        return link[1]
    digits = _DIGITS.match(re.sub(r"[ .]", "", bare))
    return digits[1] if digits else bare


def is_wrong(unit: str) -> bool:
    """Whether it is an SSCC by its length, but not by its check digit."""
    return len(unit) == LENGTH and unit.isdigit() and check_digit(unit[:-1]) != unit[-1]
