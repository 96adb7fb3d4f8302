"""In which order Get next tries what it found while others try for the same."""

from collections.abc import Iterator, Sequence
from random import SystemRandom
from threading import Lock
from time import monotonic
from typing import TypeVar
from uuid import UUID

Offer = TypeVar("Offer", bound=tuple[int, UUID, *tuple[object, ...]])

BESIDE = 8
"""So many of the next most urgent are tried at random."""
TRIED_FOR = 0.5
"""Seconds: whoever found an item free before that has tried it or found it gone."""
_tried: dict[UUID, float] = {}
_lock = Lock()


def in_turn(offers: Sequence[Offer]) -> Iterator[Offer]:
    """The most urgent, then its neighbours at random; last what this process tried just now.

    Whoever loses the first to somebody else would lose the second to the same crowd: eight people
    at once cost each other 5.6 lost tries an item in strict order (`make bench`).
    """
    near = list(offers[1 : 1 + BESIDE])
    SystemRandom().shuffle(near)
    crowded = []
    for offer in (*offers[:1], *near, *offers[1 + BESIDE :]):
        if _is_ours(offer[1]):
            yield offer
        else:
            crowded.append(offer)
    yield from crowded


def _is_ours(item_id: UUID) -> bool:
    """Whether nobody else of this process is at it; from now on, we are."""
    at = monotonic()
    with _lock:
        if _tried.get(item_id, 0.0) > at:
            return False
        if len(_tried) > 1000:
            for key in [key for key, until in _tried.items() if until <= at]:
                del _tried[key]
        _tried[item_id] = at + TRIED_FOR
    return True
