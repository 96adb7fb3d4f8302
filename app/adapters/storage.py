"""Where file contents lie: a folder on disk, or S3. Keys carry the client (tenants.scoped_key)."""

from functools import cache
from pathlib import Path

import obstore
from obstore.store import LocalStore, ObjectStore, from_url

_location: tuple[str, str] = ("", ".kontor")


def configure(*, url: str, folder: str) -> None:
    """Told once by the factory: the address of the store, or the folder."""
    global _location  # noqa: PLW0603  one process, one store
    _location = (url, folder)


def location() -> tuple[str, str]:
    """What `configure` was told."""
    return _location


@cache
def open_store(url: str, folder: str) -> ObjectStore:
    """The store at `url` (s3://bucket/prefix, credentials from the environment), else a folder."""
    if url:
        return from_url(url)
    path = Path(folder) / "files"
    path.mkdir(parents=True, exist_ok=True)
    return LocalStore(prefix=path)


def put(store: ObjectStore, key: str, content: bytes) -> None:
    """Write a content under its key; the same content again is the same object."""
    obstore.put(store, key, content)


def get(store: ObjectStore, key: str) -> bytes:
    """Read a content. Raises FileNotFoundError."""
    return bytes(obstore.get(store, key).bytes())


def writable(store: ObjectStore) -> bool:
    """Whether the store takes a file, for `kontor doctor`. Raises what the store raises."""
    obstore.put(store, "doctor/probe", b"kontor")
    obstore.delete(store, "doctor/probe")
    return True
