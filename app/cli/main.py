"""`kontor`: the root command, put together from the modules beside it."""

from importlib import import_module
from typing import Any

import click
from typing_extensions import override

from app.cli.gathered import Gathered

MODULES = (
    "clients",
    "accounts",
    "tokens",
    "services",
    "audit",
    "bookings",
    "jobs",
    "mail",
    "search",
    "work",
    "sla",
    "migrate",
    "prepare",
    "demo",
    "doctor",
)


class Shell(Gathered):
    """Refusals are sentences and exit status 1, never tracebacks."""

    @override
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as failure:
            # Read only now: a command that needs no database does not wait for its driver.
            said = import_module("app.cli.refusals").sentence(failure)
            if said is None:
                raise
            raise click.ClickException(said) from None


@click.group(
    cls=Shell,
    modules={name: f"app.cli.{name}" for name in MODULES},
    context_settings={"help_option_names": ["-h", "--help"]},
)
def main() -> None:
    """Kontor: the software an outsourcing provider runs on."""
