"""Who has to approve: by service and amount, by two people, by substitutes."""

from datetime import date
from uuid import UUID

import pytest

from app.work.rules.approving import MatrixLine, Stand, for_whom, is_complete, line_for, may_ever

ANN, BEN, CLEO, DAN = (UUID(int=number) for number in range(1, 5))
TODAY = date(2026, 11, 25)


def line(key: int, from_minor: int, *, service: str = "", needed: int = 1) -> MatrixLine:
    return MatrixLine(
        key=UUID(int=key), service_key=service, from_minor=from_minor, needed=needed,
        approvers=frozenset({ANN, BEN}),
    )  # fmt: skip


def away(absent: UUID, substitute: UUID, *, until: date = TODAY) -> Stand:
    return Stand(absent=absent, substitute=substitute, first=date(2026, 11, 20), last=until)


SMALL, LARGE, PAY = line(1, 0), line(2, 100_000), line(3, 50_000, service="payments")


@pytest.mark.parametrize(
    ("service", "amount", "expected"),
    [
        ("accounts_payable", None, SMALL),
        ("accounts_payable", 99_999, SMALL),
        ("accounts_payable", 100_000, LARGE),
        ("payments", 49_999, SMALL),
        ("payments", 50_000, PAY),
        ("payments", 900_000, PAY),
    ],
)
def test_a_services_own_line_goes_first_then_the_highest_amount(
    service: str, amount: int | None, expected: MatrixLine
) -> None:
    assert line_for([LARGE, PAY, SMALL], service_key=service, amount_minor=amount) == expected


def test_below_every_line_nobody_in_particular_is_asked() -> None:
    assert line_for([LARGE], service_key="payments", amount_minor=5) is None


def test_who_is_listed_approves_for_oneself_once() -> None:
    assert for_whom(ANN, SMALL, stands=[], given={}, on=TODAY) == ANN
    assert for_whom(ANN, SMALL, stands=[], given={ANN: ANN}, on=TODAY) is None
    assert for_whom(CLEO, SMALL, stands=[], given={}, on=TODAY) is None


def test_a_substitute_approves_in_its_days_only() -> None:
    stands = [away(ANN, CLEO)]
    assert for_whom(CLEO, SMALL, stands=stands, given={}, on=TODAY) == ANN
    assert for_whom(CLEO, SMALL, stands=stands, given={}, on=date(2026, 11, 26)) is None
    assert for_whom(CLEO, SMALL, stands=stands, given={}, on=date(2026, 11, 19)) is None
    assert may_ever(CLEO, SMALL, stands=stands, on=TODAY)
    assert not may_ever(DAN, SMALL, stands=stands, on=TODAY)


def test_two_of_n_are_two_people_and_two_voices() -> None:
    two = line(9, 0, needed=2)
    both = [away(ANN, CLEO), away(BEN, CLEO)]
    assert for_whom(CLEO, two, stands=both, given={CLEO: ANN}, on=TODAY) is None  # one person
    assert for_whom(ANN, two, stands=both, given={CLEO: ANN}, on=TODAY) is None  # one voice
    assert for_whom(BEN, two, stands=both, given={CLEO: ANN}, on=TODAY) == BEN
    assert not is_complete(two, [CLEO])
    assert is_complete(two, [CLEO, BEN])
