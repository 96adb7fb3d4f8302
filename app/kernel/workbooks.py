"""Spreadsheets (XLSX, XLS, ODS) as rows of texts, as they would stand in a CSV file.

One sheet is read: the first that can be seen and holds something. What that leaves out (other
sheets, cells that hold an error instead of a value) can be asked for, so that nothing is lost.
"""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from html import unescape
from tempfile import NamedTemporaryFile
from typing import Final
from zipfile import ZipFile

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

ZIP: Final = b"PK\x03\x04"
OLE: Final = b"\xd0\xcf\x11\xe0"
_SEALED: Final = "EncryptedPackage".encode("utf-16-le")
_SHEET: Final = re.compile(r"<sheet\b[^>]*>")
_RELATION: Final = re.compile(r"<Relationship\b[^>]*>")
_CELL: Final = re.compile(r'<c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]+\d+)"[^>]*>.*?<v>([^<]*)</v>')


class NotAWorkbook(ValueError):
    """The file cannot be read as a spreadsheet; `args[0]` says why: unreadable, protected."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that holds something: its name, and its rows with their numbers, from 1."""

    name: str
    rows: Sequence[tuple[int, list[str]]]


def is_locked(content: bytes) -> bool:
    """A workbook of today's kind in the envelope that a password puts around it."""
    return content.startswith(OLE) and _SEALED in content


def filled_sheets(content: bytes) -> Iterator[Sheet]:
    """Every sheet that holds something, those that can be seen first. Raises NotAWorkbook."""
    if is_locked(content):
        raise NotAWorkbook("protected")
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        seen = [one.visible is SheetVisibleEnum.Visible for one in book.sheets_metadata]
        for place in sorted(range(len(seen)), key=lambda place: not seen[place]):
            if book.sheets_metadata[place].typ is SheetTypeEnum.WorkSheet:
                yield from _filled(book, place)
    except Exception:  # the library has many errors of its own for what is no spreadsheet
        reason = "protected" if _is_locked_xls(content) else "unreadable"
        raise NotAWorkbook(reason) from None


def _is_locked_xls(content: bytes) -> bool:
    """The library tells so of files with a name only."""
    if not content.startswith(OLE):
        return False
    with NamedTemporaryFile(suffix=".xls") as file:
        file.write(content)
        file.flush()
        try:
            CalamineWorkbook.from_path(file.name)
        except PasswordError:
            return True
        except CalamineError:
            return False
    return False


def _filled(book: CalamineWorkbook, place: int) -> Iterator[Sheet]:
    found = book.get_sheet_by_index(place).to_python(skip_empty_area=False)
    rows = [(number, [as_text(cell) for cell in row]) for number, row in enumerate(found, start=1)]
    if any(cell.strip() for _, row in rows for cell in row):
        yield Sheet(book.sheet_names[place], rows)


def first_sheet(content: bytes) -> Sheet:
    """The one that is read; without rows where no sheet holds anything. Raises NotAWorkbook."""
    return next(filled_sheets(content), Sheet("", ()))


def as_text(cell: object) -> str:
    """A spreadsheet's cell as it would stand in a CSV file."""
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ") if cell.time() != time(0) else cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(int(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return str(cell)


def _number(cell: float) -> str:
    """With the fifteen places that spreadsheets show: 0.1 + 0.2 is 0.3 there too."""
    if cell.is_integer():
        return str(int(cell))
    return f"{Decimal(f'{cell:.15g}'):f}"


def errors_in(content: bytes, sheet: str) -> list[tuple[str, str]]:
    """Cells of a sheet of XLSX that hold an error (#N/A, #DIV/0!) and are read as empty ones."""
    if not content.startswith(ZIP):
        return []
    with ZipFile(io.BytesIO(content)) as parts:
        names = set(parts.namelist())
        if "xl/workbook.xml" not in names:
            return []
        part = _part_of(parts, sheet)
        text = parts.read(part).decode(errors="replace") if part in names else ""
    return [(place, unescape(error)) for place, error in _CELL.findall(text)]


def _part_of(parts: ZipFile, sheet: str) -> str:
    """The file inside the workbook that holds the sheet of this name."""
    book = parts.read("xl/workbook.xml").decode(errors="replace")
    found = (_attributes(one) for one in _SHEET.findall(book))
    key = next((one.get("id", "") for one in found if one.get("name") == sheet), "")
    relations = parts.read("xl/_rels/workbook.xml.rels").decode(errors="replace")
    told = (_attributes(one) for one in _RELATION.findall(relations))
    target = next((one.get("Target", "") for one in told if one.get("Id") == key), "")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _attributes(tag: str) -> dict[str, str]:
    """By their names, without what names their namespace."""
    pairs = re.findall(r'([\w:]+)="([^"]*)"', tag)
    return {name.rpartition(":")[2]: unescape(value) for name, value in pairs}
