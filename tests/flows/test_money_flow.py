"""The whole way of money: invoice, payable, payment file, bank statement, bookings, DATEV batch."""

import csv
import io
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from lxml import etree

from app.books import queries as books
from app.books.datev.batch import read_back
from app.clients import actions as clients
from app.kernel.actor import SYSTEM
from app.kernel.clock import now
from app.kernel.errors import Conflict, Forbidden, Invalid
from app.services.accounts_payable.samples import sample
from app.work import queries
from app.work.actions import closing, handling
from app.work.rules import WorkStatus
from config import Settings
from tenants import opening
from tenants.db import transaction
from tenants.registry import by_slug
from tests.conftest import in_scope
from tests.factories.office import CHECKER, CLERK, CLIENT, Office

PAIN = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
ACCOUNT = "DE02120300000000202051"


@pytest.fixture(scope="module")
def office(app: Flask, settings: Settings) -> Office:
    opening.open_client(
        settings.database_direct_url,
        slug="money",
        name="Bäckerei Sommer GmbH",
        code="MNY",
        at=now(),
    )
    with app.app_context(), transaction():
        tenant = by_slug("money")
        clients.agree(
            actor=SYSTEM,
            tenant_id=tenant.id,
            number="V-MNY",
            valid_from=date(2020, 1, 1),
            services={
                key: {}
                for key in ("accounts_payable", "payments", "reconciliation", "ledger_handover")
            },
        )
    return Office(app, tenant)


def statement(content: bytes, *, opening_balance: Decimal) -> bytes:
    """The bank's camt.053 for a payment file: one amount for all of it."""
    paid = etree.fromstring(content)
    total = Decimal(paid.findtext(".//p:GrpHdr/p:CtrlSum", namespaces=PAIN) or "0")
    block = paid.findtext(".//p:PmtInfId", namespaces=PAIN)
    day = paid.findtext(".//p:ReqdExctnDt/p:Dt", namespaces=PAIN)

    def balance(kind: str, amount: Decimal) -> str:
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt>"
            f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
        )

    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        f"<Id>231</Id><Acct><Id><IBAN>{ACCOUNT}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{balance('OPBD', opening_balance)}{balance('CLBD', opening_balance - total)}"
        f"<Ntry><Amt Ccy='EUR'>{total}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{day}</Dt></BookgDt><NtryDtls><Btch><PmtInfId>{block}</PmtInfId></Btch>"
        "</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"
    ).encode()


def balances(rows: list[tuple[str, str, int]]) -> dict[str, int]:
    """Account → debit less credit."""
    found: dict[str, int] = {}
    for debit, credit, amount in rows:
        found[debit] = found.get(debit, 0) + amount
        found[credit] = found.get(credit, 0) - amount
    return found


def open_now(office: Office) -> list[int]:
    with in_scope(office.app, office.tenant), transaction():
        return [one.amount_minor - one.paid_minor for one in books.open_items()]


def journal(office: Office) -> list[tuple[date, str, str, int]]:
    with in_scope(office.app, office.tenant), transaction():
        return [(b.booked_on, b.debit, b.credit, b.amount_minor) for b in books.bookings()]


def test_from_the_invoice_to_the_tax_adviser_every_sum_agrees(office: Office) -> None:
    # 1. Two supplier invoices are accepted: payables and bookings.
    owed = 0
    for name in ("bakery-flour.xml", "logistics-freight.xml"):
        item_id = office.order("accounts_payable", "supplier_invoice", {}, (name, sample(name)))
        assert open_now(office).count(0) == 0
        office.hand_over(item_id)
        office.approve(item_id)
        before = len(open_now(office))
        office.accept(item_id)
        assert len(open_now(office)) == before + 1
        owed += int(Decimal(office.values(item_id)["payable"]) * 100)
    assert sum(open_now(office)) == owed > 0

    # 2. They are proposed for payment; who made the run cannot approve it.
    payload = {
        "account_holder": "Bäckerei Sommer GmbH",
        "iban": ACCOUNT,
        "from_books": True,
        "due_until": "2099-12-31",
        "take_discount": False,
    }
    run = office.order("payments", "transfer_run", payload)
    assert int(Decimal(office.values(run)["total"]) * 100) == owed
    office.hand_over(run)
    with in_scope(office.app, office.tenant), pytest.raises(Forbidden), transaction():
        handling.approve(actor=CLERK, item_id=run)

    # 3. An edit voids the approval: complained about, changed, and approved by a second one again.
    office.approve(run)
    with in_scope(office.app, office.tenant), transaction():
        assert books.open_items(ordered=False) == []
        closing.complain(actor=CLIENT, item_id=run, reason="Anderer Text bitte")
        assert len(books.open_items(ordered=False)) == 2
    changed = office.values(run)
    changed["payments"][0]["purpose"] = "Rechnung, wie besprochen"
    with in_scope(office.app, office.tenant), transaction():
        handling.correct(actor=CLERK, item_id=run, values=changed)
        with pytest.raises(Conflict):
            handling.approve(actor=CHECKER, item_id=run)
    wrong = {**changed, "total": str(Decimal(changed["total"]) + Decimal("0.01"))}
    with in_scope(office.app, office.tenant), pytest.raises(Invalid), transaction():
        handling.correct(actor=CLERK, item_id=run, values=wrong)
    office.hand_over(run)
    with in_scope(office.app, office.tenant), pytest.raises(Conflict), transaction():
        handling.correct(actor=CLERK, item_id=run, values=changed)
    pain = next(content for name, content in office.approve(run) if name.endswith(".xml"))
    office.accept(run)
    paid = etree.fromstring(pain)
    assert sum(Decimal(one.text) for one in paid.iterfind(".//p:InstdAmt", PAIN)) * 100 == owed
    assert b"wie besprochen" in pain

    # 4. The bank books the file as one amount; the statement is reconciled.
    content = statement(pain, opening_balance=Decimal("50000.00"))
    bank = office.order(
        "reconciliation", "statement", {"bank_account": "1200"}, ("auszug.xml", content)
    )
    assert (office.values(bank)["count"], office.values(bank)["matched"]) == (1, 1)
    office.hand_over(bank)
    office.approve(bank)
    office.accept(bank)
    assert open_now(office) == []
    again = office.order(
        "reconciliation", "statement", {"bank_account": "1200"}, ("nochmal.xml", content)
    )
    with in_scope(office.app, office.tenant), transaction():
        assert books.lines_of(again) == []
        (error,) = [one for one in queries.findings(again) if one.severity == "error"]
        assert error.code == "REC-SAME-STATEMENT"

    # 5. The ledger agrees: creditors are even, the bank moved by what was owed.
    rows = journal(office)
    sums = balances([row[1:] for row in rows])
    assert sums["1200"] == -owed
    assert all(amount == 0 for account, amount in sums.items() if len(account) == 5)
    assert sum(sums.values()) == 0

    # 6. The tax adviser gets all of it, once, and reads the same sums.
    told: list[tuple[str, str, int]] = []
    archived = 0
    for year in sorted({row[0].year for row in rows}):
        period = office.order("ledger_handover", "period", handover(year))
        office.hand_over(period)
        results = dict(office.approve(period))
        office.accept(period)
        batch = next(content for name, content in results.items() if name.startswith("EXTF"))
        told += [row[:3] for row in read_back(batch)]
        archived += audit_total(next(c for name, c in results.items() if name.endswith(".zip")))
    assert sorted(told) == sorted(row[1:] for row in rows)
    assert balances(told) == sums
    assert archived == sum(row[3] for row in rows)
    empty = office.order("ledger_handover", "period", handover(rows[0][0].year))
    assert office.values(empty)["count"] == 0
    with in_scope(office.app, office.tenant), transaction():
        assert queries.item(period).status is WorkStatus.ACCEPTED


def handover(year: int) -> dict[str, Any]:
    return {
        "since": f"{year}-01-01",
        "until": f"{year}-12-31",
        "adviser": 1001,
        "client": 456,
        "account_length": 4,
    }


def audit_total(content: bytes) -> int:
    """Minor units of the journal in the archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read("journal.csv").decode()
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    return sum(int(Decimal(row[2].replace(",", ".")).scaleb(2)) for row in rows)
