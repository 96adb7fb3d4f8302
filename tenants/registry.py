"""Find a client by the name it is called by: one statement beside the caller's transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from time import monotonic

from sqlalchemy import URL, ColumnElement, select

from tenants.context import CODE, SLUG, TenantRef, TenantState, schema_name
from tenants.db import db, reading
from tenants.models import Tenant

_OPEN = (TenantState.READY, TenantState.SUSPENDED)
_REFS = select(*(getattr(Tenant, field.name) for field in fields(TenantRef)))
_LISTED_FOR = 1.0
"""Seconds."""
_listed: dict[URL, tuple[float, Sequence[TenantRef]]] = {}


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


def by_ids(tenant_ids: Collection[int]) -> Mapping[int, TenantRef]:
    """The open ones among these clients."""
    return {ref.id: ref for ref in _read(Tenant.id.in_(tenant_ids), Tenant.state.in_(_OPEN))}


def by_code(code: str) -> TenantRef:
    """The open client whose numbers begin with `code`. Raises UnknownTenant."""
    if not CODE.fullmatch(code):
        raise UnknownTenant
    return _one(Tenant.code == code)


def all_refs() -> Sequence[TenantRef]:
    """Every open client, by name."""
    return _read(Tenant.state.in_(_OPEN))


def listed() -> Sequence[TenantRef]:
    """The same for menus and names in lists, at most a second old: each page asks for it."""
    books = db.engine.url
    until, refs = _listed.get(books, (0.0, ()))
    if monotonic() >= until:
        refs = all_refs()
        _listed[books] = (monotonic() + _LISTED_FOR, refs)
    return refs


def _one(criterion: ColumnElement[bool]) -> TenantRef:
    found = _read(criterion, Tenant.state.in_(_OPEN))
    if not found:
        raise UnknownTenant
    return found[0]


def _read(*criteria: ColumnElement[bool]) -> list[TenantRef]:
    with reading() as connection:
        rows = connection.execute(_REFS.where(*criteria).order_by(Tenant.name))
        return [TenantRef(**row) for row in rows.mappings()]
