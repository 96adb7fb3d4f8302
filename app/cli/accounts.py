"""`kontor accounts`: invite people, list them."""

import click

from app.cli.house import House, as_json, pass_house, show
from app.identity import queries
from app.identity.permissions import ClientRole, StaffRole
from app.kernel.actor import SYSTEM
from app.messages import letters
from tenants.registry import by_slug


@click.group("accounts")
def command() -> None:
    """People who sign in."""


@command.command()
@click.argument("email")
@click.option("--client", "slug", help="Short name of the client whose team the person joins.")
@click.option("--role", type=click.Choice([role.value for role in ClientRole]), help="There.")
@click.option(
    "--staff", type=click.Choice([role.value for role in StaffRole]), multiple=True,
    help="Role at the provider; may be given several times.",
)  # fmt: skip
@click.option("--locale", type=click.Choice(["de", "en"]), default="de", show_default=True)
@pass_house
def invite(
    house: House,
    email: str,
    *,
    slug: str | None,
    role: str | None,
    staff: tuple[str, ...],
    locale: str,
) -> None:
    """Send EMAIL a link by which the person sets name and password."""
    if bool(slug) == bool(staff) or (slug and role is None):
        raise click.UsageError("Say either --client SLUG --role ROLE, or --staff ROLE.")
    with house.books():
        if slug and role:
            letters.invite_member(
                actor=SYSTEM, client=by_slug(slug), email=email, role=ClientRole(role)
            )
        else:
            roles = frozenset(StaffRole(name) for name in staff)
            letters.invite_colleague(actor=SYSTEM, email=email, roles=roles, locale=locale)
    click.echo(f"An invitation is on its way to {email}.")


@command.command("list")
@click.option("--client", "slug", help="The people of this client instead of the provider's.")
@as_json
@pass_house
def list_accounts(house: House, *, slug: str | None, as_json: bool) -> None:
    """List the provider's people, or a client's."""
    with house.books():
        rows = _members(slug) if slug else _colleagues()
    show(rows, as_json=as_json, empty="Nobody yet: kontor accounts invite EMAIL --staff admin")


def _colleagues() -> list[dict[str, object]]:
    return [
        {
            "email": one.email,
            "name": one.name,
            "roles": ",".join(sorted(one.roles)),
            "state": "closed" if one.disabled_at else "active" if one.joined else "invited",
        }
        for one in queries.colleagues()
    ]


def _members(slug: str) -> list[dict[str, object]]:
    return [
        {
            "email": one.email,
            "name": one.name,
            "role": str(one.role),
            "state": "active" if one.accepted_at else "invited",
        }
        for one in queries.members(by_slug(slug).id)
    ]
