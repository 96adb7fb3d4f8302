"""Work in the provider's books, or visit one client after the other, inside one request."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.kernel.errors import Locked
from tenants.context import HostileName, TenantRef, TenantState, current
from tenants.db import db, transaction
from tenants.registry import UnknownTenant, by_id
from tenants.scope import tenant_scope


@contextmanager
def in_books() -> Iterator[None]:
    """A transaction of the provider's, before the request enters a client."""
    with transaction():
        yield


@contextmanager
def afterwards(client: TenantRef) -> Iterator[None]:
    """A transaction of the client's before or after a view, whether it stood in its scope or not.

    Also of a suspended client: what is written must be what may be written while reading.
    """
    if current.get() is not None:
        with transaction():
            yield
        return
    with tenant_scope(client), transaction():
        yield


@contextmanager
def visiting(tenant_id: int) -> Iterator[TenantRef | None]:
    """One transaction of a client's, in a request that stands in the provider's books.

    The books' transaction ends here: what it was to change must not be left for later. None for
    a client that is closed meanwhile, or never was one. Raises Locked for a suspended one.
    """
    db.session.rollback()
    db.session.remove()
    try:
        client = by_id(tenant_id)
    except (UnknownTenant, HostileName):
        yield None
        return
    if client.state is TenantState.SUSPENDED:
        raise Locked("%(client)s is suspended: it can be read, not changed.", client=client.name)
    with tenant_scope(client), transaction():
        yield client
