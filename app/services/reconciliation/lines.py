"""A statement's lines as records of the books: counted once, whatever file they come with."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from app.kernel.money import digits
from app.kernel.numerals import decimal_sign, money_of
from app.services.reconciliation.matching import Movement

CHARGE: Final = re.compile(
    r"entgelt|kontoführung|kontofuehrung|gebühr|gebuehr|\bzinsen\b|abschluss|\bcharges?\b|\bfees?\b",
    re.IGNORECASE,
)
CHARGE_MOST: Final = 50_000
"""Minor units: what costs more is no bank charge."""


@dataclass(slots=True)
class Found:
    """Records for the books, and the same lines as the matching sees them."""

    records: list[dict[str, Any]] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    rounded: list[str] = field(default_factory=list)

    def is_charge(self, record: Mapping[str, Any]) -> bool:
        """The bank's own charge or interest: nobody else is named."""
        small = -CHARGE_MOST < record["amount_minor"] < 0
        return small and not record["iban"] and bool(CHARGE.search(record["purpose"]))


def line_records(statements: Iterable[Mapping[str, Any]]) -> Found:
    """Every line once; equal lines of one day are told apart by their count."""
    found, seen = Found(), Counter[str]()
    for statement in statements:
        for line in statement["lines"]:
            _take(found, seen, statement, line)
    return found


def _take(
    found: Found, seen: Counter[str], statement: Mapping[str, Any], line: Mapping[str, Any]
) -> None:
    currency = line["currency"] or statement["currency"] or "EUR"
    exact = Decimal(line["amount"]).scaleb(digits(currency))
    minor = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if minor != exact:
        found.rounded.append(line["amount"])
    keys = ("booked_on", "amount", "party", "iban", "purpose", "end_to_end_id")
    mark = "\x1f".join([statement["account"], currency, *(str(line[key]) for key in keys)])
    seen[mark] += 1
    digest = hashlib.sha256(f"{mark}\x1f{seen[mark]}".encode()).hexdigest()
    found.records.append(
        {
            "position": len(found.records),
            "fingerprint": digest,
            "account": statement["account"],
            "statement": statement["number"],
            "booked_on": line["booked_on"],
            "amount_minor": minor,
            "currency": currency,
            "party": line["party"],
            "iban": line["iban"],
            "purpose": line["purpose"],
            "end_to_end_id": line["end_to_end_id"],
        }
    )
    found.movements.append(
        Movement(
            booked_on=date.fromisoformat(line["booked_on"]),
            amount=minor,
            currency=currency,
            party=line["party"],
            iban=line["iban"],
            text=line["purpose"],
            end_to_end_id=line["end_to_end_id"],
            batch_id=line["batch_id"],
        )
    )


def known_left_out(records: Sequence[dict[str, Any]], known: set[str]) -> list[dict[str, Any]]:
    """Those that were not imported before."""
    return [record for record in records if record["fingerprint"] not in known]


def open_list(
    rows: Sequence[tuple[int, Mapping[str, str]]],
) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Open items of a list: positive amounts are owed to us, negative ones by us."""
    decimal = decimal_sign(cells.get("amount", "") for _, cells in rows)
    for line, cells in rows:
        amount = money_of(cells.get("amount", ""), decimal=decimal)
        number = cells.get("number", "")
        if not amount or not number:
            yield line, None
            continue
        kind = "receivable" if amount > 0 else "payable"
        yield (
            line,
            {
                "id": f"list:{line}:{number}",
                "kind": kind,
                "expected": int(amount.scaleb(2)),
                "currency": cells.get("currency") or "EUR",
                "party": cells.get("party", ""),
                "iban": "".join(cells.get("iban", "").split()),
                "number": number,
                "account": cells.get("account") or ("10000" if amount > 0 else "70000"),
            },
        )
