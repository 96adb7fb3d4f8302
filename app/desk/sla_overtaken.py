"""Somebody saved a calendar or policy while another was at it: both versions, and nothing lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.desk import sla_shared, sla_words
from app.sla import agreed
from app.sla.agreed import Version
from app.sla.calendar_changes import calendar_changes, value_changes
from app.sla.rules.agreement import Agreement, agreement_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtaken:
    """What the other version is, and how one's own differs from it."""

    number: int
    """Whoever saves after reading this follows that version."""
    who: str
    at: datetime | None
    lines: Sequence[str]
    """Theirs → mine, a line each."""


def by_policy(tenant_id: int, policy_id: UUID, mine: Agreement) -> Overtaken:
    """Read anew: the other version was saved after the form was opened."""
    newest = agreed.policy(tenant_id, policy_id).newest
    return _told(
        newest, sla_words.policy_lines(value_changes(newest.definition, agreement_json(mine)))
    )


def by_calendar(newest: Version, mine: Mapping[str, Any]) -> Overtaken:
    """The same for a calendar."""
    return _told(newest, sla_shared.calendar_lines(calendar_changes(newest.definition, mine)))


def _told(newest: Version, lines: Sequence[str]) -> Overtaken:
    return Overtaken(
        number=newest.number, who=newest.author_name, at=newest.created_at, lines=lines
    )
