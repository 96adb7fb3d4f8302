"""Who is warned of a clock, when and how: by the newest version of the policy it comes from."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.sla import terms
from app.sla.models import SlaClock, SlaPolicyVersion
from app.sla.rules.agreement import Agreement, agreement
from app.sla.rules.alerts import BREACH
from tenants.db import db

_KNOWN = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerting:
    """The newest settings, and since when; without a policy those the clock began with."""

    settings: Agreement
    since: datetime | None
    before: frozenset[int]
    """What was a threshold already when the clock began."""

    def applies(self, percent: int, *, at: datetime) -> bool:
        """A threshold that was added later is not told of where it had been passed before."""
        return self.since is None or percent == BREACH or at >= self.since or percent in self.before

    def tell(self, percent: int) -> list[str]:
        """Whom, by role."""
        return [who.value for who in self.settings.told_at(percent)]

    def send_after(self, moment: datetime, *, zone: str) -> datetime:
        """The moment, or the end of the quiet hours in which it lies."""
        quiet = self.settings.quiet_hours
        return moment if quiet is None else quiet.send_at(moment, zone=ZoneInfo(zone))


# Versions never change: what was read once holds.
_versions: dict[UUID, tuple[Agreement, datetime]] = {}


def alerting_of(clock: SlaClock) -> Alerting:
    """The settings that hold for the clock now."""
    pinned = terms.agreed(clock.agreement_digest)
    before = frozenset(pinned.thresholds)
    if clock.current_version_id is None:
        return Alerting(settings=pinned, since=None, before=before)
    current, since = _of_version(clock.current_version_id)
    return Alerting(settings=current, since=since, before=before)


def _of_version(version_id: UUID) -> tuple[Agreement, datetime]:
    known = _versions.get(version_id)
    if known is None:
        if len(_versions) >= _KNOWN:
            _versions.clear()
        query = select(
            SlaPolicyVersion.definition, SlaPolicyVersion.valid_from, SlaPolicyVersion.created_at
        ).where(SlaPolicyVersion.id == version_id)
        row = db.session.execute(query).one()
        since = max(row.valid_from, row.created_at)
        known = _versions[version_id] = (agreement(row.definition), since)
    return known
