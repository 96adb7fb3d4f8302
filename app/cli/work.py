"""`kontor work reconcile`: whether the desk's lists say what the work itself says."""

import click

from app.cli.house import House, pass_house
from app.work.reconcile import Difference, reconcile
from tenants import registry
from tenants.context import TenantRef, TenantState
from tenants.db import transaction
from tenants.scope import tenant_scope

_OPEN = frozenset({TenantState.READY, TenantState.SUSPENDED})


@click.group("work")
def command() -> None:
    """The work of all clients."""


@command.command("reconcile")
@click.option("--client", "slug", help="Only this client.")
@click.option("--mend", is_flag=True, help="Write what is right; suspended clients are only read.")
@pass_house
def check(house: House, *, slug: str | None, mend: bool) -> None:
    """Compare the desk's lists of work and of document requests with the work itself.

    Exit status 1 where something differs and was not mended.
    """
    left = 0
    with house.app.app_context():
        for ref in [registry.by_slug(slug)] if slug else registry.all_refs():
            if ref.state in _OPEN:
                mends = mend and ref.state is TenantState.READY
                found = _client(ref, mend=mends)
                left += 0 if mends else len(found)
    if left:
        raise SystemExit(1)
    click.echo("The lists say what the work says.")


def _client(ref: TenantRef, *, mend: bool) -> list[Difference]:
    with tenant_scope(ref), transaction():
        found = reconcile(mend=mend)
    for one in found:
        columns = f": {', '.join(one.columns)}" if one.columns else ""
        click.echo(f"{ref.slug} {one.subject_id} {one.kind}{columns}")
    return found
