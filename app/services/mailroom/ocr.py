"""Words of a scanned page, by tesseract where it is installed; nothing where it is not."""

import shutil
import subprocess
from typing import Final

PLACES: Final = "/usr/bin:/usr/local/bin:/opt/homebrew/bin"
SECONDS: Final = 20
"""For one page."""
IN_ALL: Final = 40
"""For all pages of an order: the check as a whole is given up after a minute."""


def program() -> str | None:
    """Where tesseract is."""
    return shutil.which("tesseract", path=PLACES)


def words_of(picture: bytes, *, tesseract: str, seconds: float = SECONDS) -> str:
    """The words of a PNG or JPEG; empty where it has none or takes too long."""
    command = [tesseract, "stdin", "stdout", "-l", "deu+eng"]
    try:
        done = subprocess.run(  # noqa: S603  the program named above, no shell, no file names
            command, input=picture, capture_output=True, timeout=seconds, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", errors="replace") if done.returncode == 0 else ""
