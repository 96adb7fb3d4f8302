"""Words, numbers and amounts have one form in which they are looked for."""

import pytest

from app.search.rules import MOST_MARKS, marks, terms, words_of


@pytest.mark.parametrize("written", ["1.284,00", "1,284.00", "1284.00", "1284,00", "1 284,00"])
def test_an_amount_is_one_however_it_is_written(written: str) -> None:
    assert "1284x00" in marks(f"Total {written} EUR")


def test_numbers_and_names_of_files_are_found_whole_and_in_parts() -> None:
    assert {"acme1042", "acme", "1042"} <= set(marks("ACME-1042"))
    assert {"rechnung", "2026", "10", "pdf", "rechnung202610pdf"} <= set(
        marks("Rechnung_2026-10.pdf")
    )
    assert marks("1.000.000") == ["1000000", "1", "000"]


def test_a_text_of_numbers_has_a_limit() -> None:
    assert len(marks(" ".join(f"n{number}" for number in range(1000)))) == MOST_MARKS


def test_what_is_typed_becomes_word_and_mark() -> None:
    assert terms("Rechnungen 1.284,00 ACME-1042 !!") == [
        ("Rechnungen", "rechnungen"),
        ("", "1284x00"),
        ("", "acme1042"),
    ]
    assert terms("§ & | !") == []
    assert terms("o'clock:*")[0] == ("", "oclock")


def test_values_are_read_in_their_order() -> None:
    assert words_of({"a": ["x", {"b": 3}], "c": None, "d": True, "e": "y"}) == "x 3 y"
