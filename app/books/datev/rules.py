"""What DATEV takes of a booking, as pure functions: bookings in, codes and rows out.

Source: DATEV-Format, Schnittstellenbeschreibung, Buchungsstapel version 13 (header version 700).
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

LONGEST_TEXT: Final = 60
LONGEST_REFERENCE: Final = 36
REFERENCE: Final = re.compile(r"[^A-Za-z0-9$&%*+\-/]")
ACCOUNT: Final = re.compile(r"\d{4,9}")
MOST_MINOR: Final = 999_999_999_999
"""Ten digits before the comma."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something about the booking at `row` (from 0); `fatal` keeps it out of the file."""

    code: str
    row: int
    fatal: bool
    params: Mapping[str, Any] = field(default_factory=dict)


def year_start(day: date, *, first_month: int) -> date:
    """The first day of the fiscal year that a day lies in."""
    year = day.year if day.month >= first_month else day.year - 1
    return date(year, first_month, 1)


def faults(
    bookings: Sequence[Mapping[str, Any]], *, since: date, until: date, account_length: int
) -> Iterator[Fault]:
    """What is wrong with bookings, in their order."""
    for row, one in enumerate(bookings):
        day = date.fromisoformat(one["booked_on"])
        if not since <= day <= until:
            yield Fault("LED-DAY", row, fatal=True, params={"day": one["booked_on"]})
        if one["currency"] != "EUR":
            yield Fault("LED-CURRENCY", row, fatal=True, params={"currency": one["currency"]})
        if not 0 < one["amount_minor"] <= MOST_MINOR:
            yield Fault("LED-AMOUNT", row, fatal=True)
        yield from _account_faults(one, row, account_length)
        yield from _text_faults(one, row)


def _account_faults(one: Mapping[str, Any], row: int, length: int) -> Iterator[Fault]:
    if not (one["debit"] and one["credit"]):
        yield Fault("LED-ACCOUNT-MISSING", row, fatal=True)
        return
    for account in (one["debit"], one["credit"]):
        if not ACCOUNT.fullmatch(account) or len(account) > length + 1:
            yield Fault("LED-ACCOUNT", row, fatal=True, params={"account": account})
    if one["debit"] == one["credit"]:
        yield Fault("LED-SAME-ACCOUNT", row, fatal=True, params={"account": one["debit"]})


def _text_faults(one: Mapping[str, Any], row: int) -> Iterator[Fault]:
    strange = sorted({c for c in one["text"] + one["reference"] if not _fits(c)})
    if strange:
        yield Fault("LED-CP1252", row, fatal=False, params={"characters": " ".join(strange)[:60]})
    if len(one["text"]) > LONGEST_TEXT:
        yield Fault("LED-TEXT", row, fatal=False, params={"length": len(one["text"])})
    written = reference_of(one["reference"])
    if len(REFERENCE.sub("", one["reference"])) > LONGEST_REFERENCE:
        yield Fault("LED-REFERENCE-LONG", row, fatal=False, params={"written": written})
    elif written != one["reference"]:
        params = {"before": one["reference"], "written": written}
        yield Fault("LED-REFERENCE", row, fatal=False, params=params)


def _fits(character: str) -> bool:
    try:
        character.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def text_of(text: str, *, most: int = LONGEST_TEXT) -> str:
    """A text as the file takes it: one line, CP1252, so long and no longer."""
    bare = []
    for character in " ".join(text.split()):
        if _fits(character):
            bare.append(character)
        else:
            plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
            bare.append(plain or "?")
    return "".join(bare)[:most]


def reference_of(text: str) -> str:
    """Belegfeld 1: letters, digits and a few signs; the end of a long number tells it apart."""
    return REFERENCE.sub("", text_of(text, most=200))[-LONGEST_REFERENCE:]


def sides(one: Mapping[str, Any], *, account_length: int) -> tuple[str, str, str]:
    """Konto, Gegenkonto, S or H: the ledger's account first where the other is a person's."""
    debit, credit = one["debit"], one["credit"]
    if len(debit) > account_length >= len(credit):
        return credit, debit, "H"
    return debit, credit, "S"


def sums(bookings: Iterable[Mapping[str, Any]]) -> dict[str, tuple[int, int]]:
    """Account → sums of debit and credit in minor units, by account."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in bookings:
        found[one["debit"]][0] += one["amount_minor"]
        found[one["credit"]][1] += one["amount_minor"]
    return {account: (found[account][0], found[account][1]) for account in sorted(found)}
