"""A client that is there to show what happens to whoever does not pay.

Its card was declined: reminded twice, then the portal can only be read. An earlier invoice went
the whole way and back: paid, and the portal was free again. Paying the open one frees it anew.
"""

from datetime import timedelta

from flask import Flask

from app.billing import overview
from app.billing.actions import payments
from app.billing.actions.contracts import Conditions
from app.billing.rules.kinds import Collection, LineKind
from app.collecting import dunning
from app.kernel.actor import SYSTEM, Actor
from app.kernel.clock import freeze, now
from app.kernel.money import Money
from devtools.demo import billing, clients
from devtools.demo.clients import Place, S
from tenants.context import TenantRef
from tenants.db import transaction

PLACE = Place(
    slug="werft-petersen",
    code="WERFT",
    name="Werft Petersen GmbH",
    trade="Schiffbau",
    industries=frozenset(),
    guidance="Zahlt oft erst nach der zweiten Erinnerung.",
    services={"general_request": {}},
    members=(("Jens Petersen", "jens@werft-petersen.example", S.CLIENT_ADMIN),),
    samples="",
    invoices=(),
    requests=(),
)
STRICT = {"reminder_days": [2, 5], "read_only_days": 9}
"""Days after the due day: each month's invoice has locked the portal before the next."""
CONDITIONS = Conditions(
    terms_days=7, dunning=STRICT, collection=Collection.CHARGE_AUTOMATICALLY
)  # fmt: skip
ADDRESS = {"street": "Am Helgen 2", "postcode": "24939", "city": "Flensburg"}
FEE = 48_000
MOST_DAYS = 40


def play(app: Flask, staff: dict[str, Actor]) -> None:
    """One month that ended well, one that waits to be paid, one that waits to be approved."""
    client = clients.open_client(app, PLACE, staff).ref
    people = staff["sabine"], staff["paul"]
    well, badly, draft = billing.months()[-3:]
    fee = billing.line(LineKind.RETAINER, title="Grundbetreuung", amount_minor=FEE)
    billing.agree(client, staff["paul"], first=well, agreed=(CONDITIONS, (fee,), ADDRESS))
    billing.bill_month(client, well, by=people, waits=False, paid=False)
    _remind_and_pay(client)
    billing.bill_month(client, badly, by=people, waits=False, paid=False)
    billing.bill_month(client, draft, by=people, waits=True, paid=False)


def _remind_and_pay(client: TenantRef) -> None:
    """Day by day until the portal is locked; two days later the transfer comes."""
    with transaction():
        (invoice,) = overview.sent_invoices(tenant_id=client.id)
        invoice_id, number, day = invoice.id, invoice.number, invoice.issued_at or now()
        gross = Money(invoice.gross_minor, invoice.currency)
    for _ in range(MOST_DAYS):
        day += timedelta(days=1)
        with freeze(day), transaction():
            dunning.dun()
            if dunning.is_locked(client.id):
                break
    day += timedelta(days=2)
    with freeze(day), transaction():
        payments.record_payment(
            actor=SYSTEM, invoice_id=invoice_id, amount=gross, at=day, source=f"bank:{number}"
        )
        dunning.unlock(client.id)
