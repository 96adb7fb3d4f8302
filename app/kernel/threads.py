"""Which letters belong together: by what they answer, else by subject and people."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from app.kernel.mails import Letter

LONGEST_SILENCE: Final = timedelta(days=45)
"""Between two letters of one subject that do not name each other."""
_PREFIX: Final = re.compile(
    r"^\s*(?:(?:re|aw|antw|antwort|wg|fw|fwd|sv|vs|tr|rif)\s*(?:\[\d+\])?\s*:|\[[^\]]{1,40}\])\s*",
    re.IGNORECASE,
)
_OLD: Final = datetime(1970, 1, 1, tzinfo=UTC)


def bare_subject(subject: str) -> str:
    """Without `Re:`, `AW:`, `WG:` and marks in brackets, in lower case."""
    plain = subject.strip()
    while (shorter := _PREFIX.sub("", plain)) != plain:
        plain = shorter
    return " ".join(plain.casefold().split())


def threads(letters: Sequence[Letter]) -> list[list[Letter]]:
    """The letters in their threads, oldest first; the thread that began first goes first."""
    ordered = sorted(letters, key=lambda one: (one.sent_at or _OLD, one.message_id))
    heads: dict[str, str] = {}

    def head(key: str) -> str:
        while heads.setdefault(key, key) != key:
            heads[key] = heads[heads[key]]
            key = heads[key]
        return key

    for one in ordered:
        for reference in one.references:
            heads[head(reference)] = head(one.message_id)
    for older, newer in _by_subject(ordered):
        heads[head(newer.message_id)] = head(older.message_id)
    found: dict[str, list[Letter]] = {}
    for one in ordered:
        found.setdefault(head(one.message_id), []).append(one)
    return list(found.values())


def _by_subject(ordered: Sequence[Letter]) -> list[tuple[Letter, Letter]]:
    """Pairs of one subject between the same two people: a common recipient alone is a shop."""
    last: dict[tuple[str, frozenset[str]], Letter] = {}
    pairs = []
    for one in ordered:
        subject = bare_subject(one.subject)
        if not subject:
            continue
        for other in one.recipients or ("",):
            key = (subject, frozenset({one.sender, other}))
            if key in last and _near(last[key], one):
                pairs.append((last[key], one))
            last[key] = one
    return pairs


def _near(older: Letter, newer: Letter) -> bool:
    if older.sent_at is None or newer.sent_at is None:
        return True
    return newer.sent_at - older.sent_at <= LONGEST_SILENCE
