"""Find a client by the name it is called by, in a short session of its own."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from tenants.context import CODE, SLUG, TenantRef, TenantState, schema_name
from tenants.db import db
from tenants.models import Tenant

_OPEN = (TenantState.READY, TenantState.SUSPENDED)


class UnknownTenant(LookupError):
    """No open client answers to that name."""


def by_slug(slug: str) -> TenantRef:
    """The open client called `slug`. Raises UnknownTenant, for what no slug can be too."""
    if not SLUG.fullmatch(slug):
        raise UnknownTenant
    return _one(Tenant.slug == slug)


def by_id(tenant_id: int) -> TenantRef:
    """The open client with this id. Raises UnknownTenant, HostileName."""
    schema_name(tenant_id)
    return _one(Tenant.id == tenant_id)


def by_code(code: str) -> TenantRef:
    """The open client whose numbers begin with `code`. Raises UnknownTenant."""
    if not CODE.fullmatch(code):
        raise UnknownTenant
    return _one(Tenant.code == code)


def all_refs() -> Sequence[TenantRef]:
    """Every open client, by name."""
    with Session(db.engine) as session:
        rows = session.scalars(select(Tenant).where(Tenant.state.in_(_OPEN)).order_by(Tenant.name))
        return [tenant.ref for tenant in rows]


def _one(criterion: ColumnElement[bool]) -> TenantRef:
    with Session(db.engine) as session:
        tenant = session.scalar(select(Tenant).where(criterion, Tenant.state.in_(_OPEN)))
        if tenant is None:
            raise UnknownTenant
        return tenant.ref
