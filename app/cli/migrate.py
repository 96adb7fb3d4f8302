"""`kontor migrate`: the provider's schema, then every client's."""

import click

from app.cli.clients import migrate_clients
from app.cli.house import House, pass_house
from tenants import migrations


@click.command("migrate")
@click.option("--workers", type=click.IntRange(1, 32), default=2, show_default=True)
@pass_house
def command(house: House, *, workers: int) -> None:
    """Bring the database to this release. Running it again does nothing."""
    changed = migrations.upgrade_provider(house.settings.database_direct_url)
    click.echo(f"Provider: {'migrated' if changed else 'at the head'}")
    migrate_clients(house, workers=workers)
