"""What each finding code says, in English; the catalogues translate it where it is shown."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from app.kernel.text import Text
from app.services.accounts_payable.texts_formal import FORMAL, VAT_PATTERNS

FILE: Final[Mapping[str, Text]] = {
    "AP-FILE-EMPTY": Text("The file is empty."),
    "AP-NOT-AN-INVOICE-FILE": Text("This is neither an XML file nor a PDF."),
    "AP-NOT-XML": Text("This is not XML."),
    "AP-XML-SIZE": Text("The XML is larger than %(limit)s MB and was not read."),
    "AP-XML-DOCTYPE": Text(
        "The XML contains a document type declaration. Such files may be an attack "
        "and are not read."
    ),
    "AP-XML-DEPTH": Text("The XML is nested deeper than %(limit)s levels and was not read."),
    "AP-XML-ELEMENTS": Text("The XML has more than %(limit)s elements and was not read."),
    "AP-XML-BROKEN": Text("The XML is damaged (line %(line)s): %(reason)s"),
    "AP-XML-CUT": Text(
        "The XML breaks off in line %(line)s: the file is not complete. Please hand it in again."
    ),
    "AP-XML-NOT-AN-INVOICE": Text(
        "The XML is no invoice in UBL or CII: it starts with “%(root)s”."
    ),
    "AP-PDF-SIZE": Text("The PDF is larger than %(limit)s MB and was not read."),
    "AP-PDF-BROKEN": Text("The PDF is damaged or not complete and could not be read."),
    "AP-PDF-BOMB": Text("The PDF unpacks to more than %(limit)s MB and was not read."),
    "AP-PDF-ENCRYPTED": Text("The PDF is protected by a password and could not be read."),
    "AP-PDF-WITHOUT-XML": Text("This PDF carries no e-invoice. Please enter the values by hand."),
    "AP-PDF-SEVERAL-XML": Text(
        "The PDF carries several invoices (%(files)s). The values are from %(used)s."
    ),
    "AP-PICTURE": Text("A picture carries no e-invoice. Please enter the values by hand."),
    "AP-OLD-FORMAT": Text(
        "This is ZUGFeRD 1.0 of 2014: older than the European standard, so only sums are checked."
    ),
    "AP-PROFILE-SUMMARY": Text(
        "The profile %(profile)s has no lines: in Germany this is no invoice but a booking aid."
    ),
    "AP-UNKNOWN-ELEMENT": Text(
        "The element “%(element)s” belongs to no known vocabulary and was not read."
    ),
    "AP-OUTSIDE-PROFILE": Text("The element “%(element)s” is not part of the stated profile."),
    "AP-NUMBER": Text("“%(found)s” is not a number."),
    "AP-DATE": Text("“%(found)s” is not a date."),
    "AP-NO-DOCUMENT": Text("There is no file to read. Please enter the values by hand."),
    "AP-SEVERAL-INVOICES": Text(
        "There are %(count)s invoices in this order. The values are from %(used)s."
    ),
    "AP-READER-TIME": Text(
        "Reading the file took longer than %(limit)s seconds and was stopped. "
        "Please enter the values by hand."
    ),
    "AP-READER-MEMORY": Text(
        "Reading the file needed more than %(limit)s MB and was stopped. "
        "Please enter the values by hand."
    ),
    "AP-READER-CRASH": Text("The file could not be read. Please enter the values by hand."),
    "AP-SAME-FILE": Text("The very same file was handed in before: %(reference)s."),
}

ARITHMETIC: Final[Mapping[str, Text]] = {
    "BR-CO-10": Text("The lines add up to %(expected)s, the invoice says %(found)s."),
    "BR-CO-11": Text("The allowances add up to %(expected)s, the invoice says %(found)s."),
    "BR-CO-12": Text("The charges add up to %(expected)s, the invoice says %(found)s."),
    "BR-CO-13": Text(
        "The net total should be %(expected)s (lines less allowances plus charges), "
        "the invoice says %(found)s."
    ),
    "BR-CO-14": Text("The VAT amounts add up to %(expected)s, the invoice says %(found)s."),
    "BR-CO-15": Text(
        "Net and VAT add up to %(expected)s, the invoice says %(found)s as the gross total."
    ),
    "BR-CO-16": Text(
        "The amount due should be %(expected)s (gross less prepaid plus rounding), "
        "the invoice says %(found)s."
    ),
    "BR-CO-17": Text("VAT of %(rate)s %% comes to %(expected)s, the invoice says %(found)s."),
    "AP-VAT-CENT": Text(
        "VAT of %(rate)s %% on the net sum comes to %(expected)s, the invoice says %(found)s. "
        "A difference of cents may come from rounding each line."
    ),
    "PEPPOL-EN16931-R120": Text(
        "Line %(line)s: quantity times price comes to %(expected)s, the invoice says %(found)s."
    ),
    "PEPPOL-EN16931-R121": Text("Line %(line)s: the base quantity of the price is %(found)s."),
    "PEPPOL-EN16931-R040": Text(
        "An allowance or charge should be %(expected)s by its percentage, "
        "the invoice says %(found)s."
    ),
    "AP-CURRENCY-DIGITS": Text("%(currency)s has no decimals, the invoice says %(found)s."),
}

TRADE: Final[Mapping[str, Text]] = {
    "AP-DUPLICATE": Text(
        "This invoice was here before: same supplier, number %(number)s and amount (%(reference)s)."
    ),
    "AP-DUPLICATE-NUMBER": Text(
        "Another invoice of this supplier has the number %(number)s too (%(reference)s)."
    ),
    "AP-VAT-ID": Text("The VAT id %(found)s is not valid: the check digit or the form is wrong."),
    "AP-IBAN": Text("The IBAN %(found)s is not valid. Do not pay before it is clear."),
    "AP-IBAN-DEBITED": Text("The IBAN to be debited, %(found)s, is not valid."),
    "AP-ACCOUNT-NOT-IBAN": Text("The account %(found)s is not an IBAN."),
    "AP-BIC": Text("The BIC %(found)s is not valid."),
    "AP-SEVERAL-ACCOUNTS": Text("The invoice names %(count)s accounts to choose from."),
    "AP-DUE-BEFORE-ISSUE": Text(
        "The invoice is due on %(due)s, before the date of the invoice (%(issued)s)."
    ),
    "AP-FUTURE-DATE": Text("The date of the invoice, %(issued)s, lies in the future."),
    "AP-OVERDUE": Text("The invoice was due on %(due)s."),
    "AP-OTHER-ADDRESSEE": Text("The invoice is addressed to %(found)s, not to %(client)s."),
    "AP-CREDIT-SIGN": Text(
        "The credit note has a negative total (%(found)s). "
        "Please check whether it gives money back."
    ),
    "AP-NEGATIVE-INVOICE": Text(
        "The invoice has a negative total (%(found)s): probably a credit note."
    ),
    "AP-FOREIGN-VAT": Text(
        "The invoice shows VAT of another country (%(country)s): it is no input tax in Germany."
    ),
    "AP-CURRENCY": Text(
        "The amounts are in %(currency)s: payment files and the tax adviser take euros only, so "
        "please have it paid and booked by hand."
    ),
    "AP-PAYEE": Text(
        "The money is to go to %(payee)s and not to the supplier: is that agreed, for instance a "
        "factoring bank?"
    ),
    "AP-COLLECTED": Text("The supplier collects the amount: please do not transfer it as well."),
    "AP-RATE-UNUSUAL": Text("A VAT rate of %(found)s %% was not in force in Germany on %(day)s."),
}

TEXTS: Final[Mapping[str, Text]] = {**FILE, **ARITHMETIC, **TRADE, **FORMAL}
UNKNOWN: Final = Text("The check %(code)s has found something.")
VAT_CODE: Final = re.compile(r"^BR-(?:S|Z|E|AE|IC|G|O|AF|AG)-(0[1-9]|10)$")
AMOUNT: Final = re.compile(r"^-?\d{1,28}\.\d{2,6}$")
DAY: Final = re.compile(r"^\d{4}-\d\d-\d\d$")
PLACEHOLDER: Final = re.compile(r"%\((\w+)\)s")


def finding_text(code: str, params: Mapping[str, object]) -> Text:
    """The sentence of a finding with its values; never raises, whatever was stored long ago."""
    pattern = VAT_CODE.match(code)
    text = TEXTS.get(code)
    if text is None and pattern:
        text = VAT_PATTERNS[pattern[1]]
    if text is None and code.startswith("BR-DEC-"):
        text = FORMAL["BR-DEC"]
    text = text or UNKNOWN
    missing = dict.fromkeys(PLACEHOLDER.findall(text.msgid), "-")
    values = {name: _typed(value) for name, value in params.items()}
    return Text(text.msgid, **{**missing, **values, "code": code})


def _typed(value: object) -> object:
    """Amounts and dates as such again, so that a face can write them as the reader does."""
    if isinstance(value, str) and AMOUNT.match(value):
        return Decimal(value)
    if isinstance(value, str) and DAY.match(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value
