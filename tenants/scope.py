"""Entered at three doors only: app.web.tenancy, the jobs' worker and the shell."""

from collections.abc import Iterator
from contextlib import contextmanager

from tenants.context import TenantRef, current
from tenants.db import TenantSwitched, db


@contextmanager
def tenant_scope(tenant: TenantRef) -> Iterator[TenantRef]:
    """Work for one client, in a session that ends with it.

    Scopes do not nest: the session's identity map knows a row by its key alone, and would hand
    one client's object to the next. Nor may a transaction of the provider's be open: its changes
    would be lost without a word. Raises TenantSwitched.
    """
    if (outer := current.get()) is not None:
        raise TenantSwitched(outer.slug, tenant.slug)
    if db.session.registry.has() and db.session().in_transaction():
        raise TenantSwitched("the provider's transaction is still open", tenant.slug)
    db.session.remove()
    token = current.set(tenant)
    try:
        yield tenant
    finally:
        db.session.remove()
        current.reset(token)
