"""`kontor doctor`: checks everything and says what to do."""

import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum

import click

from app.cli import checks
from app.cli.house import House, as_json, pass_house, show


class Mark(StrEnum):
    """How a check ended."""

    GOOD = "ok"
    WEAK = "warning"
    BAD = "FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the report."""

    check: str
    mark: Mark
    found: str
    advice: str = ""


_MARKS = {"good": Mark.GOOD, "weak": Mark.WEAK, "bad": Mark.BAD}


@click.command("doctor")
@as_json
@pass_house
def command(house: House, *, as_json: bool) -> None:
    """Check environment, database, rights, migrations, Redis, storage, mail and spares.

    Exit status 1 if something does not work.
    """
    house.settings  # noqa: B018  without settings there is nothing to examine
    lines = list(_examine(house))
    if as_json:
        show([asdict(line) for line in lines], as_json=True)
    else:
        for line in lines:
            click.echo(f"{line.mark:8} {line.check}: {line.found}")
            if line.advice:
                click.echo(f"{'':8}   → {line.advice}")
    if any(line.mark is Mark.BAD for line in lines):
        sys.exit(1)


def _examine(house: House) -> Iterator[Line]:
    for name, check in checks.CHECKS.items():
        yield from _run(name, check, house)


def _run(name: str, check: checks.Check, house: House) -> Iterator[Line]:
    try:
        for found in check(house):
            yield Line(check=name, mark=_MARKS[found.how], found=found.text, advice=found.advice)
    except Exception as failure:
        reason = (str(failure).strip() or type(failure).__name__).splitlines()[0]
        yield Line(check=name, mark=Mark.BAD, found=reason, advice=checks.ADVICE.get(name, ""))
