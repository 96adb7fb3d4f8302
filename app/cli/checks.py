"""What `kontor doctor` looks at, one function each; what raises has failed."""

import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from app.adapters import storage
from app.cli.house import House
from app.jobs import queries as jobs
from app.jobs.relay import redis_client
from app.jobs.rules import JobState
from tenants import bootstrap, migrations, opening
from tenants.driver import connect

_HARDEN = "Run tenants.bootstrap.harden as a superuser (docs/security.md says what remains else)."


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found."""

    how: Literal["good", "weak", "bad"]
    text: str
    advice: str = ""


Check = Callable[[House], Iterator[Found]]


def environment(house: House) -> Iterator[Found]:
    """Settings that are readable and fit each other."""
    settings = house.settings
    yield Found("good", f"{settings.environment}, {settings.base_url}")
    if settings.is_production and not settings.base_url.startswith("https://"):
        yield Found("weak", "the address is not https", "Set KONTOR_BASE_URL=https://…")
    if settings.is_production and not settings.metrics_token:
        yield Found(
            "weak",
            "/metrics answers on the loopback only",
            "Set KONTOR_METRICS_TOKEN to scrape it from elsewhere.",
        )


def database(house: House) -> Iterator[Found]:
    """All logins get in; PostgreSQL is new enough."""
    settings = house.settings
    urls = [
        settings.database_url,
        settings.database_direct_url,
        *(settings.tenant_url(bucket) for bucket in range(settings.tenant_logins)),
    ]
    version = 0
    for url in urls:
        with connect(url) as connection:
            version = connection.info.server_version
    if version < 160000:
        yield Found("bad", f"PostgreSQL {version // 10000}", "Upgrade to PostgreSQL 16 or newer.")
    yield Found("good", f"PostgreSQL {version // 10000}, {len(urls)} logins get in")


def rights(house: House) -> Iterator[Found]:
    """The logins have no more rights than TENANCY gives them."""
    settings = house.settings
    for name, url in (
        ("the provider's login", settings.database_url),
        ("the clients' login", settings.tenant_url(0)),
    ):
        row = _one(
            url,
            "select rolsuper or rolcreaterole or rolcreatedb or rolbypassrls, rolinherit,"
            " (select count(*) from pg_auth_members m join pg_roles r on r.oid = m.roleid"
            "   where m.member = u.oid and r.rolname ~ '^t_[0-9]+$')"
            " from pg_roles u where rolname = session_user",
        )
        if row[0]:
            yield Found(
                "bad",
                f"{name} has rights of an administrator",
                "Take them away: alter role … nosuperuser nocreaterole nocreatedb nobypassrls",
            )
        elif row[1]:
            yield Found("bad", f"{name} inherits its clients' rights", "alter role … noinherit")
        elif name.startswith("the provider") and row[2]:
            yield Found("bad", f"{name} is a member of {row[2]} clients' roles", "revoke them")
        else:
            yield Found("good", f"{name} has no rights of its own")


def hardening(house: House) -> Iterator[Found]:
    """PostgreSQL refuses what injected SQL could use to change client."""
    row = _one(
        house.settings.database_direct_url,
        "select has_function_privilege(%(group)s, 'pg_catalog.set_config(text,text,boolean)',"
        " 'execute'), has_database_privilege(%(group)s, current_database(), 'temp'),"
        " has_schema_privilege(%(group)s, 'public', 'create'),"
        " has_language_privilege(%(group)s, 'plpgsql', 'usage')",
        {"group": bootstrap.CLIENT_GROUP},
    )
    names = ("call set_config", "make temporary tables", "create in public", "use plpgsql")
    open_doors = [name for name, allowed in zip(names, row, strict=True) if allowed]
    for name in open_doors:
        yield Found("weak", f"clients' roles may {name}", _HARDEN)
    if not open_doors:
        yield Found("good", "set_config, temporary tables, public and plpgsql are closed")


def schemas(house: House) -> Iterator[Found]:
    """Every schema is at this release."""
    url, run = house.settings.database_direct_url, "Run `kontor migrate`."
    with connect(url) as connection:
        version = migrations.provider_version(connection)
    if version != migrations.head("provider"):
        yield Found("bad", f"the provider's schema is at {version or 'nothing'}", run)
        return
    row = _one(
        url,
        "select count(*) filter (where schema_version = %(head)s), count(*) filter (where"
        " schema_version <> %(head)s and state <> 'failed'),"
        " count(*) filter (where state = 'failed') from provider.tenant where state <> 'spare'",
        {"head": migrations.head("tenant")},
    )
    yield Found("good", f"provider at the head, {row[0]} clients at the head")
    if row[1]:
        yield Found("bad", f"{row[1]} clients are behind", run)
    if row[2]:
        yield Found("weak", f"{row[2]} schemas have failed", "See `kontor clients list`.")


def spares(house: House) -> Iterator[Found]:
    """Schemas kept ready, so that a client opens at once."""
    row = _one(
        house.settings.database_direct_url,
        "select count(*) from provider.tenant where state = 'spare' and schema_version = %s",
        (migrations.head("tenant"),),
    )
    enough = row[0] >= opening.SPARES_WANTED // 2
    advice = "" if enough else "The ticker makes them: is `python worker.py ticker` running?"
    yield Found("good" if enough else "weak", f"{row[0]} spare schemas are ready", advice)


def redis(house: House) -> Iterator[Found]:
    """Redis answers and is closed to strangers."""
    connection = redis_client(house.settings.redis_url)
    try:
        facts: Any = connection.info()
        policy: Any = connection.config_get("maxmemory-policy")
    finally:
        connection.close()
    yield Found("good", f"Redis {facts['redis_version']} answers")
    if urlsplit(house.settings.redis_url).password is None:
        yield Found("weak", "Redis is open without a password", "Set requirepass or an ACL user.")
    if policy.get("maxmemory-policy") != "noeviction":
        yield Found("weak", "Redis may forget jobs", "Set maxmemory-policy noeviction.")


def background(house: House) -> Iterator[Found]:
    """Relay and jobs."""
    with house.books():
        pulse = jobs.pulse()
    silent = pulse.relay_silent_seconds
    if silent is None or silent > 15:
        yield Found("weak", "no relay is running", "Start `python worker.py relay`.")
    elif pulse.relay_trouble:
        yield Found("weak", f"the relay waits: {pulse.relay_trouble}", "See the line on Redis.")
    else:
        yield Found("good", f"the relay ticked {silent:.0f} s ago")
    if pulse.oldest_pending_seconds > 60:
        yield Found(
            "weak",
            f"a job has waited {pulse.oldest_pending_seconds:.0f} s",
            "Start `python worker.py worker`, or more of them.",
        )
    dead = sum(n for (state, _), n in pulse.by_state.items() if state is JobState.DEAD)
    if dead:
        yield Found("weak", f"{dead} dead jobs", "See `kontor jobs list` or the desk's page Jobs.")


def files(house: House) -> Iterator[Found]:
    """The storage takes and gives a file."""
    settings = house.settings
    storage.writable(storage.open_store(settings.storage_url, settings.data_dir))
    yield Found("good", settings.storage_url or f"folder {settings.data_dir}")


def mail(house: House) -> Iterator[Found]:
    """The mail server answers."""
    address = house.settings.smtp_url
    if not address:
        yield Found("weak", "no mail is sent", "Set SMTP_URL=smtp://user:password@host:587")
        return
    place = urlsplit(address)
    kind = smtplib.SMTP_SSL if place.scheme == "smtps" else smtplib.SMTP
    with kind(place.hostname or "", place.port or 0, timeout=5) as server:
        server.noop()
    yield Found("good", f"{place.hostname} answers")


def _one(url: str, statement: str, parameters: Any = None) -> Any:
    with connect(url) as connection:
        return connection.execute(statement.encode(), parameters).fetchone()


CHECKS: dict[str, Check] = {
    "environment": environment,
    "database": database,
    "rights": rights,
    "hardening": hardening,
    "schemas": schemas,
    "spares": spares,
    "Redis": redis,
    "jobs": background,
    "files": files,
    "mail": mail,
}
ADVICE = {
    "environment": "See docs/operating.md, or `make run` for this checkout's own servers.",
    "database": "Check DATABASE_URL, TENANT_DATABASE_URL and DATABASE_DIRECT_URL.",
    "rights": "Check the logins (tenants.bootstrap).",
    "schemas": "Run `kontor migrate`.",
    "spares": "Run `kontor migrate`.",
    "Redis": "Check REDIS_URL. Until then requests are served and jobs wait.",
    "jobs": "Run `kontor migrate`.",
    "files": "Check STORAGE_URL or KONTOR_DATA_DIR, and who may write there.",
    "mail": "Check SMTP_URL. Mails wait and are tried again.",
}
"""What to do when a check itself fails."""
