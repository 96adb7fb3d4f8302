"""`kontor services`: list what is sold, lay out the folder of a new service."""

import keyword
import re
from pathlib import Path

import click

from app.cli import service_scaffold
from app.cli.house import as_json, show

ROOT = Path(__file__).parents[2]
_KEY = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@click.group("services")
def command() -> None:
    """What the provider sells."""


@command.command("list")
@as_json
def list_services(*, as_json: bool) -> None:
    """List every service on offer."""
    # Read only here: the other command needs no part of the program.
    from app.catalogue.service import services  # noqa: PLC0415
    from app.wiring import load_parts  # noqa: PLC0415

    load_parts()
    rows: list[dict[str, object]] = [
        {
            "key": one.key,
            "title": one.title,
            "trade": one.trade,
            "price": f"{one.price.major} {one.price.currency}",
            "unit": one.price_unit,
            "industries": ",".join(sorted(one.industries)),
        }
        for one in services()
    ]
    show(rows, as_json=as_json, empty="No service is on offer.")


@command.command()
@click.argument("key")
@click.option("--title", help="What clients read; by default made from KEY.")
@click.option("--trade", default="general", show_default=True, help="As in catalogue.service.")
@click.option(
    "--root", type=click.Path(path_type=Path, file_okay=False, exists=True), default=ROOT,
    help="The checkout it is laid out in; by default this one.",
)  # fmt: skip
def new(key: str, *, title: str | None, trade: str, root: Path) -> None:
    """Lay out the folder and the tests of a new service KEY (letters, digits, underscores)."""
    if not _KEY.fullmatch(key) or keyword.iskeyword(key):
        raise click.UsageError(f"{key!r} cannot be a service's key: like_this, small letters.")
    named = (title or key.replace("_", " ").capitalize()).strip()
    if '"' in named or "\n" in named or not named:
        raise click.UsageError("A title is one line without quotation marks.")
    made = service_scaffold.lay_out(root, key=key, title=named, trade=trade)
    if not made:
        raise click.ClickException(f"There is already a folder app/services/{key}.")
    for path in made:
        click.echo(f"  {path.relative_to(root).as_posix()}")
    click.echo(
        f"It works as it is: offer it to a client (desk, Clients, Services), then write what it "
        f"does into app/services/{key}/rules.py. docs/adding-a-service.md says what comes next; "
        f"`make translate` lists the texts that want German."
    )
