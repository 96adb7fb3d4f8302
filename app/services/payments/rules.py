"""What is checked about payments, as pure functions: rows in, codes out.

Sources: EPC132-08 and EPC130-08 (credit transfer and core direct debit, 2025), DK-Anlage 3 (DFÜ)
for pain.001.001.09 and pain.008.001.08; unstructured addresses ended on 15 November 2026.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from schwifty import BIC
from schwifty.exceptions import SchwiftyException
from stdnum.eu import at_02

from app.books.characters import is_plain
from app.books.ibans import in_sepa, is_iban
from app.catalogue.rows import as_date
from app.kernel.law_dates import is_target_day, next_target_day
from app.kernel.numerals import is_open, number_of

MOST: Final = Decimal("999999999.99")
LONGEST: Final[Mapping[str, int]] = {"name": 70, "purpose": 140, "end_to_end_id": 35}
RECURRING: Final = "RCUR"
SEQUENCES: Final = ("FRST", RECURRING, "OOFF", "FNAL")
ADDRESS: Final = ("street", "building", "postcode", "town", "country")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the field `name`; `row` counts from 0, None is the run itself."""

    code: str
    name: str
    row: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


def amount_of(text: str, *, decimal: str = "") -> Decimal | None:
    """`1.234,56`, `1,234.56` and `1234.5` exactly; None where it is none or could be two."""
    return None if is_open(text) and not decimal else number_of(text, decimal=decimal)


def iban_fault(number: str) -> str:
    """The code of what is wrong with an IBAN; empty where nothing is."""
    if not is_iban(number):
        return "PAY-IBAN"
    return "" if in_sepa(number) else "PAY-IBAN-COUNTRY"


def row_faults(row: Mapping[str, Any], *, number: int | None) -> Iterator[Fault]:
    """What no bank would carry out in one payment."""
    yield from _text_faults(row, number)
    if code := iban_fault(str(row.get("iban") or "")):
        yield Fault(code, "iban", number)
    bic = str(row.get("bic") or "")
    if bic and not _is_bic(bic):
        yield Fault("PAY-BIC", "bic", number)
    yield from _amount_faults(row.get("amount"), number)
    address = {key: str(row.get(key) or "") for key in ADDRESS}
    if any(address.values()) and not (address["town"] and len(address["country"]) == 2):
        yield Fault("PAY-ADDRESS-INCOMPLETE", "town", number)


def _text_faults(row: Mapping[str, Any], number: int | None) -> Iterator[Fault]:
    if not str(row.get("name") or "").strip():
        yield Fault("PAY-NAME", "name", number)
    for key, most in LONGEST.items():
        text = str(row.get(key) or "")
        if len(text) > most:
            yield Fault("PAY-LONG", key, number, {"most": most, "length": len(text)})
        if not is_plain(text):
            yield Fault("PAY-CHARACTERS", key, number)
    end_to_end = str(row.get("end_to_end_id") or "")
    if end_to_end.startswith("/") or end_to_end.endswith("/") or "//" in end_to_end:
        yield Fault("PAY-SLASHES", "end_to_end_id", number)


def _amount_faults(given: object, number: int | None) -> Iterator[Fault]:
    try:
        amount = Decimal(str(given))
    except InvalidOperation:
        yield Fault("PAY-AMOUNT", "amount", number)
        return
    if amount <= 0:
        yield Fault("PAY-ZERO", "amount", number)
    elif amount > MOST:
        yield Fault("PAY-AMOUNT-HIGH", "amount", number)
    elif amount != amount.quantize(Decimal("0.01")):
        yield Fault("PAY-CENTS", "amount", number)


def _is_bic(text: str) -> bool:
    try:
        BIC(text)
    except (SchwiftyException, ValueError):
        return False
    return True


def run_faults(run: Mapping[str, Any], *, today: date | None) -> Iterator[Fault]:
    """What is wrong with the run as a whole, and with every payment in it."""
    if code := iban_fault(str(run.get("iban") or "")):
        yield Fault(code, "iban")
    if run.get("bic") and not _is_bic(str(run["bic"])):
        yield Fault("PAY-BIC", "bic")
    day = run.get("execution_date")
    if isinstance(day, str):
        day = as_date(day)
    if day is None:
        yield Fault("PAY-DAY-MISSING", "execution_date")
    elif not is_target_day(day):
        yield Fault("PAY-DAY", "execution_date", None, {"next": next_target_day(day).isoformat()})
    elif today is not None and day < today:
        yield Fault("PAY-DAY-PAST", "execution_date")
    rows: Sequence[Mapping[str, Any]] = run.get("payments") or ()
    for number, row in enumerate(rows):
        yield from row_faults(row, number=number)
    yield from duplicate_end_to_end(rows)


def duplicate_end_to_end(rows: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """Banks refuse a file in which an end-to-end reference stands twice."""
    counted = Counter(str(row.get("end_to_end_id") or "") for row in rows)
    for number, row in enumerate(rows):
        reference = str(row.get("end_to_end_id") or "")
        if reference and counted[reference] > 1:
            yield Fault("PAY-E2E-DUPLICATE", "end_to_end_id", number, {"reference": reference})


def first_debit_day(today: date) -> date:
    """A core direct debit is with the bank a banking day before it is due (EPC016-06)."""
    return next_target_day(next_target_day(today) + timedelta(days=1))


def debit_faults(run: Mapping[str, Any], *, today: date | None) -> Iterator[Fault]:
    """What a direct debit needs besides: creditor identifier, mandates, a day's notice."""
    if not at_02.is_valid(str(run.get("creditor_id") or "")):
        yield Fault("PAY-CREDITOR-ID", "creditor_id")
    executed = run.get("execution_date")
    executed = as_date(executed) if isinstance(executed, str) else executed
    if today is not None and executed is not None and today <= executed < first_debit_day(today):
        told = {"next": first_debit_day(today).isoformat()}
        yield Fault("PAY-DEBIT-DAY", "execution_date", None, told)
    for number, row in enumerate(run.get("payments") or ()):
        mandate = str(row.get("mandate_id") or "")
        if not mandate or len(mandate) > 35 or not is_plain(mandate):
            yield Fault("PAY-MANDATE", "mandate_id", number)
        signed = row.get("mandate_date")
        signed = as_date(signed) if isinstance(signed, str) else signed
        if signed is None or (executed is not None and signed > executed):
            yield Fault("PAY-MANDATE-DATE", "mandate_date", number)


def repeated(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, int]]:
    """Pairs of payments of one run that pay the same to the same: the later and the earlier."""
    seen: dict[tuple[str, str, str], int] = {}
    for number, row in enumerate(rows):
        key = (str(row.get("iban")), str(row.get("amount")), str(row.get("purpose")))
        if key in seen:
            yield number, seen[key]
        seen.setdefault(key, number)


def total(rows: Iterable[Mapping[str, Any]]) -> Decimal:
    """The control sum; what is no amount counts as nothing."""
    amounts = (amount_of(str(row.get("amount") or "")) for row in rows)
    return sum((one for one in amounts if one is not None), Decimal(0))
