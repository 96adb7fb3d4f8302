"""Write down how a clock stands, arm its timer, and tell of what it has passed: each once."""

from sqlalchemy.dialects.postgresql import insert as insert_or_skip

from app.jobs import publish
from app.kernel.clock import now
from app.kernel.events import Event
from app.sla import outcomes, standing
from app.sla.events import SlaAlert, SlaBreached
from app.sla.models import SlaAlertEntry, SlaTimer
from app.sla.rules.alerts import BREACH, Crossing
from app.sla.rules.clock_state import State
from app.sla.standing import Judged
from tenants.context import current_tenant
from tenants.db import db


def settle(judged: Judged) -> None:
    """Tell, write and arm; in the caller's transaction, with the clock's row locked."""
    _tell(judged)
    outcomes.record(judged)
    for name, value in standing.columns(judged).items():
        setattr(judged.clock, name, value)
    arm(judged)


def arm(judged: Judged) -> None:
    """Set the clock's timer, shared by all clients, to its next look."""
    clock = judged.clock
    values = {
        "tenant_id": current_tenant().id,
        "clock_id": clock.id,
        "next_alert_at": clock.next_alert_at,
        "due_version": clock.due_version,
        "failures": 0,
    }
    changed = {name: values[name] for name in ("next_alert_at", "due_version", "failures")}
    statement = insert_or_skip(SlaTimer).values(values)
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["tenant_id", "clock_id"], set_=changed)
    )


def _tell(judged: Judged) -> None:
    passed = _passed(judged)
    for crossing in passed:
        is_told = crossing is passed[-1]
        if _record(judged, crossing, is_told=is_told) and is_told:
            publish(_fact(judged, crossing))


def _passed(judged: Judged) -> list[Crossing]:
    """What was passed and not recorded, the highest last.

    A clock that has ended or stands still warns nobody, but a breach is told of even so.
    """
    state = judged.state
    if judged.clock.is_silent or state.state not in {State.RUNNING, State.BREACHED}:
        return []
    passed = [one for one in standing.unrecorded(judged) if one.at <= judged.at]
    return sorted(passed, key=lambda crossing: crossing.percent)


def _record(judged: Judged, crossing: Crossing, *, is_told: bool) -> bool:
    """False: somebody else has recorded it already."""
    statement = insert_or_skip(SlaAlertEntry).values(
        clock_id=judged.clock.id,
        cycle=len(judged.state.cycles),
        percent=crossing.percent,
        due_version=judged.due_version,
        at=crossing.at,
        recorded_at=now(),
        is_told=is_told,
    )
    judged.recorded.add((crossing.percent, judged.due_version))
    written = db.session.execute(statement.on_conflict_do_nothing().returning(SlaAlertEntry.id))
    return written.first() is not None


def _fact(judged: Judged, crossing: Crossing) -> Event:
    clock, state = judged.clock, judged.state
    if crossing.percent == BREACH and state.breached_at is not None:
        return SlaBreached(
            subject_id=clock.subject_id,
            clock_id=clock.id,
            metric=clock.metric.value,
            cycle=len(state.cycles),
            breached_at=state.breached_at,
            by_change=state.cycles[-1].breach_by_change,
        )
    return SlaAlert(
        subject_id=clock.subject_id,
        clock_id=clock.id,
        metric=clock.metric.value,
        cycle=len(state.cycles),
        percent=crossing.percent,
        due_at=state.due_at,
    )
