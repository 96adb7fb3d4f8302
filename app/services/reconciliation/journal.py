"""From matched lines and a clerk's decisions to journal entries, as pure functions.

Amounts in minor units; negative ones left the account. Every line is booked in full against the
bank, so that the ledger's bank account moves as the statement does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


class Chart(StrEnum):
    """DATEV's standard charts of accounts."""

    SKR03 = "SKR03"
    SKR04 = "SKR04"


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of a chart that statements are booked on."""

    bank: str
    clearing: str
    discount_received: str
    discount_granted: str
    charges: str


ACCOUNTS: Final[Mapping[Chart, Accounts]] = {
    Chart.SKR03: Accounts("1200", "1590", "3736", "8736", "4970"),
    Chart.SKR04: Accounts("1800", "1370", "5736", "4736", "6855"),
}
"""DATEV SKR03 and SKR04, 2026: bank, items in transit, discounts with VAT, charges."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person said of a line: take the proposal, or book it on an account."""

    take: bool = False
    account: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An amount from `credit` to `debit`, with what it is of."""

    position: int
    amount: int
    debit: str
    credit: str
    reference: str
    text: str


@dataclass(slots=True)
class Journal:
    """What becomes of a statement's lines."""

    entries: list[Entry] = field(default_factory=list)
    paid: dict[str, int] = field(default_factory=dict)
    """Open item → what its `paid` grows by, in the item's own sign."""
    orders: list[str] = field(default_factory=list)
    in_clearing: list[int] = field(default_factory=list)
    """Positions of lines that nobody could place."""


def decisions_of(rows: Iterable[Mapping[str, Any]]) -> dict[int, Decision]:
    """By position (from 0) of the line."""
    return {
        int(row["line"]) - 1: Decision(bool(row.get("take")), str(row.get("account") or ""))
        for row in rows
    }


def decided(match: Mapping[str, Any], decision: Decision | None) -> dict[str, Any]:
    """The match that holds: what was sure, or what a person said."""
    if match.get("sure") and decision is None:
        return dict(match)
    if decision is not None and decision.account:
        return {"kind": "account", "sure": True, "parts": [], "account": decision.account}
    if decision is not None and decision.take:
        return {**match, "sure": True}
    return {"kind": "none", "sure": False, "parts": [], "orders": []}


def journal_of(
    lines: Sequence[Mapping[str, Any]], decisions: Mapping[int, Decision], *, accounts: Accounts
) -> Journal:
    """Entries of all lines, in their order."""
    journal = Journal()
    for line in lines:
        match = decided(line["match"], decisions.get(line["position"]))
        _book(journal, line, match, accounts)
    return journal


def _book(
    journal: Journal, line: Mapping[str, Any], match: Mapping[str, Any], accounts: Accounts
) -> None:
    rest = int(line["amount_minor"])
    position = int(line["position"])
    for open_item, paid, discount, account, number, kind, *party in match.get("parts") or ():
        text = text_of(line, *party)
        _add(journal, position, paid, (accounts.bank, account), number, text)
        other = accounts.discount_received if discount < 0 else accounts.discount_granted
        _add(journal, position, discount, (other, account), number, text)
        grown = (paid + discount) * (-1 if kind == "payable" else 1)
        journal.paid[open_item] = journal.paid.get(open_item, 0) + grown
        rest -= paid
    journal.orders += match.get("orders") or ()
    account = match.get("account") or accounts.clearing
    _add(journal, position, rest, (accounts.bank, account), line["end_to_end_id"], text_of(line))
    if rest and account == accounts.clearing:
        journal.in_clearing.append(position)


def _add(
    journal: Journal,
    position: int,
    amount: int,
    sides: tuple[str, str],
    reference: str,
    text: str,
) -> None:
    """Money in: debit the first, credit the second; money out the other way round."""
    if amount:
        debit, credit = sides if amount > 0 else (sides[1], sides[0])
        journal.entries.append(Entry(position, abs(amount), debit, credit, reference, text))


def text_of(line: Mapping[str, Any], party: str = "") -> str:
    """Who and what for; where the line is one sum for many, each one's own `party`."""
    return " ".join(part for part in (line["party"] or party, line["purpose"]) if part)[:60]
