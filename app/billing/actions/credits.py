"""Decide on service credits: the provider approves or refuses, the client may disagree."""

from uuid import UUID

from app.audit import actions as audit
from app.billing.credit_models import ServiceCredit
from app.billing.rules.kinds import CreditState
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.text import Text
from tenants.context import current_tenant
from tenants.db import db

_OPEN = frozenset({CreditState.PROPOSED, CreditState.DISPUTED})


def approve(*, actor: Actor, credit_id: UUID, answer: str = "") -> ServiceCredit:
    """It is deducted on the next invoice. In the provider's books.

    Raises Forbidden, NotFound, and Conflict for what is decided already.
    """
    return _decide(actor, credit_id, CreditState.APPROVED, answer)


def refuse(*, actor: Actor, credit_id: UUID, answer: str) -> ServiceCredit:
    """It is not owed; the client reads why. In the provider's books. Raises Invalid without."""
    if not answer.strip():
        raise Invalid(fields={"answer": [Text("Please say why.")]})
    return _decide(actor, credit_id, CreditState.REFUSED, answer)


def _decide(actor: Actor, credit_id: UUID, state: CreditState, answer: str) -> ServiceCredit:
    actor.require(Permission.INVOICE_APPROVE)
    row = _locked(credit_id)
    if row.state not in _OPEN:
        raise Conflict("This credit is decided already.")
    row.state, row.answer = state, answer.strip()
    row.decided_by, row.decided_at = actor.name, now()
    audit.record_provider(
        actor=actor,
        verb=f"credit.{state.value}",
        subject_type="service_credit",
        subject_id=row.id,
        detail={"tenant_id": row.tenant_id, "amount_minor": row.amount_minor},
    )
    return row


def dispute(*, actor: Actor, credit_id: UUID, reason: str) -> ServiceCredit:
    """The client says what is not right, until it is on an invoice. In the client's scope.

    Raises Forbidden, NotFound, Invalid, Conflict.
    """
    actor.require(Permission.CREDIT_DISPUTE)
    if not reason.strip():
        raise Invalid(fields={"reason": [Text("Please say why.")]})
    row = _locked(credit_id)
    if row.tenant_id != current_tenant().id:
        raise NotFound("There is no such credit.")
    if row.invoice_id is not None or row.state is CreditState.CREDITED:
        raise Conflict("This credit is on an invoice already.")
    if row.state is CreditState.DISPUTED:
        raise Conflict("This credit is disputed already.")
    row.state, row.dispute = CreditState.DISPUTED, reason.strip()
    row.disputed_by, row.disputed_at = actor.name, now()
    audit.record(
        actor=actor,
        verb="credit.disputed",
        subject_type="service_credit",
        subject_id=row.id,
        detail={"reason": reason.strip()},
    )
    return row


def _locked(credit_id: UUID) -> ServiceCredit:
    row = db.session.get(ServiceCredit, credit_id, with_for_update=True)
    if row is None:
        raise NotFound("There is no such credit.")
    return row
