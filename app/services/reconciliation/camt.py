"""Reads camt.053 of any version, entry by entry: a statement of 100,000 lines fits in memory.

Traps: camt.052 and 054 are no statements; banks differ in what a reversal's indicator says of its
sign, so the balances decide; one booked entry may hold many payments.
"""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from lxml import etree

from app.services.reconciliation.statement import Line, Reading, Statement

ROOTS: Final = {
    "BkToCstmrStmt": "",
    "BkToCstmrAcctRpt": "REC-CAMT-052",
    "BkToCstmrDbtCdtNtfctn": "REC-CAMT-054",
}
SPACE: Final = "urn:iso:std:iso:20022:tech:xsd:camt."
KEPT: Final = frozenset({"Ntry", "Bal", "Acct", "Id", "ElctrncSeqNb", "Stmt"})
NOT_GIVEN: Final = frozenset({"", "NOTPROVIDED", "NONREF"})


def read_camt(content: bytes) -> Reading:
    """The statements of a file; never raises for a broken one."""
    if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content[:4096]:
        return Reading(reason="REC-XML-DOCTYPE")
    reading = Reading()
    try:
        for statement in _statements(content, reading):
            _decide_reversals(statement)
            reading.statements.append(statement)
    except etree.XMLSyntaxError as broken:
        return Reading(reason="REC-XML-BROKEN", detail=str(broken.lineno or 0))
    except (InvalidOperation, ValueError) as odd:
        return Reading(reason="REC-XML-VALUE", detail=str(odd)[:80])
    if not reading.statements and not reading.reason:
        reading.reason = "REC-NOT-CAMT"
    return reading


def _statements(content: bytes, reading: Reading) -> Iterator[Statement]:
    parser = etree.iterparse(
        io.BytesIO(content), events=("start", "end"), resolve_entities=False, no_network=True
    )
    statement = Statement()
    for event, element in parser:
        name = _name(element)
        if event == "start":
            reading.reason = reading.reason or _reason(element, name)
            if reading.reason:
                return
            statement = Statement() if name == "Stmt" else statement
        elif name in KEPT and _is_direct(element, name):
            _take(statement, name, element)
            if name == "Stmt":
                yield statement
            if name in {"Ntry", "Stmt"}:
                element.clear(keep_tail=False)


def _reason(element: Any, name: str) -> str:
    """Why the message is none of ours; empty where it is, or where this is not its root."""
    if name in ROOTS and not element.tag.startswith("{" + SPACE):
        return "REC-NOT-CAMT"
    return ROOTS.get(name, "")


def _is_direct(element: Any, name: str) -> bool:
    parent = element.getparent()
    return name == "Stmt" or (parent is not None and _name(parent) == "Stmt")


def _take(statement: Statement, name: str, element: Any) -> None:
    if name == "Ntry":
        _entry(statement, element)
    elif name == "Bal":
        _balance(statement, element)
    elif name == "Acct":
        found = _text(element, "Id", "IBAN") or _text(element, "Id", "Othr", "Id")
        statement.account = "".join(found.split())
        statement.currency = _text(element, "Ccy")
    elif name == "ElctrncSeqNb" or (name == "Id" and not statement.number):
        statement.number = (element.text or "").strip()


def _balance(statement: Statement, element: Any) -> None:
    kind = _text(element, "Tp", "CdOrPrtry", "Cd")
    amount = _signed(element)
    if kind == "OPBD" or (kind == "PRCD" and statement.opening is None):
        statement.opening = amount
    elif kind == "CLBD":
        statement.closing = amount


def _entry(statement: Statement, element: Any) -> None:
    status = _text(element, "Sts", "Cd") or _text(element, "Sts")
    if status not in ("BOOK", ""):
        return
    statement.entries += 1
    total = _signed(element)
    node = _child(element, "Amt")
    currency = node.get("Ccy", "") if node is not None else ""
    booked = _text(element, "BookgDt", "Dt") or _text(element, "BookgDt", "DtTm")
    booked = booked or _text(element, "ValDt", "Dt") or _text(element, "ValDt", "DtTm")
    line = Line(
        booked_on=date.fromisoformat(booked[:10]),
        amount=total,
        currency=currency,
        reversal=_text(element, "RvslInd") in ("true", "1"),
        batch_id=_descendant(element, "Btch", "PmtInfId"),
    )
    details = [d for group in _children(element, "NtryDtls") for d in _children(group, "TxDtls")]
    amounts = _amounts_of(details, total)
    if amounts:
        statement.lines += [
            _told(replace(line, amount=amount), one, element)
            for amount, one in zip(amounts, details, strict=True)
        ]
    else:
        statement.lines.append(_told(line, details[0] if len(details) == 1 else None, element))


def _amounts_of(details: list[Any], total: Decimal) -> list[Decimal]:
    """Of an entry that holds several payments each one's amount; none where they do not add up."""
    parts = [_part_amount(one) for one in details]
    amounts = [part.copy_sign(total) for part in parts if part is not None]
    whole = len(details) > 1 and len(amounts) == len(details)
    return amounts if whole and sum(amounts, Decimal(0)) == total else []


def _part_amount(detail: Any) -> Decimal | None:
    text = _text(detail, "Amt") or _text(detail, "AmtDtls", "TxAmt", "Amt")
    return Decimal(text) if text else None


def _told(line: Line, detail: Any, entry: Any) -> Line:
    """The other side: the debtor of what came in, the creditor of what went out."""
    note = _text(entry, "AddtlNtryInf")
    if detail is None:
        line.purpose = note
        return line
    side = "Dbtr" if line.amount > 0 else "Cdtr"
    related = _child(detail, "RltdPties")
    party = _text(related, side, "Nm") or _text(related, side, "Pty", "Nm")
    end_to_end = _text(detail, "Refs", "EndToEndId")
    remittance = _child(detail, "RmtInf")
    texts = [(one.text or "").strip() for one in _children(remittance, "Ustrd")]
    texts.append(_descendant(remittance, "CdtrRefInf", "Ref"))
    purpose = " ".join(" ".join(texts).split())
    line.party = " ".join(party.split())
    line.iban = "".join(_text(related, f"{side}Acct", "Id", "IBAN").split())
    line.purpose = purpose or note or _text(detail, "AddtlTxInf")
    line.end_to_end_id = "" if end_to_end in NOT_GIVEN else end_to_end
    return line


def _decide_reversals(statement: Statement) -> None:
    """Some banks give a reversal the sign of what it reverses: take the one that balances."""
    turned = [line for line in statement.lines if line.reversal]
    if not turned or statement.balances or statement.difference is None:
        return
    if statement.difference == sum((-2 * line.amount for line in turned), Decimal(0)):
        statement.reversed_by_balance = True
        for line in turned:
            line.amount = -line.amount


def _signed(element: Any) -> Decimal:
    amount = Decimal(_text(element, "Amt"))
    return -amount if _text(element, "CdtDbtInd") == "DBIT" else amount


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _children(element: Any, name: str) -> list[Any]:
    return [] if element is None else [one for one in element if _name(one) == name]


def _child(element: Any, name: str) -> Any:
    if element is not None:
        for one in element:
            if _name(one) == name:
                return one
    return None


def _text(element: Any, *path: str) -> str:
    for name in path:
        element = _child(element, name)
    return "" if element is None else (element.text or "").strip()


def _descendant(element: Any, parent: str, name: str) -> str:
    if element is None:
        return ""
    for one in element.iter():
        if _name(one) == parent and (found := _text(one, name)):
            return found
    return ""
