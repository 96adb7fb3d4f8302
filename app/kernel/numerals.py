"""Numbers as people write them: `1.234,56`, `1,234.56`, `1 234`, `1'234.5`.

Whether a point or a comma parts the decimals is told by the other numbers of the column: `2.500`
below `1.234,56` is two thousand five hundred.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

_MARKS: Final = re.compile(r"[€%\u00a0\u202f]|EUR")
_GROUPS: Final = {
    ",": re.compile(r"[+-]?(?:\d+|\d{1,3}(?:[. ']\d{3})+)?(?:,\d+)?"),
    ".": re.compile(r"[+-]?(?:\d+|\d{1,3}(?:[, ']\d{3})+)?(?:\.\d+)?"),
}
_OPEN: Final = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_OTHER: Final = {",": ".", ".": ","}


def number_of(text: str, *, decimal: str = "") -> Decimal | None:
    """The exact number, or None for anything else.

    `decimal`: the sign that parts decimals in this column, as `decimal_sign` told it. Without, the
    last of two signs parts them, and so does a single one; one that is repeated parts thousands.
    """
    bare = _bare(text)
    sign = decimal or _own_sign(bare)
    if not any(one.isdigit() for one in bare) or not _GROUPS[sign].fullmatch(bare):
        return None
    plain = bare.replace(_OTHER[sign], "").replace(" ", "").replace("'", "")
    return Decimal(plain.replace(",", "."))


def money_of(text: str, *, decimal: str = "") -> Decimal | None:
    """The exact amount; None where it is none, has parts of a cent, or could be two amounts."""
    amount = None if is_open(text) and not decimal else number_of(text, decimal=decimal)
    return amount if amount is not None and amount * 100 % 1 == 0 else None


def is_open(text: str) -> bool:
    """Whether the number alone does not tell: `1.234` may be a thousand, or one and a bit."""
    return _OPEN.fullmatch(_bare(text)) is not None


def decimal_sign(texts: Iterable[str]) -> str:
    """Which sign parts the decimals of these numbers; empty where none tells, or they differ."""
    found = set[str]()
    for text in texts:
        if "." in text or "," in text:
            found.add(_told_by(text))
    found.discard("")
    return found.pop() if len(found) == 1 else ""


def _told_by(text: str) -> str:
    bare = _bare(text)
    if _OPEN.fullmatch(bare) or number_of(bare) is None:
        return ""
    return _own_sign(bare)


def _own_sign(bare: str) -> str:
    point, comma = bare.rfind("."), bare.rfind(",")
    last = "," if comma > point else "."
    repeated = bare.count(last) > 1
    return _OTHER[last] if repeated else last


def _bare(text: str) -> str:
    return _MARKS.sub(" ", text).strip()
