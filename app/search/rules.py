"""What is looked for: words, and the marks of numbers, amounts and file names."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

MOST_MARKS = 300
MOST_TERMS = 8
_AMOUNT = re.compile(r"\d{1,3}(?:[.,\s']\d{3})+(?:[.,]\d{2})?(?!\d)|\d+[.,]\d{2}(?!\d)")
_JOINED = re.compile(r"\w+(?:[-/.]\w+)+|\w+_\w+|\w*\d\w*")
_WORD = re.compile(r"[^\W_]+")


class Kind(StrEnum):
    """What can be found."""

    ITEM = "item"
    DOCUMENT = "document"
    MESSAGE = "message"


def amount_mark(text: str) -> str:
    """`1.284,00`, `1,284.00` and `1284.00` are one: `1284x00`; whole thousands have no cents."""
    cents = re.search(r"[.,](\d{2})$", text)
    whole = re.sub(r"\D", "", text[: cents.start()] if cents else text)
    return f"{whole}x{cents[1]}" if cents else whole


def marks(text: str) -> list[str]:
    """Numbers and names in the one form in which they are looked for, each once."""
    found = [amount_mark(one) for one in _AMOUNT.findall(text)]
    for joined in _JOINED.findall(text):
        found += [_plain(joined), *(_plain(part) for part in _WORD.findall(joined))]
    return [mark for mark in dict.fromkeys(found) if mark][:MOST_MARKS]


def _plain(word: str) -> str:
    return re.sub(r"[\W_]", "", word).lower()[:60]


def terms(words: str) -> list[tuple[str, str]]:
    """What was typed as (word, mark) pairs: each must be found as one or the other."""
    found = []
    for typed in words.split()[:MOST_TERMS]:
        amount = _AMOUNT.fullmatch(typed.strip(".,;€"))
        mark = amount_mark(amount[0]) if amount else _plain(typed)
        parts = _WORD.findall(typed)
        if mark:
            found.append((parts[0] if len(parts) == 1 else "", mark))
    return found


def words_of(values: Any) -> str:
    """Everything that can be read in JSON values, in their order."""
    return " ".join(_leaves(values))


def _leaves(values: Any) -> Iterable[str]:
    if isinstance(values, Mapping):
        for value in values.values():
            yield from _leaves(value)
    elif isinstance(values, list | tuple):
        for value in values:
            yield from _leaves(value)
    elif values is not None and not isinstance(values, bool):
        yield str(values)
