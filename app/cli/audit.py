"""`kontor audit verify`: walk along every chain and name the first broken link."""

from typing import Any

import click

from app.audit import queries
from app.cli.house import House, as_json, pass_house, show
from tenants import registry
from tenants.scope import tenant_scope


@click.group("audit")
def command() -> None:
    """Who did what."""


@command.command()
@click.option("--client", "slug", help="Only this client's chain.")
@as_json
@pass_house
def verify(house: House, *, slug: str | None, as_json: bool) -> None:
    """Prove the hash chains; exit status 1 at a broken link."""
    rows: list[dict[str, Any]] = []
    with house.app.app_context():
        refs = [registry.by_slug(slug)] if slug else registry.all_refs()
        if not slug:
            with house.books():
                rows.append(_row("(provider)", queries.verify()))
        for ref in refs:
            with tenant_scope(ref):
                rows.append(_row(ref.slug, queries.verify()))
    show(rows, as_json=as_json)
    if any(row["broken_at"] is not None for row in rows):
        raise SystemExit(1)


def _row(name: str, verdict: queries.Verdict) -> dict[str, Any]:
    broken = verdict.broken
    return {
        "chain": name,
        "entries": verdict.length,
        "result": f"BROKEN: entry {broken.seq} was {broken.fault}" if broken else "holds",
        "broken_at": broken.seq if broken else None,
    }
