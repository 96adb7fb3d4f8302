"""Write down how clocks stand, arm their timers, and tell of what they have passed: each once.

For many clocks at once, in a handful of statements whatever their number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import object_session
from sqlalchemy.orm.attributes import set_committed_value

from app.jobs import publish_all
from app.kernel.clock import now
from app.kernel.events import Event
from app.kernel.ids import new_id
from app.sla import alerting, outcomes, standing, terms
from app.sla.events import PausedTooLong, SlaAlert, SlaBreached
from app.sla.models import SlaAlertEntry, SlaClock, SlaTimer
from app.sla.notice_models import SlaNotice
from app.sla.rules.alerts import BREACH, Crossing
from app.sla.rules.clock_state import State
from app.sla.rules.policy import Then
from app.sla.standing import Judged
from tenants import bulk
from tenants.context import current_tenant
from tenants.db import db

_CHANGE = bulk.change(SlaClock.__table__, standing.COLUMNS, key="id")
_RECORD = bulk.insert_into(
    SlaAlertEntry.__table__,
    ("id", "clock_id", "cycle", "percent", "due_version", "at", "recorded_at", "is_told"),
    then="on conflict do nothing returning clock_id, cycle, percent, due_version",
)
_TELL = bulk.insert_into(
    SlaNotice.__table__,
    (
        "id", "tenant_id", "subject_id", "clock_id", "metric", "cycle", "percent", "due_version",
        "at", "due_at", "tell", "fallback", "send_after", "created_at",
    ),
)  # fmt: skip
_ARM = bulk.insert_into(
    SlaTimer.__table__,
    ("tenant_id", "clock_id", "next_alert_at", "due_version", "failures"),
    then="on conflict (tenant_id, clock_id) do update set next_alert_at = excluded.next_alert_at,"
    " due_version = excluded.due_version, failures = excluded.failures",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Passed:
    """A threshold that was passed and is on no record; percent < 0: a pause that lasts too long."""

    judged: Judged
    crossing: Crossing
    is_told: bool

    @property
    def key(self) -> tuple[UUID, int, int, int]:
        judged = self.judged
        version = judged.due_version if self.crossing.percent > 0 else 1
        return (judged.clock.id, len(judged.state.cycles), self.crossing.percent, version)


def settle(judged: Sequence[Judged]) -> None:
    """Tell, write and arm; in the caller's transaction, with the clocks' rows locked."""
    if not judged:
        return
    passed = [one for each in judged for one in _passed(each)]
    for one in passed:
        one.judged.recorded.add(one.key[2:])
    stale = outcomes.may_have_some(judged)
    _write(judged)
    outcomes.record(judged, stale=stale)
    if passed:
        _tell(passed)
    arm(judged)


def mend(judged: Sequence[Judged]) -> None:
    """Write and arm without telling anybody: for rows that were found to be untrue."""
    if judged:
        _write(judged)
        arm(judged)


def _write(judged: Sequence[Judged]) -> None:
    """The rows' cached columns: new rows inserted, known ones updated, one statement each."""
    rows = [(one.clock, standing.columns(one)) for one in judged]
    known = [(clock, values) for clock, values in rows if object_session(clock) is not None]
    if known:
        bulk.carry_out(_CHANGE, [{"id": clock.id, **values} for clock, values in known])
    for clock, values in known:
        for name, value in values.items():
            set_committed_value(clock, name, value)
    for clock, values in rows:
        if object_session(clock) is None:
            for name, value in values.items():
                setattr(clock, name, value)
            db.session.add(clock)
    db.session.flush()


def arm(judged: Sequence[Judged]) -> None:
    """Set the clocks' timers, shared by all clients, to their next look."""
    tenant_id = current_tenant().id
    rows = [
        {
            "tenant_id": tenant_id,
            "clock_id": one.clock.id,
            "next_alert_at": one.clock.next_alert_at,
            "due_version": one.clock.due_version,
            "failures": 0,
        }
        for one in judged
    ]
    bulk.carry_out(_ARM, rows)


def _passed(judged: Judged) -> list[_Passed]:
    """What was passed and not recorded. Of the warnings the highest is told, where no breach was
    passed beside it; the breach and every escalation are told, in their order.

    A clock that has ended or stands still warns nobody, but a breach is told of even so.
    """
    if judged.clock.is_silent:
        return []
    found = []
    limit = standing.unrecorded_pause(judged)
    if limit is not None and limit <= judged.at and judged.state.is_open:
        found.append(_Passed(judged=judged, crossing=Crossing(-judged.pauses, limit), is_told=True))
    if judged.state.state in {State.RUNNING, State.BREACHED}:
        passed = [one for one in standing.unrecorded(judged) if one.at <= judged.at]
        passed.sort(key=lambda crossing: crossing.percent)
        highest = passed[-1].percent if passed else 0
        found += [
            _Passed(
                judged=judged,
                crossing=one,
                is_told=one.percent >= BREACH or one.percent == highest,
            )
            for one in passed
        ]
    return found


def _tell(passed: Sequence[_Passed]) -> None:
    """Record, and tell of what nobody else has recorded already."""
    moment = now()
    rows = [
        {
            "id": new_id(),
            **dict(zip(("clock_id", "cycle", "percent", "due_version"), one.key, strict=True)),
            "at": one.crossing.at,
            "recorded_at": moment,
            "is_told": one.is_told,
        }
        for one in passed
    ]
    written = {tuple(row) for row in bulk.carry_out(_RECORD, rows)}
    told = [one for one in passed if one.is_told and one.key in written]
    publish_all([_fact(one) for one in told])
    if told:
        bulk.carry_out(_TELL, [_notice(one, at=moment) for one in told])


def _fact(passed: _Passed) -> Event:
    judged, crossing = passed.judged, passed.crossing
    clock, state = judged.clock, judged.state
    about: dict[str, Any] = {
        "subject_id": clock.subject_id,
        "clock_id": clock.id,
        "metric": clock.metric.value,
        "cycle": len(state.cycles),
    }
    if crossing.percent < 0:
        limit = judged.policy.max_pause
        then = limit.then if limit else Then.ESCALATE
        return PausedTooLong(**about, limit_at=crossing.at, then=then.value)
    if crossing.percent == BREACH and state.breached_at is not None:
        by_change = state.cycles[-1].breach_by_change
        return SlaBreached(**about, breached_at=state.breached_at, by_change=by_change)
    return SlaAlert(**about, percent=crossing.percent, due_at=state.due_at)


def _notice(passed: _Passed, *, at: datetime) -> dict[str, Any]:
    judged, crossing = passed.judged, passed.crossing
    clock = judged.clock
    alerts = alerting.alerting_of(clock)
    zone = terms.compiled(clock.calendar_digest).definition.zone
    return {
        "id": new_id(),
        "tenant_id": current_tenant().id,
        "subject_id": clock.subject_id,
        "clock_id": clock.id,
        "metric": clock.metric,
        "cycle": len(judged.state.cycles),
        "percent": crossing.percent,
        "due_version": passed.key[3],
        "at": crossing.at,
        "due_at": judged.state.due_at,
        "tell": alerts.tell(crossing.percent if crossing.percent > 0 else BREACH),
        "fallback": alerts.settings.fallback.value,
        "send_after": alerts.send_after(at, zone=zone),
        "created_at": at,
    }
