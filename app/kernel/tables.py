"""A list that somebody sends as CSV or XLSX, read row by row under the names of its columns.

For short lists of a known shape (positions, staff, stops); never raises for a broken file.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from app.kernel.workbooks import OLE, ZIP, NotAWorkbook, first_sheet

DELIMITERS: Final = ";,\t|"
MOST_ROWS: Final = 20_000
NO_TABLE: Final = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"<?xml", b"<!DOCTYPE", b"<html")
"""How pictures, papers and pages begin: whatever their name ends with, they are no list."""
MARKS: Final = (
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
)
"""What a file may begin with, and the encoding that it tells."""


class NotAList(ValueError):
    """The file cannot be read as a list; `args[0]`: empty, unreadable, protected, too_long
    or, where its headings are not known before, quotes.
    """


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file (from 1) and its cells by column, blanks stripped."""

    line: int
    cells: Mapping[str, str]
    is_longer: bool = False
    """It has more cells than there are headings or is open, so that any may be another's: all
    are empty.
    """
    is_open: bool = False
    """A quotation mark is never closed: this row and whatever follows stands in one cell."""


class OpenRow(list[str]):
    """Cells of the last row of a text that ends within quotation marks."""


def read_list(content: bytes, columns: Mapping[str, Sequence[str]]) -> tuple[set[str], list[Row]]:
    """The columns found, and the rows.

    `columns`: our name → names it may have in the file, in any case. Raises NotAList.
    """
    headings, rows = read_headed(content, columns)
    return set(headings), rows


def read_headed(
    content: bytes, columns: Mapping[str, Sequence[str]]
) -> tuple[dict[str, str], list[Row]]:
    """The same, with the heading that each column has in the file."""
    lines = list(_lines(content))
    if not lines:
        raise NotAList("empty")
    if len(lines) > MOST_ROWS:
        raise NotAList("too_long")
    known = {_bare(name): key for key, names in columns.items() for name in (key, *names)}
    heads = [known.get(_bare(name)) for name in lines[0][1]]
    rows = []
    for number, cells in lines[1:]:
        is_open = isinstance(cells, OpenRow)
        is_longer = is_open or any(cell.strip() for cell in cells[len(heads) :])
        given = [] if is_longer else cells
        named = {
            head: cell.strip()
            for head, cell in zip_longest(heads, given[: len(heads)], fillvalue="")
            if head
        }
        if is_longer or any(named.values()):
            rows.append(Row(number, named, is_longer, is_open))
    headings = zip(heads, lines[0][1], strict=True)
    return {head: heading.strip() for head, heading in headings if head}, rows


def _bare(name: str) -> str:
    plain = unicodedata.normalize("NFC", name).casefold()
    return re.sub(r"[^0-9a-zäöüß]", "", plain)


def _lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    if content.startswith((ZIP, OLE)):
        yield from _sheet_lines(content)
        return
    if content.startswith(NO_TABLE):
        raise NotAList("unreadable")
    yield from rows_of_text(decoded(content))


def rows_of_text(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, each with the line it ends in; one that is left open, last, with
    the line it begins in. Raises NotAList.
    """
    delimiter, begins, ended, last = _delimiter(text), 0, 0, list[str]()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            if any(cell.strip() for cell in last):
                yield ended, last
            begins, ended, last = ended + 1, reader.line_num, cells
    except csv.Error:
        raise NotAList("unreadable") from None
    if any(cell.strip() for cell in last):
        is_open = _is_open(list(io.StringIO(text, newline=""))[begins - 1 :], delimiter)
        yield (begins, OpenRow(last)) if is_open else (ended, last)


def _is_open(lines: Sequence[str], delimiter: str) -> bool:
    """Whether a row's own lines end within quotation marks."""
    try:
        for _cells in csv.reader(lines, delimiter=delimiter, strict=True):
            pass
    except csv.Error as problem:
        return "unexpected end" in str(problem)
    return False


def _sheet_lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        sheet = first_sheet(content)
    except NotAWorkbook as reason:
        raise NotAList(str(reason)) from None
    for number, texts in sheet.rows:
        if any(text.strip() for text in texts):
            yield number, texts


def decoded(content: bytes) -> str:
    """UTF-8 (with or without its mark), UTF-16 with its mark, else what Windows writes here."""
    return in_its_encoding(content)[0]


def in_its_encoding(content: bytes) -> tuple[str, str]:
    """The text, and the encoding it was in."""
    for mark, name in MARKS:
        if content.startswith(mark):
            return content.decode(name, errors="replace"), name
    for name in ("utf-8", "cp1252"):
        try:
            return content.decode(name), name
        except UnicodeDecodeError:
            continue
    return content.decode("iso-8859-1"), "iso-8859-1"


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(DELIMITERS, key=first.count)


def read_lines(content: bytes) -> list[tuple[int, list[str]]]:
    """Every line that is not blank, with its number, for tables whose columns nobody can foresee.

    Raises NotAList.
    """
    lines = list(_lines(content))
    if not lines:
        raise NotAList("empty")
    if len(lines) > MOST_ROWS:
        raise NotAList("too_long")
    if isinstance(lines[-1][1], OpenRow):
        raise NotAList("quotes")
    return lines
