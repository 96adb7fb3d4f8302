"""What each finding code of a reconciliation says."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from app.kernel.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "REC-BALANCE": Text(
        "Statement %(number)s of %(account)s does not balance: %(opening)s + %(movement)s is not "
        "%(closing)s, %(difference)s are missing."
    ),
    "REC-NO-BALANCE": Text(
        "Statement %(number)s of %(account)s has no opening or no closing balance: "
        "it cannot be proved."
    ),
    "REC-GAP": Text(
        "Statement %(number)s of %(account)s does not begin where the one before ended: "
        "is one missing?"
    ),
    "REC-TURNED": Text(
        "In statement %(number)s reversals carry the sign of what they reverse: "
        "the balances say so."
    ),
    "REC-ACCOUNTS": Text(
        "The statements are of several bank accounts (%(accounts)s), but are booked on one account "
        "of the ledger: please order each account by itself."
    ),
    "REC-CURRENCY": Text(
        "Statement %(number)s of %(account)s is in %(currency)s: it is booked in this currency, "
        "and the hand-over to the tax adviser takes euros only."
    ),
    "REC-FIELD": Text("This field could not be read."),
    "REC-CAMT-052": Text("This is camt.052, a report of the day and no statement."),
    "REC-CAMT-054": Text("This is camt.054, a notice of single entries and no statement."),
    "REC-MT942": Text("This is MT942, a report of the day and no statement."),
    "REC-NOT-CAMT": Text("This XML is no bank statement (camt.053)."),
    "REC-NOT-MT940": Text("This is neither camt.053 nor MT940."),
    "REC-XML-DOCTYPE": Text(
        "The XML contains a document type declaration. Such files may be an attack "
        "and are not read."
    ),
    "REC-XML-BROKEN": Text("The XML is damaged (line %(detail)s)."),
    "REC-XML-VALUE": Text("An amount or a date in the XML cannot be read (%(detail)s)."),
    "REC-OPEN-LIST": Text("The list of open items is neither CSV nor a readable spreadsheet."),
    "REC-OPEN-COLUMNS": Text("The list of open items has no column for: %(detail)s."),
    "REC-OPEN-ROW": Text("The amount or the number of this open item cannot be read: left out."),
    "REC-CSV": Text("The table could not be read as a bank's export."),
    "REC-CSV-EMPTY": Text("The bank's export has headings but no movement."),
    "REC-CSV-ROW": Text("This line of the bank's export could not be read: it was left out."),
    "REC-CSV-PENDING": Text("This movement is only announced: it was left out."),
    "REC-TIME": Text("Reading the file took longer than %(limit)s seconds and was stopped."),
    "REC-MEMORY": Text("Reading the file needed more than %(limit)s MB and was stopped."),
    "REC-CRASH": Text("The file could not be read."),
    "REC-NOTHING": Text("There is no statement among the files."),
    "REC-SAME-STATEMENT": Text("Every line of this statement was imported before."),
    "REC-TWICE": Text(
        "Statement %(number)s of %(account)s is among the files twice and counts once."
    ),
    "REC-KNOWN-LINES": Text("Lines that were imported before and are left out: %(count)s."),
    "REC-CENTS": Text("A line has fractions of a cent (%(amount)s) and was rounded."),
    "REC-DOUBTFUL": Text("Lines that need a person's decision: %(count)s."),
    "REC-MANY": Text(
        "Of %(count)s lines to decide the first %(shown)s are shown; the others wait in clearing."
    ),
    "REC-MATCHED": Text("Lines matched surely: %(sure)s of %(count)s."),
}
UNKNOWN: Final = Text("The check %(code)s has found something.")
PLACEHOLDER: Final = re.compile(r"%\((\w+)\)s")
AMOUNT: Final = re.compile(r"^-?\d{1,28}\.\d{1,6}$")


def finding_text(code: str, params: Mapping[str, object]) -> Text:
    """The sentence of a finding with its values; never raises, whatever was stored long ago."""
    text = TEXTS.get(code, UNKNOWN)
    missing = dict.fromkeys(PLACEHOLDER.findall(text.msgid), "-")
    values = {name: _typed(value) for name, value in params.items()}
    return Text(text.msgid, **{**missing, **values, "code": code})


def _typed(value: object) -> object:
    """Amounts as such again, so that a face can write them as the reader does."""
    return Decimal(value) if isinstance(value, str) and AMOUNT.match(value) else value
