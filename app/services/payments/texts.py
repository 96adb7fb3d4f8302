"""What each finding code of payments says; the same sentences stand beside the fields."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from app.kernel.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "PAY-IBAN": Text("This IBAN is not valid: its length, bank code or check digits are wrong."),
    "PAY-IBAN-COUNTRY": Text("This IBAN is of a country outside SEPA."),
    "PAY-BIC": Text("This BIC is not valid."),
    "PAY-AMOUNT": Text("This is not an amount, or it can be read in two ways."),
    "PAY-ZERO": Text("The amount must be greater than zero."),
    "PAY-AMOUNT-HIGH": Text("The amount is greater than SEPA carries (999,999,999.99 EUR)."),
    "PAY-CENTS": Text("The amount has more than two decimal places."),
    "PAY-NAME": Text("The name is missing."),
    "PAY-LONG": Text(
        "This text has %(length)s characters, and the bank takes %(most)s: please shorten it, "
        "nothing is cut off silently."
    ),
    "PAY-CHARACTERS": Text("This text has characters that not every bank takes."),
    "PAY-CHANGED": Text("Written as banks take it: “%(before)s” became “%(after)s”."),
    "PAY-LOST": Text(
        "Banks do not take these characters: “%(before)s” became “%(after)s”. Please write it "
        "otherwise, as the bank compares the name."
    ),
    "PAY-SLASHES": Text("A reference must not begin or end with a slash or hold two in a row."),
    "PAY-E2E-DUPLICATE": Text("The end-to-end reference %(reference)s stands here more than once."),
    "PAY-ADDRESS-UNSTRUCTURED": Text(
        "The address is one unstructured text. Banks refuse this since 15 November 2026: town and "
        "country have to stand in columns of their own."
    ),
    "PAY-ADDRESS-INCOMPLETE": Text("An address needs a town and a country code of two letters."),
    "PAY-DAY": Text("TARGET is closed on this day. The next day it settles is %(next)s."),
    "PAY-DAY-PAST": Text("This day lies in the past."),
    "PAY-DAY-MISSING": Text("The day of execution is missing."),
    "PAY-CURRENCY": Text("SEPA carries euros only; this row says %(currency)s."),
    "PAY-CREDITOR-ID": Text("The creditor identifier is not valid."),
    "PAY-SEQUENCE": Text(
        "“%(found)s” is no sequence: FRST, RCUR, OOFF or FNAL. It was read as RCUR."
    ),
    "PAY-DEBIT-DAY": Text(
        "A direct debit has to be with the bank a banking day before: %(next)s is the first."
    ),
    "PAY-MANDATE": Text("The mandate reference is missing or not written as banks take it."),
    "PAY-MANDATE-DATE": Text(
        "The date of the mandate is missing, or after the day of the collection."
    ),
    "PAY-REPEATED": Text("The same amount, account and purpose as in %(other)s: is it paid twice?"),
    "PAY-BEFORE": Text(
        "The same amount, account and purpose stood in %(number)s before: is it paid twice?"
    ),
    "PAY-SAME-FILE": Text("This very file was handed in with %(number)s before."),
    "PAY-NOTHING": Text("There is nothing to pay: no row in the files and nothing that is due."),
    "PAY-TOO-MANY": Text("More than %(most)s payments: please hand them in as several files."),
    "PAY-NO-IBAN": Text(
        "%(party)s, %(reference)s, is due, but its IBAN is not known or not valid: not proposed."
    ),
    "PAY-OTHER-CURRENCY": Text("%(party)s, %(reference)s, is not in euros: not proposed."),
    "PAY-CREDIT-NOTE": Text(
        "%(party)s owes %(amount)s %(currency)s back (%(reference)s): deduct it or ask for it."
    ),
    "PAY-DISCOUNT": Text("Cash discount of %(amount)s EUR is taken from %(reference)s."),
    "PAY-FILE-EMPTY": Text("The file has no rows."),
    "PAY-FILE-UNREADABLE": Text("The file is neither CSV nor a spreadsheet that can be read."),
    "PAY-FILE-COLUMNS": Text("The file has no column for: %(columns)s."),
    "PAY-ROW-LONGER": Text(
        "This row has more cells than there are headings and is not paid: does a text or an amount "
        "hold the sign that parts the columns? Or is a quotation mark never closed? Then what "
        "follows is not paid either."
    ),
    "PAY-FILE-TIME": Text("Reading the file took longer than %(limit)s seconds and was stopped."),
    "PAY-FILE-MEMORY": Text("Reading the file needed more than %(limit)s MB and was stopped."),
}
UNKNOWN: Final = Text("The check %(code)s has found something.")
PLACEHOLDER: Final = re.compile(r"%\((\w+)\)s")
AMOUNT: Final = re.compile(r"^-?\d{1,28}\.\d{2}$")
DAY: Final = re.compile(r"^\d{4}-\d\d-\d\d$")


def finding_text(code: str, params: Mapping[str, object]) -> Text:
    """The sentence of a finding with its values; never raises, whatever was stored long ago."""
    text = TEXTS.get(code, UNKNOWN)
    missing = dict.fromkeys(PLACEHOLDER.findall(text.msgid), "-")
    values = {name: _typed(value) for name, value in params.items()}
    return Text(text.msgid, **{**missing, **values, "code": code})


def _typed(value: object) -> object:
    """Amounts and dates as such again, so that a face can write them as the reader does."""
    if isinstance(value, str) and AMOUNT.match(value):
        return Decimal(value)
    if isinstance(value, str) and DAY.match(value):
        return date.fromisoformat(value)
    return value
