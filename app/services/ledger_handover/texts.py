"""What each finding code of a hand-over says."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from app.kernel.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "LED-DAY": Text("The booking of %(day)s lies outside the period."),
    "LED-CURRENCY": Text("DATEV is handed euros here; this booking is in %(currency)s."),
    "LED-AMOUNT": Text("The amount must be greater than zero and have at most ten digits."),
    "LED-ACCOUNT": Text("The account %(account)s has a length that the chart does not know."),
    "LED-ACCOUNT-MISSING": Text("Debit or credit has no account."),
    "LED-SAME-ACCOUNT": Text("Debit and credit are the same account, %(account)s."),
    "LED-CP1252": Text("Characters that DATEV's files do not know are replaced: %(characters)s"),
    "LED-TEXT": Text("The text has %(length)s characters; DATEV takes the first 60."),
    "LED-REFERENCE": Text("The document number “%(before)s” is handed over as “%(written)s”."),
    "LED-REFERENCE-LONG": Text(
        "The document number is longer than 36 characters; its end, “%(written)s”, is handed over."
    ),
    "LED-NOTHING": Text("There are no bookings in this period that were not handed over before."),
    "LED-LIST": Text("The file is neither CSV nor a spreadsheet that can be read."),
    "LED-COLUMNS": Text("The file has no column for: %(detail)s."),
    "LED-ROW": Text("The amount or the date of this row cannot be read: left out."),
    "LED-ROW-LONGER": Text(
        "This row has more cells than there are headings and was left out: does a text or an "
        "amount hold the sign that parts the columns? Or is a quotation mark never closed? Then "
        "what follows was left out too."
    ),
    "LED-TIME": Text("Reading the file took longer than %(limit)s seconds and was stopped."),
    "LED-MEMORY": Text("Reading the file needed more than %(limit)s MB and was stopped."),
}
UNKNOWN: Final = Text("The check %(code)s has found something.")
PLACEHOLDER: Final = re.compile(r"%\((\w+)\)s")
DAY: Final = re.compile(r"^\d{4}-\d\d-\d\d$")


def finding_text(code: str, params: Mapping[str, object]) -> Text:
    """The sentence of a finding with its values; never raises, whatever was stored long ago."""
    text = TEXTS.get(code, UNKNOWN)
    missing = dict.fromkeys(PLACEHOLDER.findall(text.msgid), "-")
    values = {name: _typed(value) for name, value in params.items()}
    return Text(text.msgid, **{**missing, **values, "code": code})


def _typed(value: object) -> object:
    """Dates as such again, so that a face can write them as the reader does."""
    return date.fromisoformat(value) if isinstance(value, str) and DAY.match(value) else value
