"""What every command needs: the settings, the application, and how lists are printed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import click
from flask import Flask

from app.factory import create_app
from config import Settings
from tenants.context import TenantRef
from tenants.db import transaction
from tenants.registry import by_slug
from tenants.scope import tenant_scope

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class House:
    """Built when a command first asks for it: `kontor --help` needs no database."""

    @cached_property
    def settings(self) -> Settings:
        """From the environment, else this checkout's embedded instance. Raises MissingSetting."""
        return Settings.from_env()

    @cached_property
    def app(self) -> Flask:
        return create_app(self.settings)

    @contextmanager
    def books(self) -> Iterator[None]:
        """One transaction in the provider's books."""
        with self.app.app_context(), transaction():
            yield

    @contextmanager
    def client(self, slug: str) -> Iterator[TenantRef]:
        """One transaction in a client's scope. Raises UnknownTenant."""
        with self.app.app_context(), tenant_scope(by_slug(slug)) as tenant, transaction():
            yield tenant


pass_house = click.make_pass_decorator(House, ensure=True)


def show(rows: Sequence[Mapping[str, Any]], *, as_json: bool, empty: str = "None.") -> None:
    """Print rows as a table, or as JSON for programs."""
    if as_json:
        click.echo(json.dumps([dict(row) for row in rows], default=str, indent=2))
        return
    if not rows:
        click.echo(empty)
        return
    names = list(rows[0])
    cells = [[_cell(row[name]) for name in names] for row in rows]
    widths = [max(len(name), *(len(row[at]) for row in cells)) for at, name in enumerate(names)]
    for line in ([name.upper() for name in names], *cells):
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def _cell(value: Any) -> str:
    return "" if value is None else str(value)
