"""`kontor tokens`: API tokens of a client's machines."""

from uuid import UUID

import click

from app.cli.house import House, as_json, pass_house, show
from app.identity import queries, tokens
from app.identity.permissions import TOKEN_SCOPES
from app.kernel.actor import SYSTEM
from tenants.registry import by_slug

_CLIENT = click.option("--client", "slug", required=True, help="Short name of the client.")


@click.group("tokens")
def command() -> None:
    """API tokens."""


@command.command()
@_CLIENT
@click.option(
    "--scope", "scopes", type=click.Choice(sorted(TOKEN_SCOPES)), multiple=True, required=True,
    help="What the token may do; may be given several times.",
)  # fmt: skip
@click.option("--name", default="Shell", show_default=True, help="What the machine is called.")
@pass_house
def create(house: House, *, slug: str, scopes: tuple[str, ...], name: str) -> None:
    """Make a token and print it, this once."""
    with house.books():
        _token, word = tokens.create(
            actor=SYSTEM, client=by_slug(slug), name=name, scopes=frozenset(scopes)
        )
    click.echo(word)


@command.command("list")
@_CLIENT
@as_json
@pass_house
def list_tokens(house: House, *, slug: str, as_json: bool) -> None:
    """List a client's tokens."""
    with house.books():
        rows = [
            {
                "id": str(token.id),
                "name": token.name,
                "scopes": ",".join(token.scopes),
                "last_used": token.last_used_at,
                "ended": token.revoked_at,
            }
            for token in queries.api_tokens(by_slug(slug).id)
        ]
    show(rows, as_json=as_json, empty="No token yet.")


@command.command()
@click.argument("token")
@_CLIENT
@pass_house
def revoke(house: House, *, token: str, slug: str) -> None:
    """End a token, named by its id or by the whole token."""
    token_id = tokens.id_of(token)
    if token_id is None:
        try:
            token_id = UUID(token)
        except ValueError:
            raise click.UsageError("This is neither a token nor the id of one.") from None
    with house.books():
        ended = tokens.revoke(actor=SYSTEM, client=by_slug(slug), token_id=token_id)
        name = ended.name
    click.echo(f"The token {name} no longer counts.")
