"""What the provider agrees with a client: calendars and policies, in versions, in its own books.

Templates (without a client) are copied, never shared: a client's promise does not change because
the provider edits a template.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.audit import actions as audit
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.ids import new_id
from app.kernel.text import Text
from app.sla import recalculating
from app.sla.models import CalendarVersion, SlaPolicy, SlaPolicyVersion, WorkingCalendar
from app.sla.rules import wire
from app.sla.rules.agreement import Agreement, agreement_json
from app.sla.rules.calendar import Calendar
from app.sla.rules.refusal import Refused
from app.sla.terms import DEFAULT_CALENDAR
from tenants.db import db

LONGEST_NAME = 80


def set_calendar(  # noqa: PLR0913 - a version, and what is said of it
    *,
    actor: Actor,
    tenant_id: int | None,
    definition: Mapping[str, Any],
    key: str = DEFAULT_CALENDAR,
    name: str = "",
    note: str = "",
    follows: int | None = None,
) -> UUID:
    """The next version of a client's calendar (None: of a template); the version's id.

    Running clocks keep the version they have. `follows`: the number of the version that was
    edited (0: none yet). Raises Invalid for a calendar that cannot be read or has no working
    time, Conflict where somebody has saved another version meanwhile. Outside any client's scope.
    """
    actor.require(Permission.SLA_AGREE)
    calendar = _calendar(tenant_id, key) or WorkingCalendar(
        id=new_id(), tenant_id=tenant_id, key=key, name=name or key
    )
    calendar.name = name or calendar.name
    db.session.add(calendar)
    db.session.flush()
    number = _next_number(CalendarVersion, CalendarVersion.calendar_id == calendar.id)
    _refuse_overtaken(follows, number)
    version = CalendarVersion(
        id=new_id(),
        calendar_id=calendar.id,
        tenant_id=tenant_id,
        number=number,
        definition=_checked(definition),
        author_name=actor.name,
        note=note,
    )
    db.session.add(version)
    db.session.flush()
    audit.record_provider(
        actor=actor,
        verb="sla.calendar_set",
        subject_type="calendar",
        subject_id=calendar.id,
        detail={"tenant_id": tenant_id, "key": key, "version": version.number},
    )
    return version.id


def set_policy(  # noqa: PLR0913 - a version, and what is said of it
    *,
    actor: Actor,
    tenant_id: int | None,
    agreement: Agreement,
    work: Mapping[str, Any] | None = None,
    calendar_key: str = DEFAULT_CALENDAR,
    valid_from: datetime | None = None,
    note: str = "",
    follows: int | None = None,
) -> UUID:
    """The next version of the policy for such work; the version's id.

    `work`: any of service_key, type_key, priority; what is left out means any. Running clocks
    keep the version they have. `follows`: as for calendars. Raises NotFound where the client has
    no such calendar, Conflict where somebody has saved another version meanwhile.
    """
    actor.require(Permission.SLA_AGREE)
    if _calendar(tenant_id, calendar_key) is None:
        raise NotFound("There is no calendar %(key)s.", key=calendar_key)
    policy = _policy(tenant_id, dict(work or {}), calendar_key)
    number = _next_number(SlaPolicyVersion, SlaPolicyVersion.policy_id == policy.id)
    _refuse_overtaken(follows, number)
    version = SlaPolicyVersion(
        id=new_id(),
        policy_id=policy.id,
        tenant_id=tenant_id,
        number=number,
        definition=agreement_json(agreement),
        valid_from=valid_from or now(),
        author_name=actor.name,
        note=note,
    )
    db.session.add(version)
    db.session.flush()
    if tenant_id is not None:
        _arm_anew(actor, version, tenant_id=tenant_id)
    audit.record_provider(
        actor=actor,
        verb="sla.policy_set",
        subject_type="sla_policy",
        subject_id=policy.id,
        detail={"tenant_id": tenant_id, "version": version.number, **dict(work or {})},
    )
    return version.id


def _arm_anew(actor: Actor, version: SlaPolicyVersion, *, tenant_id: int) -> None:
    """Running clocks keep their promises, but are warned of by the newest version (case 82)."""
    query = select(SlaPolicyVersion.definition).where(
        SlaPolicyVersion.policy_id == version.policy_id,
        SlaPolicyVersion.number == version.number - 1,
    )
    before = db.session.scalar(query)
    if before is not None and any(
        before.get(name) != version.definition.get(name) for name in _ALERTS
    ):
        recalculating.alerts_changed(
            actor=actor,
            tenant_id=tenant_id,
            policy_id=version.policy_id,
            run_at=version.valid_from,
        )


_ALERTS = ("thresholds", "quiet_hours", "fallback")


def _policy(tenant_id: int | None, work: dict[str, Any], calendar_key: str) -> SlaPolicy:
    chosen = {name: work.get(name) for name in ("service_key", "type_key", "priority")}
    query = select(SlaPolicy).where(
        SlaPolicy.tenant_id.is_not_distinct_from(tenant_id),
        *(getattr(SlaPolicy, name).is_not_distinct_from(part) for name, part in chosen.items()),
    )
    policy = db.session.scalars(query.with_for_update()).first()
    if policy is None:
        policy = SlaPolicy(id=new_id(), tenant_id=tenant_id, calendar_key=calendar_key, **chosen)
        db.session.add(policy)
    policy.calendar_key = calendar_key
    db.session.flush()
    return policy


def _calendar(tenant_id: int | None, key: str) -> WorkingCalendar | None:
    query = select(WorkingCalendar).where(
        WorkingCalendar.tenant_id.is_not_distinct_from(tenant_id), WorkingCalendar.key == key
    )
    return db.session.scalars(query.with_for_update()).first()


def _next_number(model: type[Any], of: Any) -> int:
    return (db.session.scalar(select(func.max(model.number)).where(of)) or 0) + 1


def _refuse_overtaken(follows: int | None, number: int) -> None:
    if follows is not None and follows != number - 1:
        raise Conflict("Somebody has saved version %(number)s meanwhile.", number=number - 1)


def _checked(definition: Mapping[str, Any]) -> dict[str, Any]:
    try:
        hours = wire.opening_hours(definition)
    except Refused as refused:
        raise Invalid(fields={refused.field: [Text(refused.reason)]}) from refused
    # Holidays may swallow every opening: only the expanded calendar knows.
    if not hours.has_working_time() or Calendar(hours).add(_anchor(), 1) is None:
        raise Invalid(fields={"week": [Text("This calendar has no working time.")]})
    written = wire.opening_hours_json(hours)
    if names := _names(definition, written):
        written["names"] = names
    return written


def _names(definition: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, str]:
    """What holidays and days that differ are called, for people only."""
    given = definition.get("names", {})
    days = sorted({*written["holidays"], *written["overrides"]})
    return {day: str(given[day])[:LONGEST_NAME] for day in days if given.get(day)}


def _anchor() -> int:
    return int(now().timestamp())
