"""Names against a sanctions list: alike enough to be looked at by a person. Pure.

Order of words, accents, legal forms and single slips of the pen do not hide a name. A hit is a
question, never a verdict.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from app.kernel.tables import NotAList, OpenRow, decoded, rows_of_text

CUTOFF: Final = 85
"""Alikeness (0 to 100) from which a name is a hit; measured in the tests."""
MOST_HITS: Final = 5
_NEAR: Final = 50
_CANDIDATES: Final = 200
"""Looked at more closely, word by word."""
_NO_VALUE: Final = "-0-"
_LEGAL: Final = frozenset(
    {
        *("gmbh", "ag", "kg", "ohg", "ug", "mbh", "co", "company", "ltd", "limited", "llc", "inc"),
        *("corp", "corporation", "sa", "sarl", "srl", "spa", "bv", "nv", "oao", "ooo", "pjsc"),
        *("jsc", "plc", "sl", "ev", "und", "and", "the"),
    }
)
_LETTERS: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae"}
)
_EU_NAME: Final = "namealias_wholename"
_EU_NUMBER: Final = "entity_eureferencenumber"
_SDN_COLUMNS: Final = 12
_ALT_COLUMNS: Final = 5


@dataclass(frozen=True, slots=True)
class Listed:
    """A name on a list."""

    name: str
    reference: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A listed name that is alike."""

    listed: Listed
    score: int


def plain(name: str) -> str:
    """Lower case, no accents, no legal forms, words in alphabetical order."""
    text = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    text = "".join(one for one in text if not unicodedata.combining(one))
    words = re.findall(r"[^\W_]+", text.replace("'", ""))
    kept = [word for word in words if word not in _LEGAL] or words
    return " ".join(sorted(kept))


def read_list(content: bytes) -> list[Listed]:
    """OFAC's SDN.CSV and ALT.CSV (no headings), the EU's list, or any table with a column `name`.

    Empty where it is none of these.
    """
    try:
        rows = [row for _, row in rows_of_text(decoded(content))]
    except NotAList:
        return []
    if not rows or isinstance(rows[-1], OpenRow):  # half a list would clear the names of the rest
        return []
    heading = [cell.strip().casefold() for cell in rows[0]]
    if heading[0].isdigit():
        return [one for row in rows if (one := _of_ofac(row))]
    for name, number in ((_EU_NAME, _EU_NUMBER), ("name", "reference")):
        if name in heading:
            return _of_columns(rows[1:], heading, name, number)
    return []


def _of_ofac(row: Sequence[str]) -> Listed | None:
    cells = [cell.strip() for cell in row]
    if len(cells) >= _SDN_COLUMNS:
        kind = cells[2] if cells[2] != _NO_VALUE else ""
        return Listed(cells[1], f"OFAC {cells[0]}", kind)
    if len(cells) == _ALT_COLUMNS:
        return Listed(cells[3], f"OFAC {cells[0]} ({cells[2]})")
    return None


def _of_columns(
    rows: Sequence[Sequence[str]], heading: Sequence[str], name: str, number: str
) -> list[Listed]:
    at, ref = heading.index(name), heading.index(number) if number in heading else None
    return [
        Listed(row[at].strip(), row[ref].strip() if ref is not None and ref < len(row) else "")
        for row in rows
        if at < len(row) and row[at].strip()
    ]


class Screen:
    """A list made ready once for many names."""

    def __init__(self, listed: Sequence[Listed]) -> None:
        self._listed = listed
        self._plain = [plain(one.name) for one in listed]

    def hits(self, name: str, *, cutoff: int = CUTOFF) -> list[Hit]:
        """The listed names most alike, best first."""
        wanted = plain(name)
        near = process.extract(
            wanted, self._plain, scorer=fuzz.ratio, score_cutoff=_NEAR, limit=_CANDIDATES
        )
        scored = [(max(score, by_words(wanted, text)), at) for text, score, at in near]
        kept = sorted((one for one in scored if one[0] >= cutoff), key=lambda one: -one[0])
        return [Hit(self._listed[at], round(score)) for score, at in kept[:MOST_HITS]]


def by_words(one: str, other: str) -> float:
    """Each word against its best partner, weighed by length, from both sides (0 to 100).

    A slip in a first letter moves a word to another place: here places do not matter.
    """
    mine, theirs = one.split(), other.split()
    total = sum(map(len, mine)) + sum(map(len, theirs))
    score = sum(
        len(word) * max(fuzz.ratio(word, partner) for partner in partners)
        for words, partners in ((mine, theirs), (theirs, mine))
        for word in words
    )
    return score / total if total else 0.0
