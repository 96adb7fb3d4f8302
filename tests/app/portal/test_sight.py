"""Own, department or all: what of the company's work one of its people sees, everywhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.identity import accounts, queries, sessions, team
from app.identity.permissions import CLIENT_PERMISSIONS, ClientRole, Sight
from app.kernel.actor import Actor, Side
from app.kernel.clock import now
from app.messages import letters
from app.messages.mail import mails
from app.messages.notice_models import DigestEntry
from app.search import queries as search
from app.work import approval_queries, portal_queries, readers, visibility
from app.work.actions import approving, orders, talking
from app.work.actions.approving import Line
from app.work.actions.asking import Wanted, request_documents
from app.work.actions.orders import Order
from app.work.models import Finding, WorkItem
from app.work.visibility import Limit, PastTheLimit
from tenants.db import db, transaction
from tests.conftest import in_scope
from tests.factories.people import an_address
from tests.factories.portal_town import PASSWORD, Town
from tests.factories.portal_visitor import Visitor

ADMIN = Actor(
    id=None,
    name="Admin",
    side=Side.CLIENT,
    permissions=CLIENT_PERMISSIONS[ClientRole.CLIENT_ADMIN],
)


@dataclass(frozen=True)
class One:
    actor: Actor
    visitor: Visitor
    membership_id: UUID


def somebody(town: Town, *, sight: Sight, department: str = "", role: ClientRole) -> One:
    email = an_address("sight")
    with town.app.app_context(), transaction():
        account_id = accounts.create(email=email, name=email, password=PASSWORD, locale="en")
        made = team.add_member(account_id=account_id, client=town.baker, role=role)
        team.change_sight(
            actor=ADMIN, client=town.baker, membership_id=made.id, sight=sight,
            department=department,
        )  # fmt: skip
        token = sessions.open_session(account_id=account_id, browser=sessions.NOWHERE)
        key = made.id
    actor = Actor(id=account_id, name=email, side=Side.CLIENT, permissions=CLIENT_PERMISSIONS[role])
    return One(actor, Visitor(town.app.test_client(), token), key)


@pytest.fixture
def team_of_three(town: Town) -> Iterator[tuple[One, One, One]]:
    mill = "Mill " + an_address()[-12:-4]
    made = (
        somebody(town, sight=Sight.OWN, role=ClientRole.REQUESTER),
        somebody(town, sight=Sight.DEPARTMENT, department=mill, role=ClientRole.APPROVER),
        somebody(town, sight=Sight.OWN, department=mill, role=ClientRole.REQUESTER),
    )
    yield made
    with town.app.app_context(), transaction():
        for one in made:
            team.remove(actor=ADMIN, client=town.baker, membership_id=one.membership_id)


def ordered(town: Town, actor: Actor, subject: str) -> UUID:
    found = town.act(
        orders.open_items,
        actor=actor,
        order=Order(
            service_key="general_request",
            type_key="request",
            payload={"subject": subject, "description": "Please."},
        ),
    )
    assert found is not None
    return found


def test_each_sees_what_is_theirs(town: Town, team_of_three: tuple[One, One, One]) -> None:
    own, chief, miller = team_of_three
    mine = ordered(town, own.actor, "Oven of mine zzq1")
    millers = ordered(town, miller.actor, "Stones zzq2")
    others = town.order("Secret oven zzq3")
    sights = {own: {mine}, chief: {millers}, miller: {millers}}
    for one, seen in ((own, sights[own]), (chief, sights[chief]), (miller, sights[miller])):
        listed = one.visitor.page("/p/sommer/requests")
        exported = one.visitor.page("/p/sommer/requests/export.csv")
        for item_id, word in ((mine, "zzq1"), (millers, "zzq2"), (others, "zzq3")):
            shown = item_id in seen
            assert (word in listed) is shown
            assert (word in exported) is shown
            assert (word in one.visitor.page("/p/sommer/")) is shown
            found = one.visitor.page(f"/p/sommer/search?q={word}")
            assert (f"/requests/{item_id}" in found) is shown
            status = one.visitor.get(f"/p/sommer/requests/{item_id}").status_code
            assert status == (200 if shown else 404)
            answer = one.visitor.post(
                f"/p/sommer/requests/{item_id}/messages", data={"body": "Hello"}
            )
            assert answer.status_code == (303 if shown else 404)


def test_counts_hide_as_well(town: Town, team_of_three: tuple[One, One, One]) -> None:
    own = team_of_three[0]
    ordered(town, own.actor, "One alone")
    for _ in range(2):
        town.order("Others' work", to="asked")
    limit = Limit(own.actor.id or UUID(int=0))
    with in_scope(town.app, town.baker), visibility.limited(limit):
        counts = portal_queries.shelf_counts(portal_queries.Wanted())
        assert counts[portal_queries.Shelf.ALL] == 1
        assert portal_queries.waiting_count() == 0
        assert db.session.scalar(select(func.count()).select_from(WorkItem)) == 1
        assert db.session.scalars(select(Finding)).all() == []
    with in_scope(town.app, town.baker):
        assert portal_queries.shelf_counts(portal_queries.Wanted())["all"] > 1


def test_documents_asked_for_and_their_files(
    town: Town, team_of_three: tuple[One, One, One]
) -> None:
    own, chief, miller = team_of_three
    item_id = ordered(town, miller.actor, "Flour accounts")
    request_id = town.act(
        request_documents, actor=town.anna, item_id=item_id, wanted=Wanted(titles=["Bill zzq7"])
    )
    address = f"/p/sommer/document-requests/{request_id}"
    assert own.visitor.get(address).status_code == 404
    assert "zzq7" not in own.visitor.page("/p/sommer/document-requests")
    assert "zzq7" not in own.visitor.page("/p/sommer/")
    assert "zzq7" in chief.visitor.page(address)
    assert str(request_id) in miller.visitor.page("/p/sommer/")
    assert str(request_id) not in own.visitor.page("/p/sommer/")


def test_a_query_past_the_orm_is_refused(town: Town) -> None:
    with in_scope(town.app, town.baker), visibility.limited(Limit(UUID(int=1))):
        with pytest.raises(PastTheLimit):
            db.session.execute(select(WorkItem.__table__))
        assert search.find("oven", clients=frozenset(), with_internal=False) == []


def test_what_shows_the_whole_company_is_not_for_a_part_of_it(
    town: Town, team_of_three: tuple[One, One, One]
) -> None:
    chief = team_of_three[1]
    assert chief.visitor.get("/p/sommer/invoices/").status_code == 403
    assert "Invoices" not in chief.visitor.page("/p/sommer/")


def test_mails_go_to_those_who_see_it(town: Town, team_of_three: tuple[One, One, One]) -> None:
    own, _chief, _miller = team_of_three
    item_id = ordered(town, own.actor, "Told of it")
    town.act(talking.ask_client, actor=town.anna, item_id=item_id, body="Which?")

    def told(*, item: UUID) -> None:
        readers.tell_people({own.actor.id or item}, "client_asked", item, path="x", title="t")

    other = town.order("Not told of it")
    before = _mails_to(town, own)
    town.act(told, item=other)
    assert _mails_to(town, own) == before
    town.act(told, item=item_id)
    assert _mails_to(town, own) == before + 1


def _mails_to(town: Town, one: One) -> int:
    with town.app.app_context(), transaction():
        return sum(mail.recipient == one.actor.name for mail in mails(most=500))


def test_the_admin_decides_in_the_portal(town: Town, team_of_three: tuple[One, One, One]) -> None:
    own = team_of_three[0]
    admin = town.visitor("client_admin@sommer")
    address = f"/p/sommer/team/{own.membership_id}/sight"
    refused = admin.post(address, data={"sight": "department"}, follow_redirects=True)
    assert "Please name the department." in refused.text
    admin.post(address, data={"sight": "department", "department": "  Night   shift "})
    with town.app.app_context():
        member = queries.member(tenant_id=town.baker.id, membership_id=own.membership_id)
        assert (member.sight, member.department) == (Sight.DEPARTMENT, "Night shift")
    assert own.visitor.post(address, data={"sight": "all"}).status_code == 403
    page = admin.page("/p/sommer/team")
    assert "Night shift" in page


def test_whoever_approves_by_rule_sees_all(town: Town, team_of_three: tuple[One, One, One]) -> None:
    chief = team_of_three[1]
    page = town.visitor("client_admin@sommer").page("/p/sommer/approvals/rules")
    assert str(chief.actor.id) not in page


def _waits(town: Town, one: One) -> None:
    with town.app.app_context(), transaction():
        db.session.add(
            DigestEntry(
                tenant_id=town.baker.id, account_id=one.actor.id, template="work_delivered",
                params={}, subject_id=None, created_at=now(),
            )
        )  # fmt: skip


def _waiting(town: Town, one: One) -> int:
    mine = select(func.count()).where(DigestEntry.account_id == one.actor.id)
    with town.app.app_context():
        return db.session.scalar(mine) or 0


def test_an_admins_digest_goes_with_the_role_not_with_the_sight(
    town: Town, team_of_three: tuple[One, One, One]
) -> None:
    own, admin = team_of_three[0], town.visitor("client_admin@sommer")
    address = f"/p/sommer/team/{own.membership_id}"
    admin.post(f"{address}/role", data={"role": "client_admin"})
    _waits(town, own)
    admin.post(f"{address}/sight", data={"sight": "own"})
    assert _waiting(town, own) == 1, "an admin sees everything all the same"
    admin.post(f"{address}/role", data={"role": "requester"})
    assert _waiting(town, own) == 0


def test_whoever_sees_only_a_part_by_now_blocks_no_rule(town: Town) -> None:
    late = somebody(town, sight=Sight.ALL, role=ClientRole.APPROVER)
    assert late.actor.id is not None
    line = Line(service_key="", from_minor=0, needed=1, approvers={late.actor.id: "Late"})
    rule_id = town.act(approving.add_rule, actor=ADMIN, line=line)
    try:
        with town.app.app_context(), transaction():
            letters.change_sight(
                actor=ADMIN, client=town.baker, membership_id=late.membership_id,
                sight=Sight.OWN, department="",
            )  # fmt: skip
        with in_scope(town.app, town.baker):
            (asked,) = approval_queries.matrix().lines
            admins = queries.members(town.baker.id, role=ClientRole.CLIENT_ADMIN)
            assert asked.approvers == {one.account_id for one in admins if one.accepted_at}
            assert asked.needed == 1
    finally:
        town.act(approving.remove_rule, actor=ADMIN, rule_id=rule_id)
        with town.app.app_context(), transaction():
            team.remove(actor=ADMIN, client=town.baker, membership_id=late.membership_id)
