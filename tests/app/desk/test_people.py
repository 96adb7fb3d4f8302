"""The provider's people: roles, closing, the last admin."""

import pyotp
import pytest
from flask import Flask
from sqlalchemy import update

from app.identity import staff
from app.identity.models import Account, StaffPosition
from app.identity.permissions import ClientRole, StaffRole
from app.identity.team import LastAdmin
from app.kernel.actor import SYSTEM
from app.kernel.clock import now
from tenants.context import TenantRef
from tenants.db import db, transaction
from tests.factories.people import (
    Browser,
    TestPerson,
    a_person,
    an_address,
    signed_in,
    with_second_factor,
)


def admin_browser(app: Flask, admin: TestPerson) -> Browser:
    secret, _ = with_second_factor(app, admin)
    browser = Browser(app)
    browser.sign_in(admin)
    answer = browser.post("/sign-in/code", {"code": pyotp.TOTP(secret).now()})
    assert answer.status_code == 303, answer.text
    return browser


@pytest.fixture
def admin(app: Flask) -> TestPerson:
    return a_person(app, name="Chefin", roles={StaffRole.ADMIN})


def test_operators_do_not_see_it(app: Flask, acme: TenantRef) -> None:
    operator = signed_in(app, a_person(app, roles={StaffRole.OPERATOR}))
    assert operator.get("/desk/people").status_code == 403
    member = signed_in(app, a_person(app, member_of={acme: ClientRole.CLIENT_ADMIN}))
    assert member.get("/desk/people").status_code == 404


def test_inviting_and_roles(app: Flask, admin: TestPerson) -> None:
    browser = admin_browser(app, admin)
    email = an_address("clerk")
    sent = {"email": email, "roles": ["operator", "team_lead"]}
    assert browser.post("/desk/people/invite", sent).status_code == 303
    page = browser.get("/desk/people").text
    assert email in page
    assert "Operator, Team lead" in page
    assert browser.post("/desk/people/invite", {"email": email}).status_code == 422
    lead = signed_in(app, a_person(app, roles={StaffRole.TEAM_LEAD}))
    assert lead.get("/desk/people").status_code == 200
    assert lead.post("/desk/people/invite", sent).status_code == 403


def test_closing_an_account(app: Flask, admin: TestPerson) -> None:
    browser = admin_browser(app, admin)
    clerk = a_person(app, roles={StaffRole.OPERATOR})
    theirs = signed_in(app, clerk)
    assert theirs.get("/account/").status_code == 200
    assert browser.post(f"/desk/people/{clerk.id}/disable").status_code == 303
    assert theirs.get("/account/").status_code == 302
    assert Browser(app).sign_in(clerk).status_code == 422
    assert browser.post(f"/desk/people/{clerk.id}/enable").status_code == 303
    assert Browser(app).sign_in(clerk).status_code == 303
    assert browser.post(f"/desk/people/{admin.id}/disable").status_code == 409


def test_a_client_s_people_are_not_staff(app: Flask, admin: TestPerson, acme: TenantRef) -> None:
    browser = admin_browser(app, admin)
    member = a_person(app, member_of={acme: ClientRole.REQUESTER})
    assert browser.get(f"/desk/people/{member.id}").status_code == 404
    assert browser.post(f"/desk/people/{member.id}/disable").status_code == 404


def test_a_lost_telephone(app: Flask, admin: TestPerson) -> None:
    browser = admin_browser(app, admin)
    clerk = a_person(app, roles={StaffRole.OPERATOR})
    with_second_factor(app, clerk)
    assert Browser(app).sign_in(clerk).location == "/sign-in/code"
    assert browser.post(f"/desk/people/{clerk.id}/forget-second-factor").status_code == 303
    assert Browser(app).sign_in(clerk).location == "/"


def test_the_last_admin_stays(app: Flask, admin: TestPerson) -> None:
    with app.app_context():
        # Inside one transaction that is given up: the other tests' admins stay.
        others = update(Account).where(
            Account.id != admin.id,
            Account.id.in_(
                db.select(StaffPosition.account_id).where(StaffPosition.role == StaffRole.ADMIN)
            ),
        )
        db.session.execute(others.values(disabled_at=now()))
        with pytest.raises(LastAdmin):
            staff.disable(actor=SYSTEM, account_id=admin.id)
        with pytest.raises(LastAdmin):
            staff.change_roles(
                actor=SYSTEM, account_id=admin.id, roles=frozenset({StaffRole.FINANCE})
            )
        db.session.rollback()
    with app.app_context(), transaction():
        roles = frozenset({StaffRole.FINANCE, StaffRole.ADMIN})
        staff.change_roles(actor=SYSTEM, account_id=admin.id, roles=roles)
