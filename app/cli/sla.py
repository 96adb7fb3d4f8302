"""`kontor sla`: promises; `evaluate` judges scenarios and needs neither client nor database."""

import sys
from pathlib import Path

import click

from app.cli.gathered import Gathered
from app.sla.rules import scenario
from app.sla.rules.refusal import Refused

_STANDARD_INPUT = "-"
_BAD_INPUT = 2


@click.group(
    "sla",
    cls=Gathered,
    modules={"rebuild": "app.cli.sla_rebuild", "what-if": "app.cli.sla_what_if"},
)
def command() -> None:
    """Promises and clocks."""


@command.command()
@click.argument("file")
def evaluate(file: str) -> None:
    """Judge scenarios: a JSON object, or one a line, in FILE or standard input (-).

    Each scenario has a calendar, a policy, events and `now`; its clock is printed as a JSON object
    on a line. Bad input: exit status 2 and one line that names the field.
    """
    try:
        for answer in scenario.answers(_read(file)):
            click.echo(answer)
    except Refused as refused:
        click.echo(str(refused), err=True)
        raise SystemExit(_BAD_INPUT) from None


def _read(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == _STANDARD_INPUT else Path(file).read_bytes()
    except (OSError, ValueError) as failure:
        reason = getattr(failure, "strerror", None) or str(failure)
        raise Refused(ascii(file), f"cannot be read: {reason}") from failure
