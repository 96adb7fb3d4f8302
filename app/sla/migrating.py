"""Put running clocks under other terms: another version, another priority, another service."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.kernel.clock import now
from app.kernel.ids import new_id
from app.sla import noting, settling, standing, terms
from app.sla.models import SlaClock
from app.sla.noting import Entry
from app.sla.rules.agreement import agreement
from app.sla.rules.clock_events import Kind
from app.sla.rules.clock_state import State
from app.sla.rules.policy import Metric
from app.sla.standing import Judged
from app.sla.terms import Terms

BEGIN_LATER = frozenset({Metric.NEXT_RESPONSE, Metric.INTERNAL_STEP, Metric.SUBCONTRACTOR})
"""Metrics whose cycles begin with an event of their own: they may join a running subject."""


def put_under(
    subject_id: UUID,
    found: Terms | None,
    *,
    service_key: str,
    more: Mapping[str, Any],
    kind: Kind = Kind.POLICY_CHANGED,
) -> list[Judged] | None:
    """Note that other terms hold from now on; None where they hold already.

    A subject that was unmeasured is measured from its receipt on. Without terms a moved subject's
    clocks are cancelled; otherwise nothing happens.
    """
    clocks = standing.clocks(subject_id, lock=True)
    digest = found.agreement.digest if found else None
    if kind is Kind.POLICY_CHANGED and (found is None or _hold_already(clocks, digest)):
        return None
    log = standing.events(subject_id)
    joining: list[SlaClock] = []
    if found is not None:
        terms.pin(found)
        joining = _joining(found, subject_id, clocks=clocks, service_key=service_key, kind=kind)
    added = []
    if clocks:
        entry = Entry(kind=kind, at=now(), more={**more, "agreement_digest": digest})
        added = noting.append(subject_id, [entry], after=len(log))
    for clock in clocks:
        if found is not None:
            _take_over(clock, found, kind=kind, service_key=service_key)
    judged = standing.judge_all([*clocks, *joining], {subject_id: [*log, *added]}, at=now())
    settling.settle(judged)
    return judged


def _hold_already(clocks: Sequence[SlaClock], digest: str | None) -> bool:
    return any(clock.agreement_digest == digest for clock in clocks)


def _take_over(clock: SlaClock, found: Terms, *, kind: Kind, service_key: str) -> None:
    """The row names the terms that hold; those it began with stay beside them."""
    if clock.metric not in agreement(found.agreement.value).policies:
        return
    clock.first_agreement_digest = clock.first_agreement_digest or clock.agreement_digest
    clock.agreement_digest = found.agreement.digest
    clock.policy_id = found.policy_id
    clock.calendar_key = found.calendar_key
    clock.service_key = service_key
    clock.current_version_id = found.agreement.version_id
    ended = clock.cycle if kind is Kind.MOVED else max(clock.cycle - 1, 0)
    swap_calendar(clock, found.calendar.digest, ended=ended, is_late=False)


def swap_calendar(clock: SlaClock, digest: str, *, ended: int, is_late: bool) -> None:
    """Count by another calendar from the clock's beginning on. Cycles that have ended keep theirs,
    and a breach that it saw is remembered (standing.judge).
    """
    if digest == clock.calendar_digest:
        return
    if ended or is_late:
        clock.earlier_calendars = [
            *(clock.earlier_calendars or ()),
            {"digest": clock.calendar_digest, "until": now().isoformat(), "cycles": ended},
        ]
    clock.calendar_digest = digest


def _joining(
    found: Terms, subject_id: UUID, *, clocks: Sequence[SlaClock], service_key: str, kind: Kind
) -> list[SlaClock]:
    """New clocks for metrics that may begin in the middle; all where there was none."""
    present = {clock.metric for clock in clocks}
    may_join = set(Metric) if not present or kind is Kind.MOVED else BEGIN_LATER
    fresh = new_clocks(subject_id, found, service_key=service_key)
    return [clock for clock in fresh if clock.metric in may_join - present]


def new_clocks(
    subject_id: UUID, found: Terms, *, service_key: str, is_silent: bool = False
) -> list[SlaClock]:
    """A clock for each promise of the terms; not yet written."""
    return [
        SlaClock(
            id=new_id(),
            subject_id=subject_id,
            service_key=service_key,
            metric=metric,
            policy_id=found.policy_id,
            calendar_key=found.calendar_key,
            calendar_digest=found.calendar.digest,
            agreement_digest=found.agreement.digest,
            current_version_id=found.agreement.version_id,
            is_silent=is_silent,
            state=State.NOT_APPLICABLE,
            cycle=0,
            evaluated_at=now(),
        )
        for metric in agreement(found.agreement.value).policies
    ]
