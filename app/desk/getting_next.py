"""What Get next may give to a person, and why it gives what it gives."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import g

from app.catalogue.service import Service, services
from app.desk.reasons import reason_of
from app.desk.serving import serving
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid
from app.staffing import people
from app.staffing.people import Ability
from app.staffing.rules import is_able
from app.web.medical import hidden_services
from app.work import offering
from app.work.rules.choosing import by_urgency

Offer = tuple[int, UUID, dict[str, Any]]
_MOST = 20


def offers(actor: Actor) -> Sequence[Offer]:
    """Client, item and reason of each candidate, the best first. In the provider's books.

    Raises Invalid for a machine, Conflict for somebody who is noted as absent or off duty.
    """
    if actor.id is None:
        raise Invalid("Only people take work.")
    able, hidden = people.ability(actor.id), hidden_services()
    _refuse_absent(able)
    found = offering.candidates(
        operator_id=actor.id,
        services=[one.key for one in services() if one.key not in hidden and _fits(one, able)],
        clients=serving(),
        may_review=actor.may(Permission.WORK_REVIEW),
        limit=_MOST,
    )
    at = now()
    valid = {skill for skill, held in able.skills.items() if held.is_valid(at.date())}
    preferred = {one.key: one.preferred_skills for one in services()}
    rows = by_urgency(found, skills=valid, preferred=preferred)
    return [(row.tenant_id, row.item_id, _reason(row, able, at=at)) for row in rows]


def _reason(row: Any, able: Ability, *, at: Any) -> dict[str, Any]:
    by_key: Mapping[str, Service] = {one.key: one for one in services()}
    fitting = by_key[row.service_key].preferred_skills & able.skills.keys()
    skills = sorted(by_key[row.service_key].skills)
    return {
        **reason_of(row, at=at),
        "levels": {skill: able.skills[skill].level for skill in skills if skill in able.skills},
        "preferred": sorted(fitting),
        "kept_from": len(able.kept_from),
    }


def _fits(one: Service, able: Ability) -> bool:
    return is_able(one.skills, able.skills, level=one.skill_level, on=now().date())


def _refuse_absent(able: Ability) -> None:
    zone = g.account.zone if g.get("account") else "Europe/Berlin"
    if able.is_away:
        raise Conflict("You are noted as absent. Please remove the absence to take work.")
    if not able.is_there(now(), zone=zone):
        raise Conflict("Your shift is over or has not begun: Get next gives nothing now.")
