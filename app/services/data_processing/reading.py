"""Reads a table out of a file that nobody promised to be clean; a faulty row is named, never bent.

Encoding, delimiter and line ends are found out. A row that does not have the table's columns is
set aside with its number: no cell ever moves into another column.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from app.kernel.tables import MARKS, NO_TABLE, in_its_encoding
from app.kernel.workbooks import OLE, ZIP, NotAWorkbook, first_sheet

DELIMITERS: Final = (",", ";", "\t", "|", ", ", " ")
_SPACED_QUOTES: Final = re.compile(r'\S "[^"]*"(?: |$)|^"[^"]*" \S')
_DIGIT: Final = re.compile(r"\d")
SAMPLE_LINES: Final = 200
MOST_LINES_OF_A_CELL: Final = 60
FEW: Final = 0.5
# Letters of Windows' code page that somebody has written as if they were ISO 8859-1.
_C1: Final = {
    code: bytes([code]).decode("cp1252")
    for code in range(0x80, 0xA0)
    if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}


class NotATable(ValueError):
    """The file holds no table; `args[0]` says why: empty, unreadable, protected, binary."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was set aside: its line in the file, why, and how it stands there."""

    line: int
    why: str
    """columns or quotes."""
    found: int
    text: str


@dataclass(slots=True)
class Table:
    """What was read: rows with their lines, all as wide as the header."""

    header: list[str]
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)
    """Lines above the header that are no part of the table."""
    delimiter: str = ""
    encoding: str = ""
    sheet: str = ""
    """Of a spreadsheet: the name of the sheet."""


def read_table(content: bytes) -> Table:
    """Read CSV in any of its dialects, or a sheet of XLSX, XLS or ODS. Raises NotATable."""
    if content.startswith((ZIP, OLE)):
        return _of_workbook(content)
    text, encoding = decoded(content)
    if not text.strip():
        raise NotATable("empty")
    if text.count("\0") > 1:
        text = text.replace("\0", '"') if '"' in text else text.replace("\0", "")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    delimiter = _delimiter(lines)
    bad: list[BadRow] = []
    return _shaped(
        list(_records(lines, delimiter, bad)), bad, delimiter=delimiter, encoding=encoding
    )


def decoded(content: bytes) -> tuple[str, str]:
    """The text and the encoding it was in. Raises NotATable for what is no text."""
    marked = any(content.startswith(mark) for mark, _ in MARKS)
    if content.startswith(NO_TABLE) or (not marked and content[:4000].count(b"\0") > 40):
        raise NotATable("binary")
    text, encoding = in_its_encoding(content)
    # 0x80-0x9f are letters and signs in Windows' code page and nothing in ISO 8859-1.
    return (text.translate(_C1) if encoding == "utf-8" else text), encoding


def _of_workbook(content: bytes) -> Table:
    try:
        sheet = first_sheet(content)
    except NotAWorkbook as no:
        raise NotATable(str(no)) from None
    table = _shaped(list(sheet.rows), [], delimiter="", encoding="")
    table.sheet = sheet.name
    return table


def _delimiter(lines: Sequence[str]) -> str:
    """The sign that cuts most lines into the same number of cells, more than one."""
    sample = [line for line in lines[:SAMPLE_LINES] if line.strip()]

    def score(sign: str) -> tuple[float, int]:
        widths = Counter(
            len(cells) for line in sample if (cells := split(line, sign)) and len(cells) > 1
        )
        if not widths:
            return 0.0, 0
        width, times = widths.most_common(1)[0]
        return times / len(sample), width

    signs = DELIMITERS if _parted_by_spaces(sample) else DELIMITERS[:-1]
    best = max(signs, key=lambda sign: (round(score(sign)[0], 1), score(sign)[1]))
    return best if score(best)[1] else ","


def _parted_by_spaces(sample: Sequence[str]) -> bool:
    """Whether spaces part cells, and not the words of one: quotes, or the same columns throughout.

    Three at least, some with a digit: two words under a heading of two words are a name.
    """
    if any(_SPACED_QUOTES.search(line) for line in sample):
        return True
    rows = [line.split(" ") for line in sample]
    return (
        len({len(row) for row in rows}) == 1
        and len(rows[0]) > 2
        and all(any(_DIGIT.search(cell) for cell in row) for row in rows[1:])
    )


@cache
def _cell(delimiter: str) -> re.Pattern[str]:
    sign = re.escape(delimiter)
    plain = rf'(?:(?!{sign})[^"\n])(?:(?!{sign})[^\n])*|'
    pad = "" if delimiter == " " else "[ ]*"
    quoted = rf'{pad}"((?:[^"\\]|""|\\.)*)"{pad}'
    return re.compile(rf"(?:{quoted}|({plain}))(?:({sign})|$)", re.DOTALL)


def split(line: str, delimiter: str) -> list[str] | None:
    """The cells of a line; None where its quotes do not close as they should."""
    if '"' not in line:
        return line.split(delimiter)
    cells, at, pattern = [], 0, _cell(delimiter)
    while True:
        found = pattern.match(line, at)
        if found is None:
            return None
        quoted = found[1]
        cells.append(found[2] if quoted is None else quoted.replace('""', '"').replace('\\"', '"'))
        at = found.end()
        if found[3] is None:
            return cells


def _records(
    lines: Sequence[str], delimiter: str, bad: list[BadRow]
) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line they begin in; a cell in quotes may go on over several lines."""
    at = 0
    while at < len(lines):
        line, begin = lines[at], at
        at += 1
        if not line.strip():
            continue
        cells = split(line, delimiter)
        if cells is None and line.count('"') % 2:
            cells, at = _continued(lines, begin, delimiter)
        if cells is None:
            bad.append(BadRow(begin + 1, "quotes", 0, line[:300]))
            at = begin + 1
            continue
        yield begin + 1, cells


def _continued(lines: Sequence[str], begin: int, delimiter: str) -> tuple[list[str] | None, int]:
    text = lines[begin]
    for at in range(begin + 1, min(begin + MOST_LINES_OF_A_CELL, len(lines))):
        text += "\n" + lines[at]
        if '"' in lines[at] and (cells := split(text, delimiter)) is not None:
            return cells, at + 1
    return None, begin + 1


def _shaped(
    records: list[tuple[int, list[str]]], bad: list[BadRow], *, delimiter: str, encoding: str
) -> Table:
    """The width that most rows have is the table's; what stands above its first row is no part."""
    records = [one for one in records if any(cell.strip() for cell in one[1])]
    if not records:
        raise NotATable("empty")
    width = Counter(len(cells) for _, cells in records).most_common(1)[0][0]
    first = next((number for number, one in enumerate(records) if _heads(one[1], width)), 0)
    table = Table(header=[], delimiter=delimiter, encoding=encoding, bad=bad)
    table.skipped = [line for line, _ in records[:first]]
    table.header = [cell.strip() for cell in records[first][1]]
    for line, cells in records[first + 1 :]:
        if [cell.strip() for cell in cells] == table.header:
            table.bad.append(BadRow(line, "header", len(cells), ""))
        elif len(cells) == len(table.header):
            table.rows.append(cells)
            table.lines.append(line)
        else:
            shown = (delimiter or ";").join(cells)[:300]
            table.bad.append(BadRow(line, "columns", len(cells), shown))
    table.bad.sort(key=lambda one: one.line)
    return table


def _heads(cells: Sequence[str], width: int) -> bool:
    filled = sum(1 for cell in cells if cell.strip())
    return len(cells) == width and filled >= max(1, width * FEW)
