"""Lists that people send: what ends within quotation marks swallows nothing in silence."""

import pytest

from app.kernel.tables import NotAList, OpenRow, read_lines, read_list, rows_of_text

NAME = {"name": ("Name",), "city": ("Ort",)}


def test_a_row_that_is_left_open_is_said_and_read_by_nobody() -> None:
    _, rows = read_list(b'Name;Ort\nA;Kiel\nB;"Husum\nC;Kiel\nD;Kiel\n', NAME)
    assert [(row.line, row.is_open, row.is_longer) for row in rows] == [
        (2, False, False), (3, True, True),
    ]  # fmt: skip
    assert not any(rows[1].cells.values())
    with pytest.raises(NotAList, match="quotes"):
        read_lines(b'Name;Ort\n"A;Kiel\n')


@pytest.mark.parametrize(
    "text",
    [
        'Name;Ort\nA;"Kiel\nOst"\n',
        'Name;Ort\nA;"Kiel ""Ost"""',
        'Name;Ort\n"Zum Löwen" GmbH;Kiel\n',
        'Name;Ort\nRohr 1/2";Kiel\n\n',
        "",
    ],
)
def test_quotation_marks_that_close_or_mean_inches_leave_nothing_open(text: str) -> None:
    rows = list(rows_of_text(text))
    assert not any(isinstance(cells, OpenRow) for _, cells in rows)
    assert len(rows) == len(text.split("\n", 1)) * bool(text)
