"""`kontor clients`: open, list, suspend, reopen, close, migrate."""

from typing import Any

import click
from sqlalchemy import select

from app.catalogue.service import Industry
from app.cli.house import House, as_json, pass_house, show
from app.clients import actions, offering
from app.kernel.actor import SYSTEM
from app.kernel.clock import now
from tenants import migrations, opening
from tenants.context import TenantRef, TenantState
from tenants.db import db
from tenants.models import Tenant


@click.group("clients")
def command() -> None:
    """Client companies."""


@command.command("open")
@click.argument("slug")
@click.option("--name", required=True, help="The company's name.")
@click.option("--code", help="2 to 8 letters before item numbers (ACME-1042); permanent.")
@click.option("--locale", type=click.Choice(["de", "en"]), default="de", show_default=True)
@click.option("--zone", default="Europe/Berlin", show_default=True, help="Time zone (IANA).")
@click.option(
    "--package", type=click.Choice([one.value for one in Industry]),
    help="Agree on a contract with the services of an industry, at list prices, from today.",
)  # fmt: skip
@pass_house
def open_client(  # noqa: PLR0913  a command's options
    house: House, slug: str, *, name: str, code: str | None, locale: str, zone: str,
    package: str | None,
) -> None:  # fmt: skip
    """Open a client under the short name SLUG."""
    tenant = opening.open_client(
        house.settings.database_direct_url,
        slug=slug, name=name, code=code, at=now(), locale=locale, zone=zone,
        tenant_logins=house.settings.tenant_logins,
    )  # fmt: skip
    click.echo(f"{tenant.name} is open: /p/{tenant.slug}/ (numbers {tenant.code}-…)")
    if package:
        _agree(house, tenant, Industry(package))


def _agree(house: House, tenant: TenantRef, industry: Industry) -> None:
    today = now().date()
    with house.books():
        number = f"V-{tenant.code}-1"
        actions.agree(
            actor=SYSTEM, tenant_id=tenant.id, number=number, valid_from=today, services={}
        )
        added = offering.offer_package(
            actor=SYSTEM, tenant_id=tenant.id, industry=industry, on=today
        )
    click.echo(f"Contract {number}: {', '.join(added)}")


@command.command("list")
@as_json
@pass_house
def list_clients(house: House, *, as_json: bool) -> None:
    """List all clients, the closed ones too."""
    query = select(Tenant).where(Tenant.slug.is_not(None)).order_by(Tenant.slug)
    with house.books():
        rows: list[dict[str, Any]] = [
            {
                "slug": client.slug, "code": client.code, "name": client.name,
                "state": str(client.state), "schema": f"t_{client.id}",
                "version": client.schema_version, "opened": client.opened_at,
            }
            for client in db.session.scalars(query)
        ]  # fmt: skip
    show(rows, as_json=as_json, empty="No client yet: kontor clients open SLUG --name …")


@command.command()
@click.argument("slug")
@pass_house
def suspend(house: House, slug: str) -> None:
    """Make a client read-only; its jobs wait."""
    _become(house, slug, TenantState.SUSPENDED)


@command.command()
@click.argument("slug")
@pass_house
def reopen(house: House, slug: str) -> None:
    """Undo suspending or closing."""
    _become(house, slug, TenantState.READY)


@command.command()
@click.argument("slug")
@click.confirmation_option(prompt="Nobody can reach this client any more. Close it?")
@pass_house
def close(house: House, slug: str) -> None:
    """Close a client: it answers 404, its data is kept for the time of retention."""
    _become(house, slug, TenantState.CLOSED)


def _become(house: House, slug: str, state: TenantState) -> None:
    opening.change_state(house.settings.database_direct_url, slug=slug, state=state, at=now())
    click.echo(f"{slug} is {state}.")


@command.command()
@click.option("--workers", type=click.IntRange(1, 32), default=2, show_default=True)
@pass_house
def migrate(house: House, *, workers: int) -> None:
    """Bring every client's schema to this release; exit status 1 if one could not be."""
    migrate_clients(house, workers=workers)


def migrate_clients(house: House, *, workers: int = 2) -> None:
    """Migrate, print the report per client; SystemExit(1) if one failed."""
    report = migrations.upgrade_clients(house.settings.database_direct_url, workers=workers)
    for schema in report.migrated:
        click.echo(f"{schema}: migrated")
    for schema, reason in report.failed.items():
        click.echo(f"{schema}: FAILED, left as it was: {reason}", err=True)
    if report.untouched:
        click.echo(f"Not tried, as the first one failed: {len(report.untouched)}", err=True)
    click.echo(f"Clients migrated: {len(report.migrated)}, failed: {len(report.failed)}")
    if not report.ok:
        raise SystemExit(1)
