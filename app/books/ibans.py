"""Bank accounts by IBAN (ISO 13616): whether one can be right, and whether SEPA reaches it."""

from typing import Final

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

SEPA: Final = frozenset(
    [
        "AD",
        "AL",
        "AT",
        "BE",
        "BG",
        "CH",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GB",
        "GG",
        "GI",
        "GR",
        "HR",
        "HU",
        "IE",
        "IM",
        "IS",
        "IT",
        "JE",
        "LI",
        "LT",
        "LU",
        "LV",
        "MC",
        "MD",
        "ME",
        "MK",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "RS",
        "SE",
        "SI",
        "SK",
        "SM",
        "VA",
    ]
)
"""Countries of the SEPA schemes' geographical scope (EPC409-09), by their IBAN's country code."""


def is_iban(number: str) -> bool:
    """Whether it can be right: country, length, check digits, and the bank's own in Germany."""
    bare = _bare(number)
    try:
        IBAN(bare, validate_bban=bare.startswith("DE"))
    except (SchwiftyException, ValueError):
        return False
    return True


def in_sepa(number: str) -> bool:
    """Whether SEPA's schemes reach its country."""
    return _bare(number)[:2] in SEPA


def _bare(number: str) -> str:
    return "".join(number.split()).upper()


def grouped(number: str) -> str:
    """In fours, as it is printed (ISO 13616)."""
    bare = "".join(number.split()).upper()
    return " ".join(bare[at : at + 4] for at in range(0, len(bare), 4))
