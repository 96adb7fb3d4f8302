"""Finds rows that mean the same thing though they are not written the same."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log
from typing import Final

from rapidfuzz.distance import JaroWinkler
from rapidfuzz.fuzz import ratio

THRESHOLD: Final = 0.70
MOST_ALIKE: Final = 40
"""A value that more rows share says nothing about two of them."""
MOST_PAIRS: Final = 2_000_000
_SIGNS: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows by their place in the table, and how sure it is (0 to 1)."""

    one: int
    other: int
    score: float


def find_pairs(rows: Sequence[Sequence[str]], columns: Sequence[int] = ()) -> list[Pair]:
    """Pairs of rows that are probably the same thing, the surest first.

    `columns`: which columns say so; without any, all. Rows are compared where they share a rare
    value, or the beginnings of two; each column weighs by how well its values tell rows apart.
    """
    if not rows:
        return []
    chosen = list(columns) or list(range(len(rows[0])))
    bare = [[_bare(row[column]) for column in chosen] for row in rows]
    weights = [_weight([row[place] for row in bare]) for place in range(len(chosen))]
    found = []
    for one, other in _candidates(bare):
        score = _score(bare[one], bare[other], weights)
        if score >= THRESHOLD:
            found.append(Pair(one, other, round(score, 3)))
    return sorted(found, key=lambda pair: (-pair.score, pair.one, pair.other))


def _bare(cell: str) -> str:
    return _SIGNS.sub(" ", cell.casefold()).strip()


def _weight(values: Sequence[str]) -> float:
    filled = [value for value in values if value]
    return log(1 + len(set(filled))) * (len(filled) / len(values)) if filled else 0.0


def _candidates(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
    blocks: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        for key in _keys(row):
            blocks[key].append(number)
    seen: set[tuple[int, int]] = set()
    for block in blocks.values():
        if not 2 <= len(block) <= MOST_ALIKE:
            continue
        for pair in combinations(block, 2):
            if pair not in seen:
                seen.add(pair)
                yield pair
            if len(seen) > MOST_PAIRS:
                return


def _keys(row: Sequence[str]) -> Iterator[tuple[object, ...]]:
    """Whole values, and beginnings of two columns together: a slip in one does not hide a pair."""
    starts = [(place, value[:3]) for place, value in enumerate(row) if value]
    yield from (("whole", place, value) for place, value in enumerate(row) if len(value) > 2)
    yield from combinations(starts, 2)


def _score(one: Sequence[str], other: Sequence[str], weights: Sequence[float]) -> float:
    total = reached = 0.0
    for left, right, weight in zip(one, other, weights, strict=True):
        if left and right:
            total += weight
            reached += weight * _alike(left, right)
    return reached / total if total else 0.0


def _alike(left: str, right: str) -> float:
    if left == right:
        return 1.0
    if left.isdigit() and right.isdigit():
        return ratio(left, right) / 100
    return max(JaroWinkler.similarity(left, right), ratio(left, right) / 100)
