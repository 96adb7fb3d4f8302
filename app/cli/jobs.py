"""`kontor jobs`: look at jobs, start them again, give them up, pause whose or which they are."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import click

from app.cli.house import House, as_json, pass_house, show
from app.jobs import handling, pauses, queries
from app.jobs.queries import Narrowed, View
from app.kernel.actor import SYSTEM
from tenants.registry import by_slug

_client = click.option("--client", metavar="SLUG", help="Only this client's.")
_kind = click.option("--kind", help="Only jobs of this kind, e.g. messages.send_mail.")


@click.group("jobs")
def command() -> None:
    """Work in the background."""


@command.command("list")
@click.option(
    "--view", type=click.Choice([str(view) for view in View]), default="dead", show_default=True
)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@_client
@_kind
@as_json
@pass_house
def list_jobs(
    house: House, *, view: str, limit: int, client: str | None, kind: str | None, as_json: bool
) -> None:
    """List jobs that are dead, running, waiting, delayed or held."""
    with house.books():
        narrowed = Narrowed(tenant_id=_tenant_id(client), kind=kind)
        found = queries.jobs(view=View(view), narrowed=narrowed, limit=limit)
        rows: list[dict[str, Any]] = [
            {
                "id": job.public_id, "kind": job.kind, "client": job.client,
                "state": str(job.state), "attempts": job.attempts,
                "run_at": job.run_at.isoformat(timespec="seconds"), "error": job.last_error,
            }
            for job in found
        ]  # fmt: skip
    show(rows, as_json=as_json, empty=f"No job is {view}.")


@command.command()
@click.argument("jobs", type=click.UUID, nargs=-1, required=True)
@pass_house
def retry(house: House, *, jobs: tuple[UUID, ...]) -> None:
    """Have dead jobs run again, or waiting ones at once."""
    _for_each(house, lambda job: handling.retry(actor=SYSTEM, job_id=job), jobs)
    click.echo("It runs again." if len(jobs) == 1 else "They run again.")


@command.command()
@click.argument("jobs", type=click.UUID, nargs=-1, required=True)
@pass_house
def discard(house: House, *, jobs: tuple[UUID, ...]) -> None:
    """Give jobs up for good; a long one that runs stops at its next checkpoint."""
    _for_each(house, lambda job: handling.discard(actor=SYSTEM, job_id=job), jobs)
    click.echo("It is given up." if len(jobs) == 1 else "They are given up.")


def _for_each(house: House, deed: Callable[[UUID], None], jobs: tuple[UUID, ...]) -> None:
    if len(jobs) == 1:
        with house.books():
            deed(jobs[0])
        return
    with house.books():
        tally = handling.for_each(deed, jobs)
    if tally.refused:
        reasons = "; ".join(f"{number} times: {text}" for text, number in tally.refused.items())
        raise click.ClickException(f"Done for {tally.done}, refused: {reasons}")


@command.command()
@_client
@_kind
@click.option("--reason", default="", help="Shown on the desk's page.")
@pass_house
def pause(house: House, *, client: str | None, kind: str | None, reason: str) -> None:
    """Hold a client's jobs, a kind's, or both at once; what runs goes on."""
    with house.books():
        pauses.pause(actor=SYSTEM, tenant_id=_tenant_id(client), kind=kind, reason=reason)
    click.echo("Paused.")


@command.command()
@_client
@_kind
@pass_house
def resume(house: House, *, client: str | None, kind: str | None) -> None:
    """Let jobs go on that just this client and kind were paused for."""
    with house.books():
        pauses.resume(actor=SYSTEM, tenant_id=_tenant_id(client), kind=kind)
    click.echo("They go on.")


def _tenant_id(slug: str | None) -> int | None:
    return by_slug(slug).id if slug else None
