"""`kontor jobs`: look at jobs, have dead ones run again, give them up."""

from typing import Any
from uuid import UUID

import click

from app.cli.house import House, as_json, pass_house, show
from app.jobs import actions, queries
from app.jobs.queries import View
from app.kernel.actor import SYSTEM


@click.group("jobs")
def command() -> None:
    """Work in the background."""


@command.command("list")
@click.option(
    "--view", type=click.Choice([str(view) for view in View]), default="dead", show_default=True
)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@as_json
@pass_house
def list_jobs(house: House, *, view: str, limit: int, as_json: bool) -> None:
    """List jobs that are dead, waiting or running."""
    with house.books():
        found = queries.jobs(view=View(view), limit=limit)
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
@click.argument("job", type=click.UUID)
@pass_house
def retry(house: House, job: UUID) -> None:
    """Have a dead job run again, or a waiting one at once."""
    with house.books():
        actions.retry(actor=SYSTEM, job_id=job)
    click.echo("It runs again.")


@command.command()
@click.argument("job", type=click.UUID)
@pass_house
def discard(house: House, job: UUID) -> None:
    """Give a job up for good."""
    with house.books():
        actions.discard(actor=SYSTEM, job_id=job)
    click.echo("It is given up.")
