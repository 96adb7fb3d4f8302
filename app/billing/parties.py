"""Read and write who bills and who is billed. In the provider's books."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.audit import actions as audit
from app.billing.party_models import BillTo, Seller
from app.billing.rules.parties import BuyerDetails, SellerDetails
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.kernel.text import Text
from tenants.context import TenantRef
from tenants.db import db

FIRST_DEBTOR = 10_000
"""DATEV: accounts of debtors have one digit more than the others."""
_LOCK = func.hashtextextended("billing.debtor_account", 0)
LARGEST_LOGO = 500_000
_PNG = b"\x89PNG\r\n\x1a\n"


def seller() -> Seller:
    """The provider; an empty one while nobody has filled it in."""
    return db.session.get(Seller, 1) or Seller(id=1, details={}, number_prefix="RE", texts={})


def buyer(client: TenantRef) -> BillTo:
    """The client; with its name only while nobody has filled it in."""
    known = db.session.get(BillTo, client.id)
    if known is not None:
        return known
    details = BuyerDetails(name=client.name).as_json()
    return BillTo(tenant_id=client.id, details=details, debtor_account=0)


def set_seller(
    *,
    actor: Actor,
    details: Mapping[str, Any],
    number_prefix: str,
    texts: Mapping[str, Mapping[str, str]],
    logo: bytes | None = None,
) -> Seller:
    """Keep what stands on invoices from now on; `logo`: PNG, None leaves it as it is.

    Raises Forbidden, Invalid.
    """
    actor.require(Permission.INVOICE_MANAGE)
    if not number_prefix.isalnum() or len(number_prefix) > 8:
        raise Invalid(fields={"number_prefix": [Text("Up to 8 letters and digits.")]})
    if logo is not None and (not logo.startswith(_PNG) or len(logo) > LARGEST_LOGO):
        raise Invalid(fields={"logo": [Text("Please choose a PNG of at most 500 kB.")]})
    row = db.session.merge(seller())
    row.details = SellerDetails.of(details).as_json()
    row.number_prefix = number_prefix
    row.texts = {language: dict(words) for language, words in texts.items()}
    row.logo = logo or row.logo
    db.session.flush()
    audit.record_provider(
        actor=actor, verb="billing.seller_set", subject_type="seller", subject_id=1
    )
    return row


def set_buyer(
    *,
    actor: Actor,
    client: TenantRef,
    details: Mapping[str, Any],
    vat_id_checked_at: datetime | None = None,
) -> BillTo:
    """Keep how the client is addressed from now on. Issued invoices stay. Raises Forbidden."""
    actor.require(Permission.INVOICE_MANAGE)
    row = db.session.get(BillTo, client.id)
    if row is None:
        row = BillTo(tenant_id=client.id, details={}, debtor_account=_next_account())
        db.session.add(row)
    before = row.details.get("vat_id")
    row.details = BuyerDetails.of(details).as_json()
    if before != row.details["vat_id"]:
        row.vat_id_checked_at = None
    row.vat_id_checked_at = vat_id_checked_at or row.vat_id_checked_at
    db.session.flush()
    audit.record_provider(
        actor=actor, verb="billing.party_set", subject_type="client", subject_id=client.id
    )
    return row


def _next_account() -> int:
    """Nobody else takes one until the transaction ends."""
    db.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    highest = db.session.scalar(select(func.max(BillTo.debtor_account)))
    return max(highest or 0, FIRST_DEBTOR - 1) + 1
