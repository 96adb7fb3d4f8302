"""Invoices made by us, for the demo and the tests: good ones and such with one deliberate fault."""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "files"


def sample(name: str) -> bytes:
    """A sample file's content. Raises FileNotFoundError."""
    return (FOLDER / name).read_bytes()


def names() -> tuple[str, ...]:
    """All sample files, by name."""
    return tuple(sorted(one.name for one in FOLDER.iterdir() if one.suffix in {".xml", ".pdf"}))
