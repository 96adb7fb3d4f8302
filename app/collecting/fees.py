"""What Stripe keeps of each movement of money: learned from its balance transactions."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.adapters import stripe
from app.adapters.stripe import Thing
from app.collecting.models import StripeFee
from app.collecting.rules import from_stripe
from app.kernel.clock import now
from app.kernel.errors import Conflict
from app.kernel.money import Money
from tenants.db import db, transaction

OVERLAP = timedelta(days=3)
"""Looked at again that far back: what is noted already is left alone."""
_OWN = frozenset({"stripe_fee", "stripe_fx_fee", "tax_fee"})
"""Fees that are charged by themselves, as Stripe names them: with a month, for changing money."""


def learn() -> int:
    """Note the fees that are not noted yet; how many. Own transactions. Raises StripeFailure."""
    with transaction():
        last = db.session.scalar(select(func.max(StripeFee.at)))
    chosen = {} if last is None else {"created": {"gte": int((last - OVERLAP).timestamp())}}
    found = [one for one in stripe.door().listed("balance_transaction", **chosen) if _fee(one)]
    with transaction():
        return sum(_note(one) for one in found)


def _fee(moved: Thing) -> int:
    """What is charged by itself is a movement of its own, negative."""
    return int(-moved["amount"] if moved["type"] in _OWN else moved["fee"])


def _whole(amount: int, currency: str) -> Money:
    """Stripe works some fees out finer than the currency is: to its next whole unit."""
    try:
        return from_stripe(amount, currency)
    except Conflict:
        return from_stripe(round(amount, -2), currency)


def _note(moved: Thing) -> bool:
    fee = _whole(_fee(moved), moved["currency"])
    row = insert(StripeFee).values(
        transaction_id=moved["id"],
        source_id=str(moved.get("source") or ""),
        kind=moved["type"],
        fee_minor=fee.minor,
        currency=fee.currency,
        at=datetime.fromtimestamp(moved["created"], UTC),
        noted_at=now(),
    )
    once = row.on_conflict_do_nothing(index_elements=["transaction_id"])
    return db.session.execute(once.returning(StripeFee.transaction_id)).first() is not None
