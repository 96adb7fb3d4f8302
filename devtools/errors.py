"""What goes wrong on a developer's machine, said so that the next step is clear."""

from pathlib import Path


class DevelopmentError(Exception):
    """Printed without a traceback; its text says what to do."""


class NoProgram(DevelopmentError):
    """A server's program is neither in a wheel nor on this machine."""


class WrongVersion(DevelopmentError):
    """The data folder belongs to another PostgreSQL version."""


class AlreadyRunning(DevelopmentError):
    """The data folder is in use by another process."""


class DidNotStart(DevelopmentError):
    """A server ended, or never answered, while starting."""

    @classmethod
    def from_log(cls, name: str, log: Path) -> "DidNotStart":
        tail = log.read_text(errors="replace")[-2000:].strip() if log.exists() else ""
        if "No space left on device" in tail:
            return cls(f"{name} could not start: the disk is full ({log.parent}). Make some room.")
        return cls(f"{name} did not start. The end of its log ({log}):\n{tail}")
