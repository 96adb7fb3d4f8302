"""Who presses Get next beside others goes for something else; nothing is ever left out."""

from uuid import UUID, uuid4

import pytest

from app.work import offering
from app.work.offering import BESIDE, in_turn

OFFERS = [(1, uuid4()) for _ in range(20)]


@pytest.fixture(autouse=True)
def tried(monkeypatch: pytest.MonkeyPatch) -> dict[UUID, float]:
    """Nobody tries anything yet."""
    held: dict[UUID, float] = {}
    monkeypatch.setattr(offering, "_tried", held)
    return held


def test_the_most_urgent_comes_first_and_each_once() -> None:
    order = list(in_turn(OFFERS))
    assert order[0] == OFFERS[0]
    assert sorted(order[1 : 1 + BESIDE]) == sorted(OFFERS[1 : 1 + BESIDE])
    assert order[1 + BESIDE :] == OFFERS[1 + BESIDE :]


def test_eight_at_once_begin_with_eight_different_ones() -> None:
    crowd = [in_turn(OFFERS) for _ in range(8)]
    assert len({next(one) for one in crowd}) == 8


def test_what_another_tries_comes_last_but_comes() -> None:
    assert next(in_turn(OFFERS)) == OFFERS[0]
    order = list(in_turn(OFFERS))
    assert order[-1] == OFFERS[0]
    assert sorted(order) == sorted(OFFERS)


def test_after_a_moment_it_is_the_most_urgent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    list(in_turn(OFFERS))
    later = offering.monotonic() + offering.TRIED_FOR
    monkeypatch.setattr(offering, "monotonic", lambda: later)
    assert next(in_turn(OFFERS)) == OFFERS[0]


def test_what_was_tried_long_ago_takes_no_room(
    monkeypatch: pytest.MonkeyPatch, tried: dict[UUID, float]
) -> None:
    list(in_turn([(1, uuid4()) for _ in range(1001)]))
    later = offering.monotonic() + offering.TRIED_FOR
    monkeypatch.setattr(offering, "monotonic", lambda: later)
    next(in_turn(OFFERS))
    assert set(tried) == {OFFERS[0][1]}
