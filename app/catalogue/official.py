"""Official files that a service works by and the provider keeps: told by their hash, by day."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialFile:
    """One edition. Its content is the publisher's and is not part of Kontor: the provider hands it
    in once, every client's work uses it.
    """

    title: str
    """An English message id."""
    edition: str
    """What the publisher calls it, e.g. the year."""
    sha256: str
    """Of the unchanged file, hex."""
    valid_from: date
    valid_until: date
    source: str
    """Publisher, and under which licence: as it is quoted."""

    def is_of(self, day: date) -> bool:
        """Whether the edition holds on a day."""
        return self.valid_from <= day <= self.valid_until
