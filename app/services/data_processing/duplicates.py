"""Finds rows that mean the same thing though they are not written the same.

What counts is how much more two cells are alike than any two of their column: addresses of one web
site, days of one year and numbers in a row are alike without meaning the same. Two rows are told
where enough of what tells rows apart agrees, and more of it than chance brings about in a table of
this length (Fellegi and Sunter 1969).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log
from typing import Final

from rapidfuzz.distance import JaroWinkler
from rapidfuzz.fuzz import ratio

THRESHOLD: Final = 0.6
MOST_ALIKE: Final = 40
"""A value that more rows share says nothing about two of them."""
MOST_PAIRS: Final = 1_000_000
MOST_KEYS: Final = 10
"""Columns by which rows are brought together: those that tell most."""
_BEYOND_CHANCE: Final = 3.0
_WEIGHT: Final = 12.0
_NUMBERED: Final = 0.5
"""A column in which every row has a value of its own says half: the same person entered twice has
two numbers too."""
_SAMPLE: Final = 500
_STRIDE: Final = 7919
_USUAL: Final = 0.95
"""So many of any two different values of a column are less alike than what counts as alike."""
_MOSTLY: Final = 0.9
_SIGNS: Final = re.compile(r"[\W_]+")
_LETTER: Final = re.compile(r"[^\W\d_]")
_FIGURE: Final = re.compile(r"[-+]?[\d.,]*\d[.,]\d+(?:[eE][-+]?\d+)?|0")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows by their place in the table, and how sure it is (0 to 1)."""

    one: int
    other: int
    score: float


@dataclass(frozen=True, slots=True)
class _Column:
    """How much agreement in a column says, and how alike any two of its values are."""

    place: int
    weight: float
    usual: float
    is_figure: bool
    """Amounts and measures: near is not the same."""


def find_pairs(rows: Sequence[Sequence[str]]) -> list[Pair]:
    """Pairs of rows that are probably the same thing, the surest first.

    Rows are compared where they share a rare value, or the beginnings of two. Rows without a word
    are figures, and only the same where they are equal.
    """
    if not rows:
        return []
    bare = [[_bare(cell) for cell in row] for row in rows]
    columns = sorted(
        (_column(place, rows, bare) for place in range(len(rows[0]))),
        key=lambda one: -one.weight,
    )
    least = THRESHOLD if _has_words(rows) else 1.0
    needed = log(len(rows) * (len(rows) - 1) / 2 + 1) + _BEYOND_CHANCE
    found = []
    for one, other in _candidates(bare, [column.place for column in columns[:MOST_KEYS]]):
        score = _score(bare[one], bare[other], columns, least, needed)
        if score:
            found.append(Pair(one, other, round(score, 3)))
    return sorted(found, key=lambda pair: (-pair.score, pair.one, pair.other))


def _bare(cell: str) -> str:
    return _SIGNS.sub(" ", cell.casefold()).strip()


def _has_words(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a column is made of words for the most part."""
    for cells in zip(*rows, strict=True):
        filled = [cell for cell in cells if cell.strip()]
        if sum(1 for cell in filled if _LETTER.search(cell)) * 2 > len(filled):
            return True
    return False


def _column(place: int, rows: Sequence[Sequence[str]], bare: Sequence[Sequence[str]]) -> _Column:
    filled = [row[place] for row in bare if row[place]]
    count = len(filled)
    if count < 2:
        return _Column(place, 0.0, 0.0, is_figure=False)
    pairs = count * (count - 1)
    same = sum(times * (times - 1) for times in Counter(filled).values()) / pairs
    weight = -log(max(same, 2 / pairs)) * (count / len(rows)) if same < 1 else 0.0
    weight = min(weight, _WEIGHT) * (_NUMBERED if not same and count == len(rows) else 1.0)
    figures = _mostly(_FIGURE, [row[place].strip() for row in rows if row[place].strip()])
    return _Column(place, weight, _usual(filled), is_figure=figures)


def _mostly(kind: re.Pattern[str], values: Sequence[str]) -> bool:
    return sum(1 for value in values if kind.fullmatch(value)) >= _MOSTLY * len(values)


def _usual(values: Sequence[str]) -> float:
    """How alike two different values of a column are for the most part; from a sample."""
    count = len(values)
    drawn = ((at % count, (at * _STRIDE + 13) % count) for at in range(min(_SAMPLE, count * 4)))
    alike = sorted(
        _alike(values[one], values[other]) for one, other in drawn if values[one] != values[other]
    )
    return min(alike[int(len(alike) * _USUAL)], 0.999) if alike else 0.0


def _candidates(rows: Sequence[Sequence[str]], places: Sequence[int]) -> Iterator[tuple[int, int]]:
    blocks: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        for key in _keys(row, places):
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


def _keys(row: Sequence[str], places: Sequence[int]) -> Iterator[tuple[object, ...]]:
    """Whole values, and beginnings of two columns together: a slip in one does not hide a pair."""
    starts = [(place, row[place][:3]) for place in places if row[place]]
    yield from (("whole", place, row[place]) for place in places if len(row[place]) > 2)
    yield from combinations(starts, 2)


def _score(
    one: Sequence[str],
    other: Sequence[str],
    columns: Sequence[_Column],
    least: float,
    needed: float,
) -> float:
    """The share of what tells rows apart that agrees; 0 where that is less than `least`."""
    both = [column for column in columns if one[column.place] and other[column.place]]
    total = sum(column.weight for column in both)
    reached, left = 0.0, total
    for column in both:
        left -= column.weight
        reached += column.weight * _agreement(one[column.place], other[column.place], column)
        if reached + left < max(least * total - 1e-9, needed):
            return 0.0
    return reached / total if total else 0.0


def _agreement(left: str, right: str, column: _Column) -> float:
    if left == right:
        return 1.0
    if column.is_figure:
        return 0.0
    return max((_alike(left, right) - column.usual) / (1 - column.usual), 0.0)


def _alike(left: str, right: str) -> float:
    if left.isdigit() and right.isdigit():
        return ratio(left, right) / 100
    return max(JaroWinkler.similarity(left, right), ratio(left, right) / 100)
