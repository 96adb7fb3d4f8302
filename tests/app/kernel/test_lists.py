"""Lists that clients send: what is a list, and which of its rows can be trusted."""

import pytest

from app.kernel.tables import NotAList, read_list, rows_of_text

COLUMNS = {"name": ("Empfänger",), "amount": ("Betrag",), "purpose": ("Zweck",)}


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        b"%PDF-1.7\n1 0 obj\n",
        b"\xff\xd8\xff\xe0 JFIF",
        b"<?xml version='1.0'?><a>Betrag;Zweck</a>",
        b"<!DOCTYPE html><html><body>Betrag;Zweck</body></html>",
    ],
)
def test_what_is_no_list_is_refused_whatever_its_name_ends_with(content: bytes) -> None:
    with pytest.raises(NotAList, match="unreadable"):
        read_list(content, COLUMNS)


def test_a_row_with_more_cells_than_headings_gives_none_of_them() -> None:
    """An amount with its comma, in a file that commas part: each cell may be another's."""
    _, rows = read_list(b"name,amount,purpose\nA,12,50,Rent\nC,1.00,Fee,,\n", COLUMNS)
    assert [(row.line, row.is_longer) for row in rows] == [(2, True), (3, False)]
    assert rows[0].cells == {"name": "", "amount": "", "purpose": ""}


def test_a_row_with_fewer_cells_than_headings_has_empty_ones() -> None:
    _, rows = read_list(b"name,amount,purpose\nB,7.00\n", COLUMNS)
    assert rows[0].cells == {"name": "B", "amount": "7.00", "purpose": ""}


def test_rows_of_a_text_have_the_numbers_of_their_lines() -> None:
    assert list(rows_of_text('a;b\n\n"c\nd";e\n')) == [(1, ["a", "b"]), (4, ["c\nd", "e"])]
