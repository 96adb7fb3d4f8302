"""`kontor sla rebuild`: recompute every clock from its events and say what differed."""

from typing import Any

import click

from app.cli.house import House, as_json, pass_house, show
from app.sla import rebuilding
from tenants import registry
from tenants.context import TenantState
from tenants.scope import tenant_scope

_MOST_SHOWN = 100


@click.command("rebuild")
@click.option("--client", "slug", help="Only this client.")
@as_json
@pass_house
def command(house: House, *, slug: str | None, as_json: bool) -> None:
    """Recompute clocks from their events; exit status 1 where a row differed (it is mended).

    Frozen results and running clocks alike, batch by batch: any number of clocks, the memory of
    a few hundred. Suspended clients can only be read and are left out.
    """
    rows: list[dict[str, Any]] = []
    subjects = clocks = differences = 0
    with house.app.app_context():
        refs = [registry.by_slug(slug)] if slug else registry.all_refs()
        for ref in refs:
            if ref.state is not TenantState.READY:
                continue
            with tenant_scope(ref):
                for batch in rebuilding.rebuild_client():
                    subjects, clocks = subjects + batch.subjects, clocks + batch.clocks
                    differences += len(batch.found)
                    room = _MOST_SHOWN - len(rows)
                    rows += [{"client": ref.slug, **_row(one)} for one in batch.found[:room]]
    if rows or as_json:
        show(rows, as_json=as_json)
    summary = f"{clocks} clocks of {subjects} items recomputed, {differences} differences."
    click.echo(summary, err=as_json)
    if differences:
        raise SystemExit(1)


def _row(one: rebuilding.Difference) -> dict[str, Any]:
    return {
        "clock": one.clock_id,
        "column": one.column,
        "stored": one.stored,
        "rebuilt": one.rebuilt,
    }
