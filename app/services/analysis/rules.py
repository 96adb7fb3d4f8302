"""Groups, sums and comparisons over a table. Pure; amounts are Decimals."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Final

from app.catalogue.rows import as_date
from app.kernel.numerals import decimal_sign, number_of

MEASURES: Final = ("sum", "count", "mean", "median", "least", "most")
PERIODS: Final = ("none", "month", "quarter", "year")
REST: Final = "…"
CENT: Final = Decimal("0.01")
_CURRENCIES: Final = ("$", "£", "¥", "CHF", "USD", "GBP")
"""Beside the euro, which every number may carry. Another one beside the most usual is not added."""
_LEAST_FOR_OUTLIERS: Final = 8


@dataclass(frozen=True, slots=True)
class Group:
    """One line of the answer."""

    label: str
    value: Decimal
    rows: int
    share: Decimal
    """Percent of all, where the values add up."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The groups in their order, and what could not be used."""

    groups: tuple[Group, ...]
    total: Decimal
    """The same figure over all rows."""
    used: int
    unread: tuple[tuple[int, str], ...]
    """Line and cell that is no number or no date."""
    outliers: tuple[tuple[int, Decimal], ...]


def period_of(day: date, period: str) -> str:
    """`2026-03`, `2026 Q1` or `2026`."""
    if period == "month":
        return f"{day:%Y-%m}"
    if period == "quarter":
        return f"{day.year} Q{(day.month + 2) // 3}"
    return str(day.year)


def measured(values: Sequence[Decimal], measure: str) -> Decimal:
    """One figure of many."""
    if measure == "count":
        return Decimal(len(values))
    if measure == "sum":
        return sum(values, Decimal(0))
    if measure == "mean":
        return (sum(values, Decimal(0)) / len(values)).quantize(CENT)
    if measure == "median":
        return median(values)
    return min(values) if measure == "least" else max(values)


def answer(
    lines: Sequence[tuple[int, Sequence[str]]],
    *,
    by: int,
    value: int | None,
    measure: str,
    period: str,
) -> Answer:
    """`by` and `value` are places of columns; without a value, rows are counted."""
    groups: dict[str, list[Decimal]] = {}
    unread, all_values = [], []
    figures_of = _reader(lines, value) if value is not None and measure != "count" else None
    for line, cells in lines:
        label, number = _cell(cells, by), Decimal(1)
        if value is not None and figures_of is not None:
            found = figures_of(_cell(cells, value))
            if found is None:
                unread.append((line, _cell(cells, value)))
                continue
            number = found
        if period != "none":
            day = as_date(label)
            if day is None:
                unread.append((line, label))
                continue
            label = period_of(day, period)
        groups.setdefault(label or "-", []).append(number)
        all_values.append((line, number))
    figures = {label: measured(values, measure) for label, values in groups.items()}
    total = measured([number for _, number in all_values], measure) if all_values else Decimal(0)
    order = (
        sorted(figures)
        if period != "none"
        else sorted(figures, key=lambda one: (-figures[one], one))
    )
    return Answer(
        groups=tuple(
            Group(one, figures[one], len(groups[one]), _share(figures[one], total, measure))
            for one in order
        ),
        total=total,
        used=len(all_values),
        unread=tuple(unread),
        outliers=tuple(_outliers(all_values)) if measure != "count" else (),
    )


def _reader(
    lines: Sequence[tuple[int, Sequence[str]]], value: int
) -> Callable[[str], Decimal | None]:
    """Reads the column's numbers, in its way of writing and in the one currency that it names."""
    texts = [_cell(cells, value) for _, cells in lines]
    signs = Counter(sign for text in texts for sign in _CURRENCIES if sign in text)
    sign = signs.most_common(1)[0][0] if signs else ""

    def bare(text: str) -> str:
        return text.replace(sign, "", 1).strip() if sign else text

    decimal = decimal_sign(bare(text) for text in texts)
    return lambda text: number_of(bare(text), decimal=decimal)


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def _share(value: Decimal, total: Decimal, measure: str) -> Decimal:
    if measure not in ("sum", "count") or not total:
        return Decimal(0)
    return (value * 100 / total).quantize(Decimal("0.1"))


def _outliers(values: Sequence[tuple[int, Decimal]]) -> list[tuple[int, Decimal]]:
    """Further than three times the spread of the middle half from it (Tukey, 1977)."""
    if len(values) < _LEAST_FOR_OUTLIERS:
        return []
    order = sorted(value for _, value in values)
    low, high = order[len(order) // 4], order[len(order) * 3 // 4]
    far = 3 * (high - low)
    return [one for one in values if far and not low - far <= one[1] <= high + far]


def shortened(groups: Sequence[Group], most: int) -> list[Group]:
    """The largest, and the rest as one."""
    if len(groups) <= most:
        return list(groups)
    kept, rest = list(groups[: most - 1]), groups[most - 1 :]
    return [
        *kept,
        Group(
            REST,
            sum((one.value for one in rest), Decimal(0)),
            sum(one.rows for one in rest),
            sum((one.share for one in rest), Decimal(0)),
        ),
    ]


def place_of(heading: Sequence[str], name: str) -> int | None:
    """The column of this name, whatever its case and blanks."""
    wanted: Mapping[str, int] = {_bare(one): at for at, one in reversed(list(enumerate(heading)))}
    return wanted.get(_bare(name))


def _bare(name: str) -> str:
    return " ".join(name.casefold().split())
