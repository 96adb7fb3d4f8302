"""A PostgreSQL of our own with an empty Kontor in it, durable as in production."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from devtools import embedded
from tenants import bootstrap, migrations

PASSWORD = "only-for-benchmarks"  # noqa: S105  of a server that lives for minutes on loopback
LOGINS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Where the server is, and the environment that leads a process to it."""

    postgres: embedded.Postgres
    redis: embedded.Redis
    environment: dict[str, str]
    folder: Path

    @property
    def owner_url(self) -> str:
        return self.environment["DATABASE_DIRECT_URL"]


@contextmanager
def installed() -> Iterator[Installation]:
    """One for all benchmarks of a run."""
    with (
        embedded.postgres() as postgres,
        embedded.redis(fast=True) as redis,
        TemporaryDirectory(prefix="kontor-bench-") as folder,
    ):
        bootstrap.prepare_cluster(
            postgres.superuser_url,
            passwords=dict.fromkeys(bootstrap.login_names(LOGINS), PASSWORD),
            tenant_logins=LOGINS,
        )
        names = ["secret_key", *bootstrap.login_names(LOGINS)]
        environment = embedded.settings_environment(
            postgres,
            redis,
            passwords=dict.fromkeys(names, PASSWORD) | {"secret_key": PASSWORD * 3},
            data_dir=Path(folder),
        )
        migrations.upgrade_provider(environment["DATABASE_DIRECT_URL"])
        yield Installation(
            postgres=postgres, redis=redis, environment=environment, folder=Path(folder)
        )
