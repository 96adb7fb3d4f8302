"""Who does a service for one client: by skill, by whom they serve, by the right to health data."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.catalogue.service import Service
from app.identity import queries as identity
from app.identity.permissions import Permission
from app.identity.queries import Colleague
from app.kernel.clock import now
from app.staffing import people
from app.staffing.rules import is_able


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A colleague who works on items, and what speaks against this service at this client."""

    colleague: Colleague
    is_skilled: bool
    serves: bool
    may_see: bool
    """False: the service is about health, and this person has no right to such data."""
    is_away: bool

    @property
    def does_it(self) -> bool:
        """Get next may give this person the work."""
        return self.is_skilled and self.serves and self.may_see


def candidates(service: Service, *, tenant_id: int) -> Sequence[Candidate]:
    """Everybody who works on items, those who do it first. In the provider's books."""
    workers = [
        one
        for one in identity.colleagues()
        if one.disabled_at is None and Permission.WORK_PERFORM in one.permissions
    ]
    abilities, today = people.abilities([one.id for one in workers]), now().date()
    found = [
        Candidate(
            colleague=one,
            is_skilled=is_able(
                service.skills, abilities[one.id].skills, level=service.skill_level, on=today
            ),
            serves=abilities[one.id].serves(tenant_id),
            may_see=not service.health_data or Permission.HEALTH_READ in one.permissions,
            is_away=abilities[one.id].is_away,
        )
        for one in workers
    ]
    return sorted(found, key=lambda one: not one.does_it)
