"""In which order Get next offers work, and what the list is searched for: pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

PREFERRED = timedelta(hours=2)
"""So much more urgent is work for somebody with a skill that is preferred for it."""


def by_urgency(
    rows: Sequence[Any], *, skills: Collection[str], preferred: Mapping[str, Collection[str]]
) -> list[Any]:
    """Rows of the desk's index, the most urgent first.

    `preferred`: service → skills that make its work fit better.
    """
    held = set(skills)

    def key(row: Any) -> tuple[datetime, UUID]:
        fits = bool(held & set(preferred.get(row.service_key, ())))
        return row.urgent_at - (PREFERRED if fits else timedelta()), row.item_id

    return sorted(rows, key=key)


def title_query(words: str) -> str:
    """All of these words, each by its beginning, as PostgreSQL's `to_tsquery` takes it."""
    plain = (re.sub(r"[^\w.@/-]", "", word).strip(".@/-") for word in words.split()[:8])
    return " & ".join(f"'{word}':*" for word in plain if word)
