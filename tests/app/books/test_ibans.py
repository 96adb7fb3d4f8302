"""Bank accounts: check digits and the countries SEPA reaches."""

import pytest

from app.books.ibans import in_sepa, is_iban


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("DE89 3704 0044 0532 0130 00", (True, True)),
        ("DE88 3704 0044 0532 0130 00", (False, True)),
        ("TR330006100519786457841326", (True, False)),
        ("", (False, False)),
    ],
)
def test_ibans(number: str, told: tuple[bool, bool]) -> None:
    assert (is_iban(number), in_sepa(number)) == told
