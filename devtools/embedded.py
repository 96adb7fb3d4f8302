"""PostgreSQL and Redis without installing either: for development, the demo and the tests.

    with embedded.postgres(fast=True) as server, embedded.redis(fast=True) as cache:
        server.superuser_url, cache.url

The order for both: an address in the environment (KONTOR_DEV_POSTGRES_URL with a superuser's
name, KONTOR_DEV_REDIS_URL), the wheel's program, a program of this machine, a clear message.
Both listen on 127.0.0.1 only, with a random port and a random password kept in a 0600 file, and
end with the process that started them, even if that is killed.
"""

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from devtools import postgres_server, redis_server
from devtools.child import LOOPBACK, Server, lock
from devtools.errors import AlreadyRunning

SCRATCH = "kontor-scratch-"
ABANDONED_AFTER_SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A running PostgreSQL and the way in as its superuser."""

    superuser_url: str
    server: Server | None = None  # None: somebody else's

    def url(self, *, login: str, password: str, database: str) -> str:
        """The address for another login and database of this server."""
        place = urlsplit(self.superuser_url)
        return (
            f"postgresql://{quote(login)}:{quote(password)}"
            f"@{place.hostname}:{place.port or 5432}/{quote(database)}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Redis:
    """A running Redis."""

    url: str
    server: Server | None = None


@contextmanager
def postgres(data_dir: Path | None = None, *, fast: bool = False) -> Iterator[Postgres]:
    """A PostgreSQL over the data folder, or over a scratch one that goes away again.

    fast leaves out all that makes data survive a power cut: for tests.
    Raises a DevelopmentError that says what to do.
    """
    given = os.environ.get("KONTOR_DEV_POSTGRES_URL")
    if given:
        yield Postgres(superuser_url=given)
        return
    with _folder(data_dir) as folder:
        password = kept_secret(folder / "password")
        with (
            lock(folder / "lock", seconds=30, name="PostgreSQL") as held,
            postgres_server.running(folder, password=password, fast=fast, held=held) as (
                port,
                server,
            ),
        ):
            url = f"postgresql://postgres:{password}@{LOOPBACK}:{port}/postgres"
            yield Postgres(superuser_url=url, server=server)


@contextmanager
def redis(data_dir: Path | None = None, *, fast: bool = False) -> Iterator[Redis]:
    """A Redis over the data folder, or over a scratch one that goes away again.

    fast keeps everything in memory: for tests. Raises a DevelopmentError that says what to do.
    """
    given = os.environ.get("KONTOR_DEV_REDIS_URL")
    if given:
        yield Redis(url=given)
        return
    with _folder(data_dir) as folder:
        password = kept_secret(folder / "password")
        with (
            lock(folder / "lock", seconds=30, name="Redis") as held,
            redis_server.running(folder, password=password, fast=fast, held=held) as (port, server),
        ):
            yield Redis(url=f"redis://:{password}@{LOOPBACK}:{port}/0", server=server)


def settings_environment(
    postgres: Postgres,
    redis: Redis,
    *,
    passwords: dict[str, str],
    data_dir: Path,
    database: str = "kontor",
    tenant_logins: int = 1,
) -> dict[str, str]:
    """The environment by which config.Settings finds these servers.

    passwords: login name → password, for `logins(tenant_logins)`. Every login of clients has the
    same one, as the address is a pattern with {login}.
    """
    tenant = postgres.url(
        login="LOGIN", password=passwords["kontor_tenant_0"], database=database
    ).replace("LOGIN", "{login}", 1)
    return {
        "DATABASE_URL": postgres.url(
            login="kontor_provider", password=passwords["kontor_provider"], database=database
        ),
        "TENANT_DATABASE_URL": tenant,
        "KONTOR_TENANT_LOGINS": str(tenant_logins),
        "DATABASE_DIRECT_URL": postgres.url(
            login="kontor_owner", password=passwords["kontor_owner"], database=database
        ),
        "REDIS_URL": redis.url,
        "SECRET_KEY": passwords["secret_key"],
        "KONTOR_DATA_DIR": str(data_dir),
    }


def logins(tenant_logins: int = 1) -> list[str]:
    """The login roles that an installation needs."""
    return [
        "kontor_owner",
        "kontor_provider",
        *(f"kontor_tenant_{number}" for number in range(tenant_logins)),
    ]


def random_passwords(tenant_logins: int = 1) -> dict[str, str]:
    """A password for each login (one for all of the clients' logins), and a secret_key."""
    shared = secrets.token_urlsafe(24)
    made = {name: secrets.token_urlsafe(24) for name in (*logins(0), "secret_key")}
    return made | {name: shared for name in logins(tenant_logins) if name not in made}


def kept_secret(path: Path) -> str:
    """The secret in the file, made at first, readable by its owner only."""
    if not path.exists():
        made = path.with_suffix(".new")
        made.unlink(missing_ok=True)
        with os.fdopen(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
        made.replace(path)
    return path.read_text().strip()


@contextmanager
def _folder(data_dir: Path | None) -> Iterator[Path]:
    if data_dir is not None:
        _passable_folder(data_dir)
        yield data_dir
        return
    _remove_abandoned()
    scratch = Path(tempfile.mkdtemp(prefix=SCRATCH))
    _passable_folder(scratch)
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _passable_folder(folder: Path) -> None:
    """Root's server runs under another user, who must pass; for anybody else it is private."""
    mode = 0o711 if os.getuid() == 0 else 0o700
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(mode)


def _remove_abandoned() -> None:
    """Scratch folders of runs that were killed: nobody holds their lock any more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{SCRATCH}*"):
        with suppress(AlreadyRunning, OSError):
            # One that is just being made is not locked yet.
            of_age = time.time() - (folder / "lock").stat().st_mtime > ABANDONED_AFTER_SECONDS
            if of_age and folder.lstat().st_uid == os.getuid():
                with lock(folder / "lock", seconds=0, name="scratch"):
                    shutil.rmtree(folder, ignore_errors=True)
