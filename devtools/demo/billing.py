"""What the demo's clients pay: terms of several kinds, issued months, a month that waits."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.billing import crediting, overview, parties
from app.billing.actions import approving, contracts, issuing, payments, rating
from app.billing.actions import credits as deciding
from app.billing.actions.contracts import Conditions
from app.billing.rules.kinds import Collection, LineKind, PriceModel, RunState, VatTreatment
from app.billing.rules.terms import Month, TermsLine, Tier
from app.billing.subscribers import record_usage
from app.clients import queries as clients
from app.jobs import codec
from app.jobs.models import Fact
from app.kernel.actor import SYSTEM, Actor
from app.kernel.clock import freeze, now
from app.kernel.ids import new_id
from app.kernel.money import Money
from app.work.events import WorkAccepted
from devtools.demo.clients import Client
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.scope import tenant_scope

MONTHS = 4
"""Months that were billed or wait to be."""
SELLER = {
    "name": "Kontor am Hafen GmbH",
    "street": "Am Sandtorkai 12",
    "postcode": "20457",
    "city": "Hamburg",
    "country": "DE",
    "vat_id": "DE136695976",
    "email": "rechnung@kontor.example",
    "contact": "Paul Reuter",
    "phone": "+49 40 5550100",
    "iban": "DE75512108001245126199",
    "bic": "SOGEDEFFXXX",
    "bank": "Hafenbank",
    "register": "Amtsgericht Hamburg, HRB 100000, Geschäftsführung: Sabine Hoffmann",
}
TEXTS = {
    "de": {
        "intro": "Für die abgenommene Arbeit des Monats berechnen wir:",
        "closing": "Im Portal führt jede Position zur Arbeit dahinter. Danke für Ihr Vertrauen.",
    },
    "en": {
        "intro": "For the accepted work of the month we charge:",
        "closing": "In the portal each position leads to the work behind it. Thank you.",
    },
}
CREDITS = {
    "clauses": [{"name": "late", "metrics": ["resolution", "first_response"], "percent": "5"}],
    "cap_percent": "15",
}


def line(kind: LineKind, **more: Any) -> TermsLine:
    key = "-".join(str(part) for part in (kind, more.get("service_key", ""), more.get("role", "")))
    return TermsLine(id=new_id(), kind=kind, key=key.strip("-"), **more)


def _tiers(*tiers: tuple[str | None, str]) -> tuple[Tier, ...]:
    return tuple(
        Tier(up_to=None if up_to is None else Decimal(up_to), price=Decimal(price))
        for up_to, price in tiers
    )


_INVOICES = "accounts_payable"
_REQUESTS = "general_request"
Agreed = tuple[Conditions, tuple[TermsLine, ...], dict[str, str]]
REMINDED = {"reminder_days": [3, 14]}
"""Nobody's portal is locked but that of devtools.demo.late_payer: whoever looks around stays in."""
TERMS: Mapping[str, Agreed] = {
    "baeckerei-sommer": (
        Conditions(credits=CREDITS, dunning=REMINDED),
        (
            line(LineKind.RETAINER, title="Grundbetreuung", amount_minor=4_900),
            line(
                LineKind.ALLOWANCE,
                service_key=_INVOICES,
                included=Decimal(6),
                amount_minor=1_200,
                roll_over=True,
            ),
            line(LineKind.UNIT_PRICE, service_key=_INVOICES, unit_price=Decimal("2.60")),
        ),
        {"street": "Marktstraße 4", "postcode": "21073", "city": "Hamburg"},
    ),
    "alpha-logistik": (
        Conditions(
            terms_days=30,
            credits=CREDITS,
            dunning=REMINDED,
            collection=Collection.CHARGE_AUTOMATICALLY,
        ),
        (
            line(
                LineKind.UNIT_PRICE,
                service_key=_INVOICES,
                price_model=PriceModel.GRADUATED,
                tiers=_tiers(("3", "3.10"), ("10", "2.80"), (None, "2.40")),
            ),
            line(LineKind.UNIT_PRICE, service_key=_REQUESTS, unit_price=Decimal(18)),
            line(LineKind.MINIMUM, amount_minor=15_000),
        ),
        {"street": "Hafenrandstraße 90", "postcode": "20457", "city": "Hamburg"},
    ),
    "praxis-wolf": (
        Conditions(collection=Collection.CHARGE_AUTOMATICALLY, dunning=REMINDED),
        (
            line(LineKind.RETAINER, title="Praxisbetreuung", amount_minor=12_000),
            line(LineKind.UNIT_PRICE, service_key=_INVOICES, unit_price=Decimal("2.90")),
            line(LineKind.TIME_AND_MATERIAL, role="Beratung", unit_price=Decimal(95)),
        ),
        {"street": "Lindenallee 2", "postcode": "22765", "city": "Hamburg"},
    ),
    "nordlicht": (
        Conditions(
            vat_treatment=VatTreatment.REVERSE_CHARGE, vat_percent=Decimal(0), dunning=REMINDED
        ),
        (
            line(LineKind.RETAINER, title="Service desk", amount_minor=25_000),
            line(
                LineKind.UNIT_PRICE,
                service_key=_INVOICES,
                price_model=PriceModel.VOLUME,
                tiers=_tiers(("4", "3.20"), (None, "2.70")),
            ),
        ),
        {
            "street": "Praterstraße 11",
            "postcode": "1020",
            "city": "Wien",
            "country": "AT",
            "vat_id": "ATU13585627",
        },
    ),
}


def bill(played: Mapping[str, Client], staff: dict[str, Actor]) -> None:
    """Agree, bill the months until now, and leave the last one for somebody to approve."""
    admin, finance = staff["sabine"], staff["paul"]
    every = months()
    with transaction():
        parties.set_seller(actor=finance, details=SELLER, number_prefix="RE", texts=TEXTS)
    for slug, client in played.items():
        if slug in TERMS:
            _record(client.ref)
            agree(client.ref, finance, first=every[0], agreed=TERMS[slug])
    for number, month in enumerate(every):
        is_last = number == MONTHS - 1
        for client in (played[slug] for slug in TERMS if slug in played):
            bill_month(
                client.ref, month, by=(admin, finance), waits=is_last, paid=number < MONTHS - 2
            )


def months() -> list[Month]:
    """Those that are billed: the last one waits for somebody to approve it."""
    month, found = Month(first=now().date().replace(day=1)), []
    for _back in range(MONTHS):
        month = month.before
        found.append(month)
    return found[::-1]


def _record(client: TenantRef) -> None:
    """The ledger's entries, which the workers would write: written already, they are skipped."""
    with tenant_scope(client), transaction():
        facts = db.session.scalars(select(Fact).where(Fact.name == WorkAccepted.__name__))
        for fact in facts.all():
            record_usage(codec.decode(WorkAccepted, fact.payload))


def agree(client: TenantRef, finance: Actor, *, first: Month, agreed: Agreed) -> None:
    """The client's terms from that month on."""
    conditions, lines, address = agreed
    contract = clients.contracts(tenant_id=client.id)[-1]
    details = {"name": client.name, "email": f"buchhaltung@{client.slug}.example", **address}
    with transaction():
        parties.set_buyer(actor=finance, client=client, details=details, vat_id_checked_at=now())
        draft = contracts.draft(
            actor=finance,
            tenant_id=client.id,
            contract_id=contract.id,
            valid_from=first.first,
            conditions=replace(conditions, zone=client.zone),
            lines=lines,
        )
        contracts.agree(actor=finance, version_id=draft.id)


def bill_month(
    client: TenantRef, month: Month, *, by: tuple[Actor, Actor], waits: bool, paid: bool
) -> None:
    """Rated by one, approved by the other, issued; or left waiting as a draft."""
    drafter, approver = by
    with freeze(_morning(month.following)):
        with transaction():
            run = rating.rate_client(actor=drafter, tenant_id=client.id, month=month)
        if run is None or run.state is not RunState.DRAFT or waits:
            return
        with transaction():
            rows = overview.month_rows(month)
            (draft,) = [row.invoice for row in rows if row.run.tenant_id == client.id]
            assert draft is not None  # noqa: S101  a run in the state draft has one
            approving.approve(actor=approver, invoice_ids=[draft.id])
            issuing.issue(actor=drafter, invoice_id=draft.id)
            invoice_id, number = draft.id, draft.number
            gross = Money(draft.gross_minor, draft.currency)
        if number:
            _credit(client, invoice_id, by=approver if paid else None)
        if paid and number:
            _pay(invoice_id, gross, number)


def _credit(client: TenantRef, invoice_id: UUID, *, by: Actor | None) -> None:
    """What the month's broken promises cost; the newest waits for a decision."""
    with tenant_scope(client), transaction():
        proposed = crediting.propose(invoice_id)
        credit_id = proposed.id if proposed else None
    if by is not None and credit_id is not None:
        with transaction():
            deciding.approve(actor=by, credit_id=credit_id)


def _pay(invoice_id: UUID, gross: Money, number: str) -> None:
    with transaction():
        payments.record_payment(
            actor=SYSTEM,
            invoice_id=invoice_id,
            amount=gross,
            at=now() + timedelta(days=9),
            source=f"bank:{number}",
        )


def _morning(day: date) -> datetime:
    """The second working hour of the third of a month, not after now."""
    moment = now().replace(year=day.year, month=day.month, day=3, hour=8, minute=20)
    return min(moment, now())
