"""Time that work took, and what an hour costs: where the margin comes from."""

from datetime import date
from random import Random

from sqlalchemy import or_, select

from app.identity.permissions import StaffRole
from app.kernel.actor import Actor
from app.kernel.clock import freeze
from app.staffing import costs
from app.work.actions import timing
from app.work.models import WorkItem
from app.work.rules import WorkStatus
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.scope import tenant_scope

OPERATORS = ("anna", "jan", "mia")
AN_HOUR = {
    StaffRole.OPERATOR: 3_850,
    StaffRole.TEAM_LEAD: 5_200,
    StaffRole.FINANCE: 4_600,
    StaffRole.ADMIN: 5_800,
}
SENIOR, SENIOR_HOUR = "jan", 4_300


def note(clients: list[TenantRef], staff: dict[str, Actor]) -> None:
    """Minutes beside every piece of work that was delivered; rates from the year's beginning."""
    chance = Random(26)  # noqa: S311  the same demo every time
    for client in clients:
        with tenant_scope(client), transaction():
            done = select(WorkItem).where(
                or_(
                    WorkItem.status.in_((WorkStatus.DELIVERED, WorkStatus.ACCEPTED)),
                    WorkItem.rework_of_id.is_not(None),
                )
            )
            for item in db.session.scalars(done.order_by(WorkItem.number)).all():
                minutes = chance.randint(4, 25) * (1 if item.billable else 3)
                who = staff[chance.choice(OPERATORS)]
                with freeze(item.delivered_at or item.received_at):
                    timing.enter(actor=who, item_id=item.id, typed=str(minutes))


def price(staff: dict[str, Actor], *, since: date) -> None:
    """What an hour of each role costs, and of one person who is paid better."""
    senior = staff[SENIOR].id
    assert senior is not None  # noqa: S101  a person
    rates = {costs.of_role(role): minor for role, minor in AN_HOUR.items()}
    with transaction():
        for who, minor in (rates | {costs.of_person(senior): SENIOR_HOUR}).items():
            costs.set_cost(actor=staff["sabine"], who=who, valid_from=since, minor_per_hour=minor)
