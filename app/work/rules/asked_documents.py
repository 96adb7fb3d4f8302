"""What may become of a document that was asked for, and which file answers which wish."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TypeVar

from rapidfuzz import fuzz

Key = TypeVar("Key")


class Wish(StrEnum):
    """The life of one document that was asked for."""

    OPEN = "open"
    HANDED_IN = "handed_in"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    """The client has to hand it in again."""
    WAIVED = "waived"
    """Not needed any more."""


W = Wish
NEXT: dict[Wish, frozenset[Wish]] = {
    W.OPEN: frozenset({W.HANDED_IN, W.WAIVED}),
    W.HANDED_IN: frozenset({W.HANDED_IN, W.ACCEPTED, W.REJECTED, W.WAIVED}),
    W.ACCEPTED: frozenset({W.REJECTED}),
    W.REJECTED: frozenset({W.HANDED_IN, W.WAIVED}),
    W.WAIVED: frozenset(),
}
MISSING: frozenset[Wish] = frozenset({W.OPEN, W.REJECTED})
"""With the client."""
SETTLED: frozenset[Wish] = frozenset({W.ACCEPTED, W.WAIVED})
ENOUGH = 60.0
"""Of 100: how alike a file's name and a wish must be to belong together."""
_WORD = re.compile(r"[^\W_]+")


def may_become(current: Wish, wanted: Wish) -> bool:
    """Whether the life of a wish knows this step."""
    return wanted in NEXT[current]


def matched(
    names: Sequence[str], wishes: Mapping[Key, str], *, also: Mapping[Key, str] | None = None
) -> tuple[dict[int, Key], list[int]]:
    """Which file (by its place in `names`) answers which wish; and the files that answer none.

    Each wish takes one file at most, the most alike first. A single wish takes a single file.
    `also` says what a wish is called in the client's language.
    """
    if len(names) == 1 and len(wishes) == 1:
        return {0: next(iter(wishes))}, []
    scores = sorted(
        (
            (
                *min(_alike(name, title), _alike(name, (also or {}).get(key, title))),
                place,
                order,
                key,
            )
            for place, name in enumerate(names)
            for order, (key, title) in enumerate(wishes.items())
        ),
        key=lambda score: score[:4],
    )
    found: dict[int, Key] = {}
    for score, _whole, place, _order, key in scores:
        if -score >= ENOUGH and place not in found and key not in found.values():
            found[place] = key
    return found, [place for place in range(len(names)) if place not in found]


def _alike(name: str, title: str) -> tuple[float, float]:
    """The smaller the more alike: the words they share, then the whole text."""
    left, right = _words(PurePosixPath(name).stem), _words(title)
    return -fuzz.token_set_ratio(left, right), -fuzz.ratio(left, right)


def _words(text: str) -> str:
    folded = text.casefold().translate({ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue"})
    return " ".join(_WORD.findall(folded))
