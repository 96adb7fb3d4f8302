"""Which edition of the zones' rules is installed: results that ended under another one stay."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import TZPATH


@cache
def edition() -> str:
    """As `2026a`; "" where it is not known. The system's rules come before the package's."""
    for folder in TZPATH:
        rules = Path(folder) / "tzdata.zi"
        if rules.exists():
            with rules.open(encoding="ascii") as lines:
                return lines.readline().removeprefix("# version").strip()
        if (Path(folder) / "Europe").exists():
            return ""
    try:
        return version("tzdata")
    except PackageNotFoundError:
        return ""
