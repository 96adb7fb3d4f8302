"""A request that changes something at Stripe, made once however often we have to ask.

Its key is committed before the request leaves; no transaction is open while it is on its way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.adapters.stripe import Thing
from app.adapters.stripe.failures import Declined, KeyReused, OutcomeUnknown, Refused
from app.collecting.models import StripeCall
from app.collecting.rules import KEY_LIVES, CallState, fingerprint
from app.kernel.clock import now
from tenants.db import db, transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for."""

    tenant_id: int
    invoice_id: UUID | None
    subject: str
    """What tells this from every other thing that is ever asked for."""
    values: Mapping[str, Any]


def once(wanted: Wanted, ask: Callable[[str], Thing], *, find: Callable[[], str | None]) -> str:
    """The id of what was made, now or earlier.

    `find` looks for it at Stripe where a key is of no use any more. Raises StripeFailure; KeyReused
    also where the same thing is asked for with other values than before.
    """
    with transaction():
        call = _latest(wanted)
        if call is not None and call.state is CallState.DONE:
            return call.result_id
        is_spent = call is not None and _is_spent(call)
    if is_spent and (found := find()) is not None:
        _end(wanted, state=CallState.DONE, result=found)
        return found
    with transaction():
        call = _intend(wanted, anew=is_spent)
        key = call.key
    return _make(wanted, key, ask)


def _make(wanted: Wanted, key: str, ask: Callable[[str], Thing]) -> str:
    try:
        thing = ask(key)
    except OutcomeUnknown as unknown:
        state = CallState.SPENT if unknown.is_replayed else CallState.UNKNOWN
        _end(wanted, state=state, error=str(unknown))
        raise
    except (Declined, KeyReused, Refused) as refused:
        _end(wanted, state=CallState.REFUSED, error=str(refused))
        raise
    made = str(thing["id"])
    _end(wanted, state=CallState.DONE, result=made)
    return made


def _latest(wanted: Wanted) -> StripeCall | None:
    query = select(StripeCall).where(StripeCall.subject == wanted.subject)
    newest = query.order_by(StripeCall.version.desc()).limit(1)
    found = db.session.scalar(newest.with_for_update().execution_options(populate_existing=True))
    if found is not None and found.fingerprint != fingerprint(wanted.values):
        raise KeyReused(f"{found.key} was asked for with other values before")
    return found


def _is_spent(call: StripeCall) -> bool:
    return call.state is CallState.SPENT or now() - call.begun_at >= KEY_LIVES


def _intend(wanted: Wanted, *, anew: bool) -> StripeCall:
    # Two who want the same thing for the first time ask under one key.
    key = func.hashtextextended(f"stripe_call:{wanted.subject}", 0)
    db.session.execute(select(func.pg_advisory_xact_lock(key)))
    known = _latest(wanted)
    if known is not None and not anew and known.state is not CallState.REFUSED:
        return known
    query = select(func.coalesce(func.max(StripeCall.version), 0))
    version = int(db.session.scalar(query.where(StripeCall.subject == wanted.subject)) or 0) + 1
    call = StripeCall(
        tenant_id=wanted.tenant_id,
        invoice_id=wanted.invoice_id,
        subject=wanted.subject,
        version=version,
        key=f"{wanted.subject}:v{version}",
        fingerprint=fingerprint(wanted.values),
        begun_at=now(),
    )
    db.session.add(call)
    db.session.flush()
    return call


def _end(wanted: Wanted, *, state: CallState, result: str = "", error: str = "") -> None:
    with transaction():
        call = _latest(wanted)
        # What is done stays so, whatever somebody heard who asked at the same time.
        if call is not None and call.state is not CallState.DONE:
            call.state, call.result_id = state, result
            call.error, call.ended_at = error[:500], now()
