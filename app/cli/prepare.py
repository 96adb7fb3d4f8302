"""`kontor prepare`: what a superuser does once for a database, before the first migration."""

from urllib.parse import unquote, urlsplit

import click

from app.cli.house import House, pass_house
from config import Settings
from tenants.bootstrap import OWNER, PROVIDER, login_names, prepare_cluster
from tenants.driver import connect
from tenants.provisioning import spread


@click.command("prepare")
@click.option(
    "--superuser-url",
    envvar="SUPERUSER_URL",
    required=True,
    help="A superuser's address in the cluster, any database (or SUPERUSER_URL).",
)
@pass_house
def command(house: House, *, superuser_url: str) -> None:
    """Make the database, its logins and its hardening, as the settings name them.

    Running it again changes nothing but the passwords, and spreads the clients over the
    logins of a raised KONTOR_TENANT_LOGINS.
    """
    settings = house.settings
    database = urlsplit(settings.database_direct_url).path.removeprefix("/")
    prepare_cluster(
        superuser_url,
        passwords=_passwords(settings),
        database=database,
        tenant_logins=settings.tenant_logins,
    )
    with connect(settings.database_direct_url) as connection:
        moved = spread(connection, tenant_logins=settings.tenant_logins)
    if moved:
        click.echo(f"Clients moved to another login: {moved}")
    click.echo(f"The database {database} is prepared. Next: kontor migrate")


def _passwords(settings: Settings) -> dict[str, str]:
    """Login to password, from the addresses that Kontor will sign in with."""
    passwords = dict.fromkeys(
        login_names(settings.tenant_logins), _password(settings.tenant_database_url)
    )
    for login, url in (
        (OWNER, settings.database_direct_url),
        (PROVIDER, settings.database_url),
    ):
        if (named := urlsplit(url).username) != login:
            raise click.ClickException(f"The settings sign in as {named}; it must be {login}.")
        passwords[login] = _password(url)
    return passwords


def _password(url: str) -> str:
    password = urlsplit(url).password
    if not password:
        raise click.ClickException("An address in the settings has no password.")
    return unquote(password)
