"""Numbers of terms are shown and read as the reader's language writes them."""

from decimal import Decimal

import pytest
from flask_babel import force_locale

from app.desk.terms_forms import number, shown
from tests.factories.desk_house import House


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [
        ("de", "1.250", "1250"),
        ("de", "1.250,50", "1250.50"),
        ("de", "0,125", "0.125"),
        ("de", "12.5", "12.5"),
        ("en", "1,250", "1250"),
        ("en", "1.250", "1.25"),
    ],
)
def test_what_is_typed(house: House, language: str, typed: str, meant: str) -> None:
    with house.app.test_request_context(), force_locale(language):
        assert number(typed, "amount") == Decimal(meant)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("value", ["1.125", "1250", "1234567.5", "0.0001", "12.50", "-3"])
def test_what_is_shown_is_read_as_the_same(house: House, language: str, value: str) -> None:
    with house.app.test_request_context(), force_locale(language):
        assert number(shown(Decimal(value)), "amount") == Decimal(value)
