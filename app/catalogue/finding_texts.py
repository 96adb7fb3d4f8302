"""The sentences of findings: a service's own, and those of reading that every service may say."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from app.kernel.text import Text

SHARED: Final[Mapping[str, Text]] = {
    "READER-TIME": Text(
        "Reading took longer than %(limit)s seconds and was stopped. "
        "Please enter the values by hand."
    ),
    "READER-MEMORY": Text(
        "Reading needed more than %(limit)s MB and was stopped. Please enter the values by hand."
    ),
    "READER-SIZE": Text(
        "The files are larger than %(limit)s MB together: they were kept but not read."
    ),
    "READER-CRASH": Text("The files could not be read. Please enter the values by hand."),
    "FILE-MISSING": Text("There is no file that can be read here."),
    "FILE-KIND": Text("The file is of another kind than is needed here and was not read."),
    "FILE-UNUSED": Text("Nothing was read from this file: please look at it yourself."),
    "TABLE-EMPTY": Text("The table is empty."),
    "TABLE-UNREADABLE": Text(
        "This is no table, or it is damaged or protected: it could not be read."
    ),
    "TABLE-PROTECTED": Text("The file is protected by a password: please send it without one."),
    "TABLE-SHEETS": Text(
        "Only the sheet “%(sheet)s” was read. The file has more of them that hold something: "
        "%(others)s."
    ),
    "TABLE-CELL-ERROR": Text(
        "Cells of the sheet hold an error instead of a value and were read as empty: %(cells)s."
    ),
    "TABLE-TOO-LONG": Text("The table has more rows than can be read at once."),
    "TABLE-NO-ROWS": Text("The table has headings but no rows."),
    "TABLE-ROW-LONGER": Text(
        "Line %(line)s has more cells than there are headings and was left out: does a text or an "
        "amount hold the sign that parts the columns?"
    ),
    "TABLE-ROW-OPEN": Text(
        "In line %(line)s a quotation mark is opened and never closed: this line and all that "
        "follow were not read."
    ),
    "TABLE-QUOTES": Text(
        "A quotation mark is opened and never closed, so that nobody can tell where its cell ends: "
        "the table was not read."
    ),
    "TABLE-COLUMN": Text("The column “%(heading)s” is missing (also read: %(names)s)."),
    "TABLE-CELL-MISSING": Text("Line %(line)s has no value for “%(heading)s”: it was left out."),
    "TABLE-CELL-DATE": Text("“%(found)s” in line %(line)s is not a date."),
    "TABLE-CELL-AMOUNT": Text("“%(found)s” in line %(line)s is not a number."),
    "TABLE-CELL-WHOLE": Text("“%(found)s” in line %(line)s is not a whole number."),
    "TABLE-CELL-YES": Text("“%(found)s” in line %(line)s is neither yes nor no."),
    "TABLE-CELL-CHOICE": Text("“%(found)s” in line %(line)s is not one of: %(choices)s."),
    "TABLE-AMBIGUOUS": Text(
        "“%(found)s” in line %(line)s was read as %(read)s: its sign may part thousands or "
        "decimals."
    ),
    "TABLE-OPEN": Text(
        "“%(found)s” in line %(line)s may be read in two ways: the line was left out, please write "
        "the cents too."
    ),
    "FINDINGS-MORE": Text("Further findings of this kind: %(count)s."),
}
_UNKNOWN: Final = Text("The check %(code)s has found something.")
_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)s")
_AMOUNT: Final = re.compile(r"^-?\d{1,28}\.\d{1,6}$")
_DAY: Final = re.compile(r"^\d{4}-\d\d-\d\d$")
_MINUTE: Final = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d$")


def finding_texts(own: Mapping[str, Text]) -> Callable[[str, Mapping[str, object]], Text]:
    """The function a manifest needs; it never raises, whatever was stored long ago."""

    def finding_text(code: str, params: Mapping[str, object]) -> Text:
        text = own.get(code) or SHARED.get(code) or _UNKNOWN
        missing = dict.fromkeys(_PLACEHOLDER.findall(text.msgid), "-")
        values = {name: _typed(value) for name, value in params.items()}
        return Text(text.msgid, **{**missing, **values, "code": code})

    return finding_text


def _typed(value: object) -> object:
    """Amounts, dates and times as such again, so that a face writes them as the reader does."""
    if isinstance(value, str) and _AMOUNT.match(value):
        return Decimal(value)
    if isinstance(value, str):
        try:
            if _DAY.match(value):
                return date.fromisoformat(value)
            if _MINUTE.match(value):
                return datetime.fromisoformat(value)
        except ValueError:
            return value
    return value
