"""`kontor mail`: what became of mails, and what came back."""

from typing import Any, BinaryIO

import click

from app.cli.house import House, as_json, pass_house, show
from app.messages import bounces, mail
from app.messages.mail_models import MailState


@click.group("mail")
def command() -> None:
    """Mails that go out and come back."""


@command.command("list")
@click.option("--state", type=click.Choice([str(state) for state in MailState]))
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@as_json
@pass_house
def list_mails(house: House, *, state: str | None, limit: int, as_json: bool) -> None:
    """List the newest mails."""
    with house.books():
        found = mail.mails(most=limit, state=MailState(state) if state else None)
        rows: list[dict[str, Any]] = [
            {
                "id": one.id, "to": one.recipient, "template": one.template,
                "state": str(one.state), "attempts": one.attempts,
                "created_at": one.created_at.isoformat(timespec="seconds"),
                "error": one.last_error,
            }
            for one in found
        ]  # fmt: skip
    show(rows, as_json=as_json, empty="No such mail.")


@command.command()
@click.argument("file", type=click.File("rb"))
@pass_house
def bounce(house: House, file: BinaryIO) -> None:
    """Read a report of undelivered mail from FILE, or from standard input (-), and mark it."""
    content = file.read(bounces.MOST_BYTES)
    with house.books():
        marked = bounces.note(content)
    if not marked:
        raise click.ClickException("This is no report about a mail of ours that failed.")
    for one in marked:
        click.echo(f"{one.address}: {one.status} {one.diagnostic}".strip())


@command.command()
@click.argument("address")
@pass_house
def forgive(house: House, address: str) -> None:
    """Forget that mails to ADDRESS came back."""
    with house.books():
        was_marked = bounces.forget(address)
    click.echo("It is no longer marked." if was_marked else "It was not marked.")
