"""How the demo's clients and people have arranged themselves: rules, substitutes, walls, hours."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from app.audit import access
from app.audit.access import Reason
from app.kernel.actor import SYSTEM, Actor
from app.kernel.clock import freeze
from app.messages import notices
from app.messages.notice_models import Tell
from app.messages.notices import Chosen
from app.staffing import actions as staffing
from app.staffing import people, walls
from app.staffing.rules import Held, Shift
from app.work.actions import approving, views
from app.work.actions.approving import Line, Stand
from app.work.models import WorkItem
from app.work.rules import WorkStatus
from devtools.demo.clients import Client
from devtools.demo.office_time import before
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.scope import tenant_scope

OWNERS = ("baeckerei-sommer", "alpha-logistik")


def arrange(client: Client, staff: dict[str, Actor], *, until: datetime) -> None:
    """Approvals from an amount on, somebody on holiday, quiet evenings; and who looked."""
    admin, other = client.members[0], client.members[-1]
    today = until.date()
    with tenant_scope(client.ref):
        with freeze(before(until, 60)), transaction():
            _rules(client, admin, other, today)
            notices.choose(
                actor=other,
                wanted=Chosen(tell=Tell.DIGEST, quiet_from=time(19), quiet_until=time(7)),
            )
        _looks(staff, until=until)


def _rules(client: Client, admin: Actor, other: Actor, today: date) -> None:
    # Only those who may accept at all: at the bakery there is one.
    voices = [one for one in (admin, other) if one.may("work:accept")]
    names = {one.id: one.name for one in voices if one.id}
    approving.add_rule(
        actor=admin,
        line=Line(service_key="", from_minor=0, needed=1, approvers=names),
    )
    approving.add_rule(
        actor=admin,
        line=Line(
            service_key="accounts_payable", from_minor=100_000, needed=len(names), approvers=names
        ),
    )
    if len(voices) > 1 and admin.id and other.id:
        approving.stand_in(
            actor=admin,
            stand=Stand(
                account_id=other.id, person=other.name, substitute_id=admin.id,
                substitute=admin.name, starts_on=today + timedelta(days=20),
                ends_on=today + timedelta(days=34),
            ),
        )  # fmt: skip


def _looks(staff: dict[str, Actor], *, until: datetime) -> None:
    with transaction():
        query = select(WorkItem.id, WorkItem.status).order_by(WorkItem.id.desc()).limit(8)
        found = db.session.execute(query).all()
    for turn, (item_id, status) in enumerate(reversed(found)):
        who = staff[("anna", "jan", "lena")[turn % 3]]
        reason = Reason.LEADS if turn % 3 == 2 else Reason.HOLDS
        if status is WorkStatus.REVIEW:
            reason = Reason.CHECKS
        with freeze(before(until, 9 - turn)), transaction():
            access.note(
                actor=who, subject_type="work_item", subject_id=item_id, about_id=item_id,
                reason=reason,
            )  # fmt: skip


def staff_up(staff: dict[str, Actor], refs: dict[str, TenantRef], *, until: datetime) -> None:
    """Levels, certificates, weekly hours; and a wall between two competitors."""
    ends = until.date()
    skills: dict[str, dict[str, date | Held | None]] = {
        "anna": {
            "accounting": Held(level=3),
            "payroll": Held(level=2, expires_on=ends + timedelta(days=19)),
        },
        "jan": {"accounting": Held(level=2)},
        "mia": {"payroll": Held(level=2, expires_on=ends + timedelta(days=200))},
    }
    with transaction():
        for key, held in skills.items():
            person = staff[key].id
            if person is not None:
                staffing.set_skills(actor=SYSTEM, account_id=person, skills=held)
        mia = staff["mia"].id
        if mia is not None:
            early = [Shift(weekday=day, begins=time(6), ends=time(14)) for day in range(5)]
            people.set_shifts(actor=SYSTEM, account_id=mia, shifts=early)
        views.save(
            actor=staff["lena"], name="Dringend bei Alpha", shared=True,
            arguments={"view": "open", "client": "alpha-logistik", "priority": "2"},
        )  # fmt: skip
        views.save(
            actor=staff["anna"], name="Rechnungen ohne Bearbeitung", shared=False,
            arguments={"view": "unassigned", "service": "accounts_payable"},
        )  # fmt: skip
        walls.build(
            actor=staff["sabine"],
            name="Praxis Wolf und Nordlicht (Rechtsstreit)",
            tenant_ids=[refs["praxis-wolf"].id, refs["nordlicht"].id],
        )
