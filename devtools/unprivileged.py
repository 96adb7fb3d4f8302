"""Who runs the servers and where their files lie, since PostgreSQL refuses to run as root."""

import hashlib
import os
import pwd
import secrets
import shutil
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from devtools.errors import DevelopmentError

SYSTEM_PLACES = (Path("/var/lib/kontor"), Path("/var/tmp/kontor"))  # noqa: S108  root's own folder


@dataclass(frozen=True, slots=True)
class Runner:
    """The user a server runs as."""

    uid: int
    gid: int
    name: str

    @property
    def is_somebody_else(self) -> bool:
        return self.uid != os.getuid()


def runner() -> Runner:
    """Ourselves, or for root an account without rights that every system has."""
    if os.getuid() != 0:
        return Runner(os.getuid(), os.getgid(), str(os.getuid()))
    for name in ("nobody", "daemon"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Runner(entry.pw_uid, entry.pw_gid, name)
    raise DevelopmentError(
        "PostgreSQL refuses to run as root, and this system has no account “nobody” to run it "
        "under. Start Kontor as an ordinary user."
    )


def data_home(root: Path) -> Path:
    """The folder for the servers' data of the checkout at root.

    For an ordinary user it is .kontor/ in the checkout. Root's servers run under another user, who
    may not reach the checkout: theirs is in the system's place, one folder for each checkout. A
    copy of a checkout has another path, a fresh clone at an old path another mark.
    """
    if os.getuid() != 0:
        return root / ".kontor"
    mark = root / ".kontor" / "mark"
    if not mark.exists():
        mark.parent.mkdir(mode=0o711, exist_ok=True)
        mark.write_text(secrets.token_hex(8))
    known = f"{root.resolve()}|{mark.read_text()}"
    key = hashlib.sha256(known.encode()).hexdigest()[:12]
    return system_place() / f"{root.resolve().name}-{key}"


def system_place() -> Path:
    """A folder of root's that every user may pass through.

    Raises DevelopmentError if neither place can be made.
    """
    for place in SYSTEM_PLACES:
        try:
            place.mkdir(mode=0o755, parents=True, exist_ok=True)
        except OSError:
            continue
        found = place.lstat()
        safe = stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and not found.st_mode & 0o022
        if safe and passable(place):
            return place
    raise DevelopmentError(
        "Started as root, Kontor keeps the servers' data in "
        f"{SYSTEM_PLACES[0]}, which cannot be made. Start it as an ordinary user."
    )


def passable(folder: Path) -> bool:
    """Whether every user may enter the folder and all above it."""
    return all(step.stat().st_mode & 0o001 for step in (folder, *folder.parents))


def reachable_copy(base: Path, *, parts: Sequence[str], version: str) -> Path:
    """base itself if the servers' user can read the parts, else a copy of them elsewhere.

    Copies are shared by all checkouts: the name says what is in it, and it appears whole or not
    at all.
    """
    base = base.resolve()
    present = [part for part in parts if (base / part).exists()]
    if not runner().is_somebody_else or all(_readable_by_all(base / part) for part in present):
        return base
    key = hashlib.sha256("|".join([version, *present]).encode()).hexdigest()[:12]
    target = system_place() / "programs" / key
    if not target.exists():
        _copy_whole(base, parts=present, target=target)
    return target


def _copy_whole(base: Path, *, parts: Sequence[str], target: Path) -> None:
    target.parent.mkdir(mode=0o755, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=target.parent, prefix="."))
    try:
        for part in parts:
            shutil.copytree(base / part, made / part, symlinks=True)
        for entry in (made, *made.rglob("*")):
            if not entry.is_symlink():
                entry.chmod(0o755 if entry.is_dir() or entry.stat().st_mode & 0o100 else 0o644)
        made.rename(target)
    except OSError:
        shutil.rmtree(made, ignore_errors=True)
        if not target.exists():  # otherwise another checkout was faster with the same copy
            raise


def _readable_by_all(folder: Path) -> bool:
    return passable(folder) and all(
        entry.stat().st_mode & 0o004 for entry in (folder, *folder.glob("*"), *folder.glob("bin/*"))
    )
