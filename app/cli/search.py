"""`kontor search rebuild`: write what can be found anew."""

import click

from app.cli.house import House, pass_house
from app.search import actions as search
from app.work import findable
from tenants import registry
from tenants.context import TenantRef, TenantState
from tenants.db import transaction
from tenants.scope import tenant_scope


@click.group("search")
def command() -> None:
    """What can be found at the desk and in the portals."""


@command.command()
@click.option("--client", "slug", help="Only this client.")
@pass_house
def rebuild(house: House, *, slug: str | None) -> None:
    """Write the entries of every item anew; the words of files follow by jobs.

    While a client's entries are written, its work is found in part. Suspended clients can only be
    read and are left out.
    """
    items = 0
    with house.app.app_context():
        for ref in [registry.by_slug(slug)] if slug else registry.all_refs():
            if ref.state is TenantState.READY:
                items += _client(ref)
    click.echo(f"{items} items can be found.")


def _client(ref: TenantRef) -> int:
    items, last = 0, None
    with tenant_scope(ref):
        with transaction():
            search.clear()
        while True:
            with transaction():
                batch = findable.every_item(after=last)
                items += findable.rebuild(batch)
            if not batch:
                return items
            last = batch[-1]
