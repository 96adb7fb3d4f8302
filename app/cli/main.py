"""`kontor`: the root command, put together from the modules beside it."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click
import psycopg
from sqlalchemy.exc import OperationalError
from typing_extensions import override

from app.cli.house import House
from app.kernel.errors import Invalid, KontorError
from config import MissingSetting
from tenants.opening import BadName, NameTaken, NotPossible
from tenants.registry import UnknownTenant
from tenants.trees import UnknownRevision

MODULES = ("clients", "accounts", "tokens", "audit", "jobs", "migrate", "demo", "doctor")


class Shell(click.Group):
    """Refusals are sentences and exit status 1, never tracebacks."""

    @override
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Invalid as refusal:
            fields = "; ".join(f"{name}: {why}" for name, why in refusal.fields.items())
            raise click.ClickException(f"{refusal} {fields}".strip()) from None
        except (KontorError, MissingSetting, BadName, NameTaken, NotPossible) as refusal:
            raise click.ClickException(str(refusal)) from None
        except UnknownTenant:
            raise click.ClickException("There is no such client.") from None
        except UnknownRevision as unknown:
            raise click.ClickException(str(unknown)) from None
        except (psycopg.OperationalError, OperationalError) as failure:
            reason = str(getattr(failure, "orig", failure)).strip().splitlines()[0]
            raise click.ClickException(
                f"PostgreSQL does not answer: {reason} (see `kontor doctor`)"
            ) from None


@click.group(cls=Shell, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(ctx: click.Context) -> None:
    """Kontor: the software an outsourcing provider runs on."""
    ctx.ensure_object(House)


for _name in MODULES:
    if find_spec(f"app.cli.{_name}") is not None:
        main.add_command(import_module(f"app.cli.{_name}").command)
