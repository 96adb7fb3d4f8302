"""A client's own bank accounts and VAT ids: kept by the provider, never shown to a client."""

import re
from collections.abc import Sequence

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from stdnum.eu import vat

from app.audit import actions as audit
from app.clients.identifier_models import ClientIdentifier
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from tenants.db import db


def squeezed(text: str) -> str:
    """Letters and digits in capitals: how identifiers are compared, however they are grouped."""
    return re.sub(r"[^0-9A-Z]", "", text.upper())


def of_client(tenant_id: int) -> Sequence[ClientIdentifier]:
    """What is known of this client, VAT ids last."""
    query = select(ClientIdentifier).where(ClientIdentifier.tenant_id == tenant_id)
    return db.session.scalars(query.order_by(ClientIdentifier.kind, ClientIdentifier.value)).all()


def only_of_others(text: str, *, tenant_id: int) -> list[str]:
    """Numbers in the text that another client has and this one has not. In the books."""
    row = ClientIdentifier
    known = db.session.execute(select(row.value, row.tenant_id)).all()
    own = {value for value, owner in known if owner == tenant_id}
    told = squeezed(text)
    return sorted({value for value, _ in known if value not in own and value in told})


def add(*, actor: Actor, tenant_id: int, typed: str) -> None:
    """Keep a number. Raises Forbidden, Invalid for what is neither an IBAN nor a VAT id."""
    actor.require(Permission.CLIENT_MANAGE)
    value = squeezed(typed)
    kind = _kind(value)
    row = {"tenant_id": tenant_id, "value": value, "kind": kind}
    db.session.execute(insert(ClientIdentifier).values(row).on_conflict_do_nothing())
    _note(actor, "client.identifier_added", tenant_id, value)


def remove(*, actor: Actor, tenant_id: int, value: str) -> None:
    """Forget a number. Raises Forbidden."""
    actor.require(Permission.CLIENT_MANAGE)
    row = ClientIdentifier
    db.session.execute(delete(row).where(row.tenant_id == tenant_id, row.value == value))
    _note(actor, "client.identifier_removed", tenant_id, value)


def _kind(value: str) -> str:
    if vat.is_valid(value):
        return "vat_id"
    try:
        IBAN(value)
    except SchwiftyException:
        raise Invalid("This is neither an IBAN nor a VAT id.") from None
    return "iban"


def _note(actor: Actor, verb: str, tenant_id: int, value: str) -> None:
    audit.record_provider(
        actor=actor,
        verb=verb,
        subject_type="client",
        subject_id=tenant_id,
        detail={"value": value},
    )
