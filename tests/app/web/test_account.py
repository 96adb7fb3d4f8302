"""One's own account: profile, password, browsers; invitations and new passwords by mail."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.identity.models import Account, SecurityEvent
from app.identity.permissions import ClientRole, StaffRole
from app.kernel.actor import SYSTEM
from app.kernel.clock import freeze, now
from app.messages import letters, mail
from app.messages.mail_models import Mail
from tenants.context import TenantRef
from tenants.db import db, transaction
from tests.factories.people import (
    PASSWORD,
    Browser,
    TestPerson,
    a_person,
    an_address,
    signed_in,
)

NEW = "lampe-fahrrad-neunzehn"


@pytest.fixture
def ada(app: Flask, acme: TenantRef) -> TestPerson:
    return a_person(app, member_of={acme: ClientRole.REQUESTER})


def newest_mail(app: Flask, email: str) -> tuple[str, str]:
    """Template and link of the newest mail to somebody."""
    with app.app_context():
        row = db.session.scalars(
            select(Mail).where(Mail.recipient == email).order_by(Mail.id.desc()).limit(1)
        ).one()
        return row.template, mail.text_of(row).link.removeprefix("http://127.0.0.1:8000")


def test_profile(app: Flask, ada: TestPerson) -> None:
    browser = signed_in(app, ada)
    form = {"name": "Ada  K.", "locale": "de", "zone": "Asia/Tokyo", "theme": "dark"}
    saved = browser.post("/account/profile", form)
    assert "kontor_theme=dark" in " ".join(saved.headers.getlist("Set-Cookie"))
    page = browser.get("/account/", headers={"Accept-Language": "en"}).text
    assert '<html lang="de" data-bs-theme="dark" data-keys-off>' in page
    with app.app_context():
        account = db.session.get(Account, ada.id)
        assert account is not None
        assert (account.name, account.zone) == ("Ada K.", "Asia/Tokyo")
        assert account.preferences == {"theme": "dark", "shortcuts": False}


def test_a_faulty_profile_changes_nothing(app: Flask, ada: TestPerson) -> None:
    browser = signed_in(app, ada)
    form = {"name": "Other", "locale": "fr", "zone": "Mars/Base", "theme": "dark"}
    answer = browser.post("/account/profile", form)
    assert answer.status_code == 422
    assert "This time zone is not known." in answer.text
    with app.app_context():
        account = db.session.get(Account, ada.id)
        assert account is not None
        assert account.name == "Ada Krüger"


def test_the_team_sees_a_new_name(app: Flask, ada: TestPerson, acme: TenantRef) -> None:
    form = {"name": "Ada Lovelace", "locale": "de", "zone": "Europe/Berlin", "theme": "light"}
    signed_in(app, ada).post("/account/profile", form)
    admin = a_person(app, member_of={acme: ClientRole.CLIENT_ADMIN})
    assert "Ada Lovelace" in signed_in(app, admin).get("/p/acme/team").text


def test_another_password_signs_other_browsers_out(app: Flask, ada: TestPerson) -> None:
    here, there = signed_in(app, ada), signed_in(app, ada)
    form = {"current": "wrong", "password": NEW, "again": NEW}
    assert here.post("/account/password", form).status_code == 422
    assert there.get("/account/").status_code == 200
    weak = {"current": PASSWORD, "password": "Passwort2026", "again": "Passwort2026"}
    assert "among the first" in here.post("/account/password", weak).text
    assert here.post("/account/password", form | {"current": PASSWORD}).status_code == 303
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302
    assert Browser(app).sign_in(ada).status_code == 422
    assert newest_mail(app, ada.email)[0] == "password_changed"


def test_one_browser_and_all_browsers(app: Flask, ada: TestPerson, acme: TenantRef) -> None:
    here, there, third = (signed_in(app, ada) for _ in range(3))
    found = re.findall(r"/account/sessions/([0-9a-f-]{36})/revoke", here.get("/account/").text)
    assert len(found) == 2
    stranger = signed_in(app, a_person(app, member_of={acme: ClientRole.REQUESTER}))
    assert stranger.post(f"/account/sessions/{found[0]}/revoke").status_code == 404
    assert here.post(f"/account/sessions/{found[0]}/revoke").status_code == 303
    assert sorted(one.get("/account/").status_code for one in (there, third)) == [200, 302]
    assert here.post("/account/sessions/revoke-all").location == "/sign-in"
    assert {one.get("/account/").status_code for one in (here, there, third)} == {302}


class TestInvitation:
    """By mail link, once, for seven days."""

    def invite(self, app: Flask, client: TenantRef, email: str) -> str:
        with app.app_context(), transaction():
            letters.invite_member(
                actor=SYSTEM, client=client, email=email, role=ClientRole.APPROVER
            )
        template, link = newest_mail(app, email)
        assert template == "invitation"
        return link

    def test_a_new_person(self, app: Flask, acme: TenantRef) -> None:
        email = an_address("new")
        link = self.invite(app, acme, f" {email.upper()} ".strip().lower())
        browser = Browser(app)
        assert browser.get(link).location == "/sign-in/welcome"
        page = browser.get("/sign-in/welcome").text
        assert "Acme GmbH" in page
        assert email in page
        form = {"name": "Neue Person", "password": NEW, "again": "x"}
        assert browser.post("/sign-in/welcome", form).status_code == 422
        assert browser.post("/sign-in/welcome", form | {"again": NEW}).location == "/sign-in"
        assert browser.get(link).status_code == 404
        person = TestPerson(id=SYSTEM.id or acme.id, email=email, password=NEW)  # type: ignore[arg-type]
        assert browser.sign_in(person).status_code == 303
        assert browser.get("/").location == "/p/acme/"

    def test_it_expires(self, app: Flask, acme: TenantRef) -> None:
        link = self.invite(app, acme, an_address())
        with freeze(now() + timedelta(days=7, minutes=1)):
            answer = Browser(app).get(link)
        assert answer.status_code == 404
        assert "no longer valid" in answer.text

    def test_a_tampered_link(self, app: Flask, acme: TenantRef) -> None:
        link = self.invite(app, acme, an_address())
        for wrong in (link[:-4] + "AAAA", link[:40], link + "AAAA", "/sign-in/invitation/ä"):
            assert Browser(app).get(wrong).status_code == 404
        assert Browser(app).get(link.replace("invitation", "reset")).status_code == 404

    def test_a_second_invitation_replaces_the_first(self, app: Flask, acme: TenantRef) -> None:
        email = an_address()
        first, second = self.invite(app, acme, email), self.invite(app, acme, email)
        assert Browser(app).get(first).status_code == 404
        assert Browser(app).get(second).status_code == 302

    def test_who_has_an_account_accepts(self, app: Flask, ada: TestPerson, bolt: TenantRef) -> None:
        link = self.invite(app, bolt, ada.email)
        browser = signed_in(app, ada)
        assert browser.get("/p/bolt/team").status_code == 404  # not before it is accepted
        browser.get(link)
        assert "You have an account already" in browser.get("/sign-in/welcome").text
        assert browser.post("/sign-in/welcome").status_code == 303
        assert "Bolt" in browser.get("/").text  # two clients: a choice
        assert browser.get(link).status_code == 404

    def test_the_word_is_in_no_table(self, app: Flask, acme: TenantRef) -> None:
        link = self.invite(app, acme, an_address())
        word = link.rsplit("/", 1)[1]
        with app.app_context():
            for table in ("mail", "action_token", "job"):
                rows = db.session.execute(db.text(f"select * from provider.{table}"))
                assert word not in str(rows.all())

    def test_for_the_desk(self, app: Flask) -> None:
        email = an_address()
        with app.app_context(), transaction():
            roles = frozenset({StaffRole.OPERATOR})
            letters.invite_colleague(actor=SYSTEM, email=email, roles=roles, locale="en")
        template, link = newest_mail(app, email)
        assert template == "staff_invitation"
        browser = Browser(app)
        browser.get(link)
        browser.post("/sign-in/welcome", {"name": "Otto", "password": NEW, "again": NEW})
        browser.post("/sign-in", {"email": email, "password": NEW})
        assert browser.get("/").location == "/desk/"


class TestReset:
    """A new password by mail."""

    def test_link(self, app: Flask, ada: TestPerson) -> None:
        old = signed_in(app, ada)
        browser = Browser(app)
        told = browser.post("/sign-in/forgotten", {"email": ada.email}).text
        stranger = browser.post("/sign-in/forgotten", {"email": an_address()}).text
        hide = re.compile(r'content="[^"]+"|value="[^"]+"|nonce="[^"]+"')
        assert hide.sub("", told) == hide.sub("", stranger)
        template, link = newest_mail(app, ada.email)
        assert template == "reset"
        assert browser.get(link).location == "/sign-in/new-password"
        short = {"password": "short", "again": "short"}
        assert browser.post("/sign-in/new-password", short).status_code == 422
        form = {"password": NEW, "again": NEW}
        assert browser.post("/sign-in/new-password", form).location == "/sign-in"
        assert browser.get(link).status_code == 404
        assert old.get("/account/").status_code == 302
        assert (
            Browser(app).post("/sign-in", {"email": ada.email, "password": NEW}).status_code == 303
        )

    def test_it_lasts_an_hour(self, app: Flask, ada: TestPerson) -> None:
        browser = Browser(app)
        browser.post("/sign-in/forgotten", {"email": ada.email})
        _, link = newest_mail(app, ada.email)
        with freeze(now() + timedelta(minutes=61)):
            assert browser.get(link).status_code == 404

    def test_nobody_is_flooded(self, app: Flask, ada: TestPerson) -> None:
        answers = [
            Browser(app).post("/sign-in/forgotten", {"email": ada.email}).status_code
            for _ in range(4)
        ]
        assert answers == [200, 200, 200, 429]


def test_events_are_never_changed(app: Flask, ada: TestPerson) -> None:
    signed_in(app, ada)
    with app.app_context(), pytest.raises(Exception, match="permission denied"), transaction():
        db.session.execute(
            db.update(SecurityEvent)
            .values(kind="nothing")
            .execution_options(synchronize_session=False)
        )
