"""`kontor sla what-if`: replay a client's past period under another agreement or calendar."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from sqlalchemy import text

from app.cli.house import House, pass_house
from app.kernel.clock import now
from app.kernel.errors import Invalid
from app.sla import reports, what_if
from app.sla.reports import Ending
from app.sla.what_if_answers import Tally, difference
from app.sla.what_if_runs import Question, draft_of, fees_of
from tenants.db import db

SHOWN = 20
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("what-if")
@click.option("--client", "slug", required=True, help="The client's short name.")
@click.option("--calendar", type=_FILE, help="JSON of another calendar.")
@click.option("--policy", type=_FILE, help="JSON of another agreement: metrics with targets.")
@click.option("--credits", "credit_file", type=_FILE, help="JSON: fee_minor, clauses, cap_percent.")
@click.option("--service", "service_key", default="", help="Only work of this service.")
@click.option("--from", "first", type=_DAY, help="First day of receipt (without: last quarter).")
@click.option("--to", "last", type=_DAY, help="Last day of receipt (without: today).")
@click.option("--json", "as_json", is_flag=True, help="Every difference and the sums as JSON.")
@pass_house
def command(  # noqa: PLR0913 - the options of a command
    house: House,
    *,
    slug: str,
    calendar: Path | None,
    policy: Path | None,
    credit_file: Path | None,
    service_key: str,
    first: datetime | None,
    last: datetime | None,
    as_json: bool,
) -> None:
    """Compare what was promised with another calendar or policy. Nothing is written."""
    if calendar is None and policy is None:
        raise click.UsageError("Give another --calendar, another --policy, or both.")
    with house.client(slug) as client:
        db.session.execute(text("set transaction read only"))
        since, until = _period(first, last, client.zone)
        question = Question(
            since=since,
            until=until,
            service_key=service_key,
            agreement=_read(policy),
            calendar=_read(calendar),
            credits=_read(credit_file),
        )
        _check(question)
        tally = Tally(zone=client.zone, shown=SHOWN)
        lines = _replayed(question, tally)
        if as_json:
            _print_json(question, tally, lines)
        else:
            for _ in lines:
                pass
            _print(question, tally, tally.answer(fees_of(question)))


def _check(question: Question) -> None:
    try:
        draft_of(question)
        fees_of(question)
    except Invalid as faulty:
        lines = [str(text) for texts in faulty.fields.values() for text in texts]
        raise click.ClickException("; ".join(lines)) from None


def _replayed(question: Question, tally: Tally) -> Iterator[Mapping[str, Any]]:
    """The differences one by one; the tally knows the sums when they are over."""
    for one in what_if.replay(draft_of(question), question.period):
        tally.add(one)
        if one.is_changed or one.shift_seconds:
            yield difference(one)


def _print_json(question: Question, tally: Tally, lines: Iterator[Mapping[str, Any]]) -> None:
    # Written as it comes: a year of a large client does not have to fit in memory.
    fees = fees_of(question)
    click.echo('{"differences": [', nl=False)
    for number, line in enumerate(lines):
        click.echo(("," if number else "") + "\n  " + json.dumps(line), nl=False)
    period = {"from": question.since.isoformat(), "to": question.until.isoformat()}
    click.echo(f'\n], "summary": {json.dumps({**period, **tally.answer(fees)}, indent=2)}}}')


def _print(question: Question, tally: Tally, answer: Mapping[str, Any]) -> None:
    click.echo(
        f"Received from {question.since:%Y-%m-%d} until before {question.until:%Y-%m-%d}:"
        f" {answer['subjects']} pieces of work, {answer['clocks']} promises;"
        f" {answer['changed']} end otherwise, {answer['moved']} are due at another time."
    )
    click.echo(f"{'':<16}" + "".join(f"{ending:>20}" for ending in Ending))
    for metric in {**answer["before"], **answer["after"]}:
        before, after = (answer[side].get(metric, {}) for side in ("before", "after"))
        cells = [f"{before.get(end, 0)} -> {after.get(end, 0)}" for end in Ending]
        click.echo(f"{metric:<16}" + "".join(f"{cell:>20}" for cell in cells))
    if owing := answer["credits"]:
        owed = f"{owing['before']} -> {owing['after']} {owing['currency']}"
        click.echo(f"Service credits: {owed}")
    for line in tally.differences():
        click.echo(f"{line['subject_id']}  {line['metric']}: {_side(line, 'before')} -> "
                   f"{_side(line, 'after')}")  # fmt: skip


def _side(line: Mapping[str, Any], name: str) -> str:
    side = line[name]
    return "no promise" if side is None else f"{side['state']}, due {side['due_at'] or '-'}"


def _period(first: datetime | None, last: datetime | None, zone: str) -> tuple[datetime, datetime]:
    today = now().astimezone(ZoneInfo(zone)).date()
    begins, following = reports.last_quarter(today)
    if first is not None:
        begins, following = first.date(), today + timedelta(days=1)
    if last is not None:
        following = last.date() + timedelta(days=1)
    if following <= begins:
        raise click.UsageError("The period ends before it begins.")
    return reports.period(begins, following=following, zone=zone)


def _read(path: Path | None) -> Any:
    if path is None:
        return None
    try:
        return json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        raise click.ClickException(f"{path} is not JSON.") from None
