"""`kontor demo load`: a provider with clients and work, to look around in."""

from importlib import import_module
from importlib.util import find_spec

import click

from app.cli.house import House, pass_house


@click.group("demo")
def command() -> None:
    """The demo's contents."""


@command.command()
@pass_house
def load(house: House) -> None:
    """Fill an empty house through the program's own actions; prints the accounts."""
    if find_spec("devtools") is None or find_spec("devtools.demo") is None:
        raise click.ClickException("The demo is not part of this installation.")
    accounts = import_module("devtools.demo").load(house.app)
    if accounts:
        click.echo(accounts)
