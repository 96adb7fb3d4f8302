"""What stands in a letter: date, number, amount, deadline, sender; each by its words. Pure.

Dates of German and English letters; periods count from the letter's date, else from today.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from app.kernel.law_dates import add_months

MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            ("januar", "january", "jan", "jänner"),
            ("februar", "february", "feb"),
            ("märz", "march", "mar", "mrz", "maerz"),
            ("april", "apr"),
            ("mai", "may"),
            ("juni", "june", "jun"),
            ("juli", "july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("oktober", "october", "okt", "oct"),
            ("november", "nov"),
            ("dezember", "december", "dez", "dec"),
        ),
        start=1,
    )
    for name in names
}
_MONTH: Final = "|".join(sorted(MONTHS, key=len, reverse=True))
DATE: Final = (
    rf"(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}\.\s?\d{{1,2}}\.\s?\d{{2,4}}|\d{{1,2}}/\d{{1,2}}/\d{{4}}"
    rf"|\d{{1,2}}\.?\s(?:{_MONTH})\.?,?\s\d{{4}}|(?:{_MONTH})\.?\s\d{{1,2}},?\s\d{{4}})"
)
_DATE: Final = re.compile(DATE, re.IGNORECASE)
_DATED: Final = re.compile(
    rf"(?:rechnungsdatum|belegdatum|datum|date d'émission|invoice date|date|dated|vom|den"
    rf"|issued at|\bam)\s*[:.]?\s{{0,3}}({DATE})",
    re.IGNORECASE,
)
_CODE: Final = r"[^\S\r\n]{0,3}[:#.]?[^\S\r\n]{0,3}([A-Z0-9][A-Z0-9./_-]{1,29})"
_OWN_NUMBER: Final = re.compile(
    r"(?:rechnungs?-?\s?(?:nummer|nr\b\.?)|beleg-?\s?(?:nummer|nr\b\.?)"
    r"|(?:rechnung|gutschrift)\s*(?:\([^)\n]{1,40}\)\s*)*(?:nr\b\.?|#)"
    r"|invoice\s*(?:number|no\b\.?|\#)|(?:facture|avoir)\s*n°|aktenzeichen|geschäftszeichen"
    r"|\baz\.?:|\b(?:rechnung|invoice|facture|avoir|gutschrift))" + _CODE,
    re.IGNORECASE,
)
_OTHER_NUMBER: Final = re.compile(
    r"(?:vertragsnummer|vertrags?\s?-?nr\b\.?|bestell(?:ungs)?-?\s?(?:nummer|nr\b\.?)"
    r"|(?:purchase )?order\s*(?:number|no\b\.?)|lieferschein-?\s?(?:nummer|nr\b\.?)?"
    r"|contract\s*(?:number|no\b\.?)|unser zeichen|our ref\.?|reference|kundennummer"
    r"|kunden-?nr\b\.?|\bnr\.)" + _CODE,
    re.IGNORECASE,
)
"""The letter's own number goes before those of what it is about."""
_MONEY: Final = (
    r"(?:€|EUR|GBP|USD|£|\$)?\s?(-?\d{1,3}(?:[.,' ]\d{3})*[.,]\d{2}|-?\d+[.,]\d{2})(?!\d)"
    r"\s?(?:€|EUR|euro)?"
)
_TOTAL: Final = re.compile(
    r"(?:zahlbetrag|zu zahlen(?:der betrag)?|rechnungsbetrag|gesamtbetrag|bruttobetrag|bruttosumme"
    r"|endbetrag|gesamtsumme|amount due|total due|grand total|total amount|net à payer"
    r"|due payable|total ttc|solde à payer|brutto|offene[rn]? betrag|betrag von|fälliger betrag"
    r"|summe|gesamt|total|amount of)"
    rf"[^\d\n€-]{{0,40}}{_MONEY}",
    re.IGNORECASE,
)
_WORTH: Final = (
    "zahlbetrag",
    "zu zahlen",
    "amount due",
    "total due",
    "net à payer",
    "fällig",
    "due p",
)
_ANY: Final = re.compile(rf"(?:€|EUR|£)\s?{_MONEY}|{_MONEY}(?<=[€Ro])", re.IGNORECASE)
_UNTIL: Final = re.compile(
    rf"(?:bis (?:zum|spätestens(?: zum| am)?|einschließlich)|spätestens (?:am|bis(?: zum)?)"
    rf"|zahlbar bis(?: zum)?|fällig (?:am|bis(?: zum)?)|fälligkeit(?:sdatum)?|frist(?:ende)?"
    rf"|due (?:date|by|on)|no later than|not later than|until|by|payable by|before)"
    rf"\s*:?\s*({DATE})",
    re.IGNORECASE,
)
_NUMERALS: Final = {
    **dict.fromkeys(("einer", "eines", "einem", "ein", "one"), 1),
    **dict.fromkeys(("zwei", "two"), 2),
    **dict.fromkeys(("drei", "three"), 3),
    **dict.fromkeys(("vier", "four"), 4),
    **dict.fromkeys(("sechs", "six"), 6),
    **dict.fromkeys(("sieben", "seven"), 7),
    **dict.fromkeys(("acht", "eight"), 8),
    **dict.fromkeys(("zehn", "ten"), 10),
    **dict.fromkeys(("vierzehn", "fourteen"), 14),
}
_WITHIN: Final = re.compile(
    r"(?:innerhalb(?: von| der nächsten)?|binnen|within|in den nächsten)\s+"
    rf"(\d{{1,3}}|{'|'.join(_NUMERALS)})\s+"
    r"(?:kalender|werk|arbeits|calendar |working |business )?"
    r"(tag|woche|monat|day|week|month)",
    re.IGNORECASE,
)
_FIRM: Final = re.compile(
    r"^.*\b(?:gmbh(?: & co\.? kgaa?)?|ag|kgaa?|ohg|gbr|e\.\s?k\.|ug \(haftungsbeschränkt\)|ug|se"
    r"|ltd|limited|plc|inc|sarl|s\.a\.|a\.g\.|finanzamt|amtsgericht|ordnungsamt|landesamt|stadt"
    r"|gewerbeamt|hauptzollamt|bank|sparkasse|versicherung|e\.\s?v\.)(?![\w-]).*$",
    re.IGNORECASE,
)
_HEAD_LINES: Final = 25
_SPAN: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was found; None or empty where the letter does not say."""

    dated: date | None = None
    number: str = ""
    amount: Decimal | None = None
    deadline: date | None = None
    sender: str = ""


def facts_of(text: str, *, today: date) -> Facts:
    """Everything that a letter says of itself."""
    dated = letter_date(text, today=today)
    return Facts(
        dated=dated,
        number=number_of(text),
        amount=amount_of(text),
        deadline=deadline_of(text, since=dated or today),
        sender=sender_of(text),
    )


def letter_date(text: str, *, today: date) -> date | None:
    """The date beside its word, else the first one that does not lie ahead."""
    named = (day for found in _DATED.finditer(text) if (day := read_date(found[1])))
    others = (day for found in _DATE.finditer(text) if (day := read_date(found[0])))
    return next((day for day in (*named, *others) if day <= today + timedelta(days=7)), None)


def read_date(text: str) -> date | None:
    """A date as letters write it; None for a day that does not exist."""
    word = re.search(rf"({_MONTH})", text, re.IGNORECASE)
    figures = [int(one) for one in re.findall(r"\d+", text)]
    try:
        if word and len(figures) == 2:
            return date(figures[1], MONTHS[word[1].casefold()], figures[0])
        if text[:4].isdigit():
            return date(*figures)
        day, month, year = figures
        return date(year + 2000 if year < 100 else year, month, day)
    except (KeyError, ValueError, TypeError, OverflowError):
        return None  # KeyError: a dotless i is an i to the pattern only


def number_of(text: str) -> str:
    """The first number with a word before it that says so; with a digit at least."""
    for pattern in (_OWN_NUMBER, _OTHER_NUMBER):
        for found in pattern.finditer(text):
            number = found[1].rstrip(".-/_")
            if any(sign.isdigit() for sign in number) and not _DATE.fullmatch(number):
                return number
    return ""


def amount_of(text: str) -> Decimal | None:
    """What is to be paid: the amount beside the weightiest word, else the largest with a sign."""
    named = [(found[0].casefold(), read_amount(found[1])) for found in _TOTAL.finditer(text)]
    due = [amount for words, amount in named if words.startswith(_WORTH)]
    if due:
        return due[-1]
    if named:
        return max((amount for _, amount in named), key=abs)
    amounts = [read_amount(found[1] or found[2]) for found in _ANY.finditer(text)]
    return max(amounts, default=None, key=abs)


def read_amount(text: str) -> Decimal:
    """`1.234,56`, `1,234.56`, `1 234,56`: the last sign parts the cents."""
    bare = re.sub(r"[ ']", "", text)
    whole, cents = bare[:-3], bare[-2:]
    return Decimal(f"{re.sub(r'[.,]', '', whole)}.{cents}")


def deadline_of(text: str, *, since: date) -> date | None:
    """The earliest day that something has to happen by, named or counted."""
    flat = re.sub(r"\s+", " ", text)
    days = [day for found in _UNTIL.finditer(flat) if (day := read_date(found[1]))]
    days = [day for day in days if day >= since]
    return min([*days, *_counted(flat, since)], default=None)


def _counted(text: str, since: date) -> Iterator[date]:
    for found in _WITHIN.finditer(text):
        word = found[1].casefold()
        count, unit = int(word) if word.isdecimal() else _NUMERALS.get(word), found[2].casefold()
        if count is None:
            continue
        if unit.startswith("m"):
            yield add_months(since, count)
        else:
            yield since + timedelta(days=count * (7 if unit.startswith("w") else 1))


_SENDER_LABEL: Final = re.compile(r"^(?:name|firma|absender|verkäufer)\s*:\s*", re.IGNORECASE)


def sender_of(text: str) -> str:
    """The first line of the letterhead that names a firm or an office."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    found = next((line for line in lines[:_HEAD_LINES] if _FIRM.match(line)), "")
    found = _SENDER_LABEL.sub("", found)
    return re.split(r"\s[|·•]\s|\s[-–]\s|, ", found)[0][:_SPAN]  # noqa: RUF001
