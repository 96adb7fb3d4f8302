"""The only clock. Always aware, always UTC."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """The present moment (aware, UTC), or the one the clock is frozen at."""
    return _frozen.get() or datetime.now(UTC)  # noqa: TID251


@contextmanager
def freeze(moment: datetime) -> Iterator[None]:
    """Stand still at `moment` inside the block: for tests and for demo data of past weeks."""
    if moment.tzinfo is None:
        raise ValueError("the clock knows aware moments only")
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


_YEARS = range(1900, 2200)


def month_of(text: str) -> date:
    """The first day of `2026-11`. Raises ValueError for what is none, or is in nobody's books."""
    first = date.fromisoformat(f"{text}-01")
    if first.year not in _YEARS:
        raise ValueError(text)
    return first


def ago(**span: float) -> datetime:
    """The moment `span` (as of timedelta) before now."""
    return now() - timedelta(**span)
