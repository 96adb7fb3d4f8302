"""Who of the provider may take work, with what they can do; read in the provider's books."""

from uuid import UUID

from app.identity import queries as identity
from app.identity.permissions import Permission
from app.staffing import people
from app.work.actions.passing import Colleague


def team() -> dict[UUID, Colleague]:
    """By account."""
    found = [
        one
        for one in identity.colleagues()
        if one.joined and one.disabled_at is None and Permission.WORK_PERFORM in one.permissions
    ]
    able = people.abilities([one.id for one in found])
    return {
        one.id: Colleague(id=one.id, name=one.name or one.email, ability=able[one.id])
        for one in found
    }


def member(text: str) -> Colleague | None:
    """The one whose account this is; None for anybody else."""
    try:
        return team().get(UUID(text))
    except ValueError:
        return None
