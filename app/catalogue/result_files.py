"""Files a service hands over: tables as CSV and XLSX, dates as ICS. No cell becomes a formula."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import xlsxwriter
from icalendar import Alarm, Calendar, Event

from app.catalogue.steps import ResultDocument
from app.kernel.spoken import speaker, written
from app.kernel.text import Text

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER: Final = re.compile(r"^-?[\d.,]+$")
_UNSAFE: Final = re.compile(r"[^\w.-]+")
_WIDEST: Final = 60

Cell = str | int | bool | Decimal | date | Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table: headings and rows."""

    title: Text
    headings: Sequence[Text]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A day in a calendar file; `key` stays the same when it is made again."""

    key: str
    day: date
    summary: str
    until: date | None = None
    """The last day, where it is more than one."""
    note: str = ""
    remind_days: Sequence[int] = field(default_factory=tuple)


def file_name(number: str, what: str, ending: str) -> str:
    """`ACME-1042-deadlines.xlsx`."""
    return f"{safe_name(f'{number}-{what}')}.{ending}"


def safe_name(text: str) -> str:
    """What can stand in a file's name or a bank's reference."""
    return _UNSAFE.sub("-", text)


def csv_file(name: str, sheet: Sheet, *, locale: str) -> ResultDocument:
    """`;` and a byte order mark: what a German spreadsheet opens by a double click."""
    say = speaker(locale)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([say(one) for one in sheet.headings])
    for row in sheet.rows:
        writer.writerow([_csv_cell(cell, locale) for cell in row])
    return ResultDocument(
        name=name, media_type="text/csv", content=out.getvalue().encode("utf-8-sig")
    )


def _csv_cell(cell: Cell, locale: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Text):
        return speaker(locale)(cell)
    if isinstance(cell, Decimal):
        return f"{cell:f}".replace(".", ",") if locale[:2] == "de" else f"{cell:f}"
    text = written(cell, locale)
    guarded = text.startswith(_FORMULA_STARTS) and not _NUMBER.match(text)
    return f"'{text}" if guarded else text


def xlsx_file(name: str, sheets: Sequence[Sheet], *, locale: str) -> ResultDocument:
    """A workbook with frozen headings and a filter on each sheet."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)})
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "day": book.add_format(
            {"num_format": "dd.mm.yyyy" if locale[:2] == "de" else "yyyy-mm-dd"}
        ),
    }
    for sheet in sheets:
        _write_sheet(book, sheet, formats, locale)
    book.close()
    return ResultDocument(name=name, media_type=XLSX, content=out.getvalue())


def _write_sheet(book: Any, sheet: Sheet, formats: dict[str, Any], locale: str) -> None:
    say = speaker(locale)
    page = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", " ", say(sheet.title))[:31])
    headings = [say(one) for one in sheet.headings]
    page.write_row(0, 0, headings, formats["head"])
    for number, row in enumerate(sheet.rows, start=1):
        for place, cell in enumerate(row):
            _write_cell(page, (number, place), cell, formats["day"], locale)
    for place, heading in enumerate(headings):
        texts = [_csv_cell(row[place], locale) for row in sheet.rows[:200]]
        width = max([len(heading), *(len(text) for text in texts)])
        page.set_column(place, place, min(width, _WIDEST) + 2)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(len(sheet.rows), 1), max(len(headings) - 1, 0))


def _write_cell(page: Any, place: tuple[int, int], cell: Cell, day: Any, locale: str) -> None:
    if isinstance(cell, Text):
        page.write_string(*place, speaker(locale)(cell))
    elif isinstance(cell, date):
        page.write_datetime(*place, datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001
    elif isinstance(cell, bool):
        page.write_string(*place, "x" if cell else "")
    elif isinstance(cell, int | Decimal):
        page.write_number(*place, cell)
    elif cell:
        page.write_string(*place, cell[:32_000])


def ics_file(name: str, entries: Sequence[Entry]) -> ResultDocument:
    """All-day entries with reminders (RFC 5545), the same bytes for the same entries."""
    calendar = Calendar()
    calendar.add("prodid", "-//Kontor//EN")
    calendar.add("version", "2.0")
    for entry in entries:
        event = Event()
        event.add("uid", f"{uuid5(NAMESPACE_URL, entry.key)}@kontor")
        event.add("dtstamp", datetime(entry.day.year, 1, 1, tzinfo=UTC))
        event.add("dtstart", entry.day)
        event.add("dtend", (entry.until or entry.day) + timedelta(days=1))
        event.add("summary", entry.summary)
        event.add("transp", "TRANSPARENT")
        if entry.note:
            event.add("description", entry.note)
        for days in entry.remind_days:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", entry.summary)
            alarm.add("trigger", timedelta(days=-days))
            event.add_component(alarm)
        calendar.add_component(event)
    return ResultDocument(name=name, media_type="text/calendar", content=calendar.to_ical())
