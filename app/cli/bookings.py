"""`kontor bookings`: our own bookings to the tax adviser, as DATEV takes them."""

from datetime import datetime
from pathlib import Path

import click

from app.cli.house import House, as_json, pass_house, show
from app.collecting import handing_over
from app.kernel.actor import SYSTEM

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("bookings")
def command() -> None:
    """Our own bookings: invoices, payments, fees."""


@command.command("export")
@click.option("--since", type=DAY, required=True, help="The first day.")
@click.option("--until", type=DAY, required=True, help="The last day, of the same fiscal year.")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), default=".")
@pass_house
def export(house: House, *, since: datetime, until: datetime, folder: Path) -> None:
    """Write a DATEV file of what was not handed over before into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with house.books():
        made = handing_over.export(actor=SYSTEM, since=since.date(), until=until.date())
        (folder / made.name).write_bytes(made.content)
        click.echo(f"{folder / made.name}: {made.bookings} bookings")


@command.command("list")
@as_json
@pass_house
def list_files(house: House, *, as_json: bool) -> None:
    """List the files that were made."""
    with house.books():
        rows = [
            {"number": one.number, "since": one.since, "until": one.until,
             "bookings": one.bookings, "name": one.name, "sha256": one.sha256}
            for one in handing_over.exports()
        ]  # fmt: skip
    show(rows, as_json=as_json)
