"""How the demo's invoices are paid: by card, by direct debit, not at all, and taken back.

Needs the fake Stripe that `make run` starts; without one nothing is collected.
"""

import json
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from sqlalchemy import select

from app.adapters import stripe
from app.collecting import applying, customers, dunning, fees, looking, pushing
from app.collecting.models import StripeEvent, StripePush
from app.collecting.queries import Bill, bills
from app.collecting.rules import EventState
from app.kernel.clock import freeze, now
from tenants.context import TenantRef
from tenants.db import db, transaction

DAYS = 60
"""Days ago from which on overdue invoices were looked at, each morning until today."""
CARD, CARD_DECLINED = "4242424242424242", "4000000000000341"
IBAN = "DE89370400440532013000"
METHODS = {"alpha-logistik": ("sepa_debit", IBAN), "praxis-wolf": ("card", CARD)}
"""Who has named what; the others are asked to transfer."""
DEBIT_SECONDS = 60
"""How long the direct debits take that whoever looks around begins."""
TRANSFERS, DISPUTED = "baeckerei-sommer", "praxis-wolf"
DECLINED = ("nordlicht", "werft-petersen")


def collect(refs: dict[str, TenantRef]) -> None:
    """Bring what was issued to Stripe and let happen what happens there."""
    if not stripe.settings().api_base:
        return
    for slug, (kind, number) in METHODS.items():
        if slug in refs:
            _name(refs[slug].id, kind, number)
    _look()
    for bill in reversed(_every()):
        with transaction():
            pushing.begin(bill.id)
        pushing.push(bill.id)
    _look()
    _pay(refs)
    _dispute(refs)
    _look()
    _dun()
    looking.reconcile()
    fees.learn()
    _switch("pace", debit_seconds=DEBIT_SECONDS)


def _pay(refs: dict[str, TenantRef]) -> None:
    """One client transfers what it owes, the cards of others are declined."""
    for bill in (one for one in _of(refs, TRANSFERS) if one.is_open):
        customer, left = customers.ensure(bill.tenant_id), bill.left
        _switch("transfer", customer=customer, amount=left.minor, currency=left.currency.lower())
    for slug in DECLINED:
        for bill in (one for one in _of(refs, slug) if one.is_open and one.page_url):
            key = bill.page_url.rpartition("/")[2]
            with suppress(HTTPError):  # the bank says no
                _switch("pay", invoice=key, kind="card", number=CARD_DECLINED)


def _every() -> list[Bill]:
    with transaction():
        return list(bills())


def _name(tenant_id: int, kind: str, number: str) -> None:
    customer = customers.ensure(tenant_id)
    page = stripe.door().setup_page(
        customer=customer, success_url="http://127.0.0.1/", cancel_url="http://127.0.0.1/",
        is_german=True,
    )  # fmt: skip
    _switch("checkout", session=page.rpartition("/")[2], kind=kind, number=number)


def _look() -> None:
    """Take what Stripe tells and apply it, as its webhook and the workers would."""
    looking.catch_up()
    with transaction():
        query = select(StripeEvent.id).where(StripeEvent.state == EventState.RECEIVED)
        waiting = db.session.scalars(query.order_by(StripeEvent.created_at)).all()
    for row_id in waiting:
        with transaction():
            applying.apply(row_id)


def _dispute(refs: dict[str, TenantRef]) -> None:
    """The oldest paid invoice of one client is taken back by its bank."""
    for bill in reversed(_of(refs, DISPUTED)):
        with transaction():
            push = db.session.get(StripePush, bill.id)
        if push is None or not push.stripe_id:
            continue
        for payment in stripe.door().listed("invoice_payment", invoice=push.stripe_id):
            if payment["status"] == "paid":
                intent = stripe.door().retrieve(
                    "payment_intent", payment["payment"]["payment_intent"]
                )
                _switch("dispute", charge=intent["latest_charge"])
                return


def _dun() -> None:
    """What was due is reminded of as the days went by."""
    for days in reversed(range(DAYS)):
        with freeze(now() - timedelta(days=days)), transaction():
            dunning.dun()


def _of(refs: dict[str, TenantRef], slug: str) -> list[Bill]:
    if slug not in refs:
        return []
    with transaction():
        return list(bills(tenant_id=refs[slug].id))


def _switch(name: str, **values: Any) -> None:
    asked = Request(  # noqa: S310  the fake, on loopback
        f"{stripe.settings().api_base}/_fake/{name}",
        json.dumps(values).encode(),
        {"Content-Type": "application/json"},
    )
    with urlopen(asked, timeout=10):  # noqa: S310  the fake, on loopback
        pass
