"""Numbers as people write them, and which sign parts the decimals of a column."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.numerals import decimal_sign, is_open, money_of, number_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("1'234.50", "1234.50"),
        ("-12,5", "-12.5"),
        ("1 234,00 €", "1234"),
        ("EUR 5", "5"),
        ("0.05", "0.05"),
        (".5", "0.5"),
        ("19 %", "19"),
    ],
)
def test_numbers_as_people_write_them(text: str, number: str) -> None:
    assert number_of(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "zwölf",
        "1,2,3",
        "12a",
        "--1",
        "=",
        "-",
        "5.",
        "12.05.2026",
        "1,234.567.8",
        "1 23",
        "NaN",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert number_of(text) is None
    assert money_of(text) is None
    assert decimal_sign([text]) == ""


def test_a_column_tells_what_its_sign_parts() -> None:
    assert decimal_sign(["2.500", "17", "1.234,56"]) == ","
    assert decimal_sign(["2.500", "1.234.567"]) == ","
    assert decimal_sign(["2.500", "0.125"]) == "."
    assert decimal_sign(["2,500", "1,234.5"]) == "."
    assert decimal_sign(["2.500", "12.05.2026", "x,5"]) == ""
    assert decimal_sign(["1,5", "1.5"]) == ""
    assert number_of("2.500", decimal=",") == 2500
    assert number_of("2.500", decimal=".") == Decimal("2.5")
    assert number_of("1.5", decimal=",") is None


def test_an_amount_that_could_be_two_is_none() -> None:
    assert is_open("2.500")
    assert is_open("-2,500 €")
    assert not is_open("0.500")
    assert not is_open("2.5000")
    assert money_of("2.500") is None
    assert money_of("2.500", decimal=",") == 2500
    assert money_of("2.505", decimal=".") is None
    assert money_of("12,50") == Decimal("12.5")


@given(
    st.lists(st.decimals(0, 10**9, places=2), min_size=1),
    st.sampled_from([(".", ","), (",", ".")]),
)
def test_a_column_written_one_way_is_read_exactly(
    amounts: list[Decimal], signs: tuple[str, str]
) -> None:
    group, decimal = signs
    written = [
        f"{one:,.2f}".replace(",", "x").replace(".", decimal).replace("x", group) for one in amounts
    ]
    assert decimal_sign(written) == decimal
    assert [number_of(one, decimal=decimal) for one in written] == amounts
