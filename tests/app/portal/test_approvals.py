"""A client's approvals: matrix, two of n, substitutes, and who keeps the rules."""

from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, select

from app.identity import queries as people
from app.messages.mail_models import Mail
from app.work import approval_queries, queries, subscribers
from app.work.approval_models import (
    Approval,
    ApprovalRule,
    ApprovalRulePerson,
    ApprovalSubstitute,
)
from app.work.events import WorkDelivered
from app.work.rules import WorkStatus
from config import Settings
from tenants.db import db, transaction
from tests.conftest import in_scope
from tests.factories import portal_town
from tests.factories.portal_town import Town

ODD_AMOUNTS = ("NaN", "Infinity", "1e9999999", "9" * 40)
"""Numbers that no column holds, and some that are none."""


@pytest.fixture(scope="session")
def town(app: Flask, settings: Settings) -> Town:
    return portal_town.build(app, settings)


@pytest.fixture(autouse=True)
def no_rules_left(town: Town) -> Iterator[None]:
    yield
    with in_scope(town.app, town.baker), transaction():
        for table in (ApprovalRulePerson, ApprovalRule, ApprovalSubstitute, Approval):
            db.session.execute(delete(table))


def member(town: Town, role: str) -> UUID:
    with in_scope(town.app, town.baker):
        return next(
            one.account_id for one in people.members(town.baker.id) if one.role.value == role
        )


def rule(town: Town, *roles: str, needed: int = 1, amount: str = "0") -> str:
    sent = {
        "service": "", "from_amount": amount, "needed": str(needed),
        "approvers": [str(member(town, role)) for role in roles],
    }  # fmt: skip
    answer = town.visitor("client_admin@sommer").post("/p/sommer/approvals/rules", data=sent)
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
    return "/p/sommer/approvals/rules"


def status(town: Town, item_id: UUID) -> WorkStatus:
    with in_scope(town.app, town.baker):
        return queries.item(item_id).status


def test_two_of_two_accept_together(town: Town) -> None:
    rule(town, "approver", "client_admin", needed=2)
    item_id = town.order("Two signatures", to="delivered")
    approver, admin = town.visitor("approver@sommer"), town.visitor("client_admin@sommer")
    assert "Two signatures" in approver.page("/p/sommer/approvals")
    look = f"/p/sommer/approvals/{item_id}"
    assert "2 approvals are needed." in approver.page(look)
    approver.post(look)
    assert status(town, item_id) is WorkStatus.DELIVERED
    assert "Two signatures" not in approver.page("/p/sommer/approvals")
    assert approver.post(look).status_code == HTTPStatus.FORBIDDEN
    assert "Sommer Approver" in admin.page(look)
    admin.post(look)
    assert status(town, item_id) is WorkStatus.ACCEPTED


def test_the_other_doors_ask_for_the_same_approval(town: Town) -> None:
    rule(town, "client_admin")
    item_id = town.order(to="delivered")
    answer = town.visitor("approver@sommer").post(f"/p/sommer/requests/{item_id}/accept")
    assert answer.status_code == HTTPStatus.FORBIDDEN
    town.visitor("client_admin@sommer").post(f"/p/sommer/requests/{item_id}/accept")
    assert status(town, item_id) is WorkStatus.ACCEPTED


def test_below_the_amount_one_acceptance_is_enough(town: Town) -> None:
    rule(town, "client_admin", amount="1000.00")
    item_id = town.order(to="delivered")
    town.visitor("approver@sommer").post(f"/p/sommer/requests/{item_id}/accept")
    assert status(town, item_id) is WorkStatus.ACCEPTED


def test_a_dated_substitute_approves(town: Town) -> None:
    address = rule(town, "client_admin")
    item_id = town.order("While away", to="delivered")
    with in_scope(town.app, town.baker):
        today = approval_queries.today()
    sent = {
        "account_id": str(member(town, "client_admin")),
        "substitute_id": str(member(town, "approver")),
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=3)).isoformat(),
    }
    substitutes = "/p/sommer/approvals/substitutes"
    approver = town.visitor("approver@sommer")
    assert approver.post(substitutes, data=sent).status_code == HTTPStatus.FORBIDDEN
    town.visitor("client_admin@sommer").post(substitutes, data=sent)
    assert "Sommer Approver" in approver.page(address)
    assert "as a substitute" in approver.page(f"/p/sommer/approvals/{item_id}")
    approver.post(f"/p/sommer/approvals/{item_id}")
    assert status(town, item_id) is WorkStatus.ACCEPTED


def test_a_complaint_makes_earlier_approvals_void(town: Town) -> None:
    rule(town, "approver", "client_admin", needed=2)
    item_id = town.order(to="delivered")
    town.visitor("approver@sommer").post(f"/p/sommer/approvals/{item_id}")
    town.visitor("client_admin@sommer").post(
        f"/p/sommer/requests/{item_id}/complaint", data={"reason": "Not this oven."}
    )
    with in_scope(town.app, town.baker):
        assert not approval_queries.given(item_id)


def test_who_is_asked_gets_a_mail_with_the_link(town: Town) -> None:
    rule(town, "client_admin")
    item_id = town.order(to="delivered")
    event = WorkDelivered(item_id=item_id, number="SOM-1", requester_id=None)
    town.act(subscribers.tell_of_the_delivery, event=event)
    with in_scope(town.app, town.baker):
        query = select(Mail).where(Mail.subject_id == item_id, Mail.template == "approval_wanted")
        (mail,) = db.session.scalars(query).all()
    assert mail.recipient == "client_admin@sommer.example"
    assert mail.params["path"] == f"/p/sommer/approvals/{item_id}"


def test_what_makes_no_rule_comes_back(town: Town) -> None:
    admin, address = town.visitor("client_admin@sommer"), "/p/sommer/approvals/rules"
    one = [str(member(town, "approver"))]
    for faulty in (
        {"from_amount": "0", "needed": "1"},
        {"from_amount": "0", "needed": "2", "approvers": one},
        {"from_amount": "much", "needed": "1", "approvers": one},
        {"from_amount": "-5", "needed": "1", "approvers": one},
        *({"from_amount": odd, "needed": "1", "approvers": one} for odd in ODD_AMOUNTS),
    ):
        assert admin.post(address, data=faulty).status_code == 422
    refused = town.visitor("approver@sommer").post(address, data={"approvers": one})
    assert refused.status_code == HTTPStatus.FORBIDDEN


def test_a_rule_that_is_removed_asks_no_more(town: Town) -> None:
    address = rule(town, "client_admin")
    with in_scope(town.app, town.baker):
        (view,) = approval_queries.rules()
    town.visitor("client_admin@sommer").post(f"{address}/{view.rule.id}/remove")
    item_id = town.order(to="delivered")
    town.visitor("approver@sommer").post(f"/p/sommer/requests/{item_id}/accept")
    assert status(town, item_id) is WorkStatus.ACCEPTED
