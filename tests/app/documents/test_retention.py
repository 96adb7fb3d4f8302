"""How long a file is kept: whole years from the end of the year (§ 147 AO)."""

from datetime import date

import pytest

from app.documents.rules import kept_until


@pytest.mark.parametrize(
    ("stored", "kind", "until"),
    [
        (date(2026, 1, 1), "voucher", date(2034, 12, 31)),
        (date(2026, 12, 31), "voucher", date(2034, 12, 31)),
        (date(2026, 3, 1), "books", date(2036, 12, 31)),
        (date(2026, 3, 1), "letter", date(2032, 12, 31)),
        (date(2026, 3, 1), "unheard of", date(2036, 12, 31)),
    ],
)
def test_years_count_from_the_end_of_the_year(stored: date, kind: str, until: date) -> None:
    assert kept_until(stored, kind) == until
