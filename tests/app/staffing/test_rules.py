"""Skills with levels and certificates, shifts, walls."""

from datetime import UTC, date, datetime, time

import pytest

from app.staffing.rules import Held, Shift, behind_walls, is_able, is_on_shift

TODAY = date(2026, 11, 25)
BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("held", "able"),
    [
        ({"payroll": Held(level=2)}, True),
        ({"payroll": Held(level=1)}, False),
        ({"payroll": Held(level=3, expires_on=TODAY)}, True),
        ({"payroll": Held(level=3, expires_on=date(2026, 11, 24))}, False),
        ({"accounting": Held(level=3)}, False),
    ],
)
def test_a_skill_needs_its_level_and_a_valid_certificate(
    *, held: dict[str, Held], able: bool
) -> None:
    assert is_able({"payroll"}, held, level=2, on=TODAY) == able


def test_what_needs_no_skill_anybody_can_do() -> None:
    assert is_able((), {}, level=3, on=TODAY)


def test_a_certificate_ends_soon_within_a_month() -> None:
    assert Held(level=1, expires_on=date(2026, 12, 25)).ends_soon(TODAY)
    assert not Held(level=1, expires_on=date(2026, 12, 26)).ends_soon(TODAY)
    assert not Held(level=1, expires_on=date(2026, 11, 24)).ends_soon(TODAY)
    assert not Held(level=1).ends_soon(TODAY)


@pytest.mark.parametrize(("hour", "there"), [(6, False), (7, True), (14, True), (15, False)])
def test_a_shift_is_half_open_in_the_persons_zone(*, hour: int, there: bool) -> None:
    shifts = [Shift(weekday=2, begins=time(8), ends=time(16))]  # Wednesday
    at = datetime(2026, 11, 25, hour, 0, tzinfo=UTC)  # an hour later in Berlin
    assert is_on_shift(shifts, at, zone=BERLIN) == there


def test_a_night_shift_belongs_to_the_day_it_begins() -> None:
    shifts = [Shift(weekday=2, begins=time(22), ends=time(6))]
    for day, hour, there in ((25, 21, True), (26, 4, True), (26, 6, False), (25, 4, False)):
        at = datetime(2026, 11, day, hour, 0, tzinfo=UTC)
        assert is_on_shift(shifts, at, zone=BERLIN) == there


def test_who_has_no_hours_is_always_there() -> None:
    assert is_on_shift([], datetime(2026, 11, 29, 3, 0, tzinfo=UTC), zone=BERLIN)


def test_one_side_of_a_wall_keeps_from_the_others() -> None:
    walls = {"bakers": [1, 2, 3], "law": [3, 4]}
    assert behind_walls(walls, {}) == frozenset()
    assert behind_walls(walls, {"bakers": 2}) == {1, 3}
    assert behind_walls(walls, {"bakers": 2, "law": 4}) == {1, 3}
