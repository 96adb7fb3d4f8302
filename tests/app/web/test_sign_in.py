"""Signing in by password and code, through real requests on a real database."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pyotp
import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters
from flask import Flask
from sqlalchemy import select

from app.identity.models import Account, SecurityEvent, WebSession
from app.identity.permissions import ClientRole, StaffRole
from app.kernel.clock import freeze, now
from app.web.session import safe_address
from config import Settings
from tenants.context import TenantRef
from tenants.db import db, transaction
from tests.conftest import another_app
from tests.factories.people import (
    PASSWORD,
    Browser,
    TestPerson,
    a_person,
    an_address,
    signed_in,
    with_second_factor,
)


@pytest.fixture
def ada(app: Flask, acme: TenantRef) -> TestPerson:
    return a_person(app, member_of={acme: ClientRole.REQUESTER})


def events(app: Flask, email: str) -> list[str]:
    with app.app_context():
        found = select(SecurityEvent.kind).where(SecurityEvent.email == email)
        return list(db.session.scalars(found.order_by(SecurityEvent.id)))


def test_password_leads_to_the_only_place(app: Flask, ada: TestPerson) -> None:
    browser = Browser(app)
    assert browser.get("/account/").location == "/sign-in?next=/account/"
    assert browser.sign_in(ada).status_code == 303
    assert browser.get("/").location == "/p/acme/"
    assert browser.get("/account/").status_code == 200
    assert events(app, ada.email) == ["signed_in"]


def test_a_wrong_password_says_little_and_is_remembered(app: Flask, ada: TestPerson) -> None:
    browser = Browser(app)
    wrong = browser.post("/sign-in", {"email": ada.email, "password": "something else"})
    unknown = browser.post("/sign-in", {"email": an_address(), "password": "something else"})
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    told = [re.search(r"alert-danger.*?</div>", page.text, re.DOTALL) for page in (wrong, unknown)]
    assert told[0] is not None
    assert told[1] is not None
    assert told[0][0] == told[1][0]
    # The request rolled back; the event did not.
    assert events(app, ada.email) == ["sign_in_refused"]
    assert browser.get("/account/").status_code == 302


def test_an_unknown_account_costs_as_much(
    app: Flask, ada: TestPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or its time would tell who has one: each is one look at a hash of the same parameters."""
    costs: list[Parameters] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
            costs.append(extract_parameters(str(hash)))
            return super().verify(hash, password)

    monkeypatch.setattr("app.identity.passwords._hasher", Counting(2, 19 * 1024, 1))
    for email in (ada.email, an_address()):
        answer = Browser(app).post("/sign-in", {"email": email, "password": "something else"})
        assert answer.status_code == 422
    known, unknown = costs
    assert known == unknown


def test_too_many_attempts_at_one_account(app: Flask, ada: TestPerson) -> None:
    for _ in range(10):
        wrong = Browser(app).post("/sign-in", {"email": ada.email, "password": "wrong"})
        assert wrong.status_code == 422
    answer = Browser(app).sign_in(ada)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 601
    assert "Too many attempts" in answer.text


def test_too_many_attempts_from_one_place(app: Flask) -> None:
    browser = Browser(app)
    statuses = []
    # The window is a minute of the clock on the wall: a minute that ends on the way begins anew.
    while 429 not in statuses and len(statuses) < 122:
        answer = browser.post("/sign-in", {"email": an_address(), "password": ""})
        statuses.append(answer.status_code)
    assert set(statuses) == {422, 429}
    assert len(statuses) > 60


def test_a_disabled_account_is_out_at_once(app: Flask, ada: TestPerson) -> None:
    browser = signed_in(app, ada)
    with app.app_context(), transaction():
        account = db.session.get(Account, ada.id)
        assert account is not None
        account.disabled_at = now()
    assert browser.get("/account/").location == "/sign-in?next=/account/"
    assert Browser(app).sign_in(ada).status_code == 422


def test_without_a_csrf_token_nothing_is_taken(app: Flask, ada: TestPerson) -> None:
    browser = Browser(app)
    answer = browser.http.post(
        "/sign-in",
        data={"email": ada.email, "password": PASSWORD},
        base_url=browser.base_url,
        environ_overrides={"REMOTE_ADDR": browser.ip},
    )
    assert answer.status_code == 400
    assert browser.get("/account/").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "http:evil.example",
        "\\\\evil.example",
        "",
        "/a\r\nSet-Cookie: x=1",
    ],
)
def test_other_sites_are_no_next_page(app: Flask, ada: TestPerson, target: str) -> None:
    assert safe_address(target) == "/"
    assert Browser(app).sign_in(ada, next=target).location == "/"


def test_a_page_of_ours_is_the_next_page(app: Flask, ada: TestPerson) -> None:
    assert Browser(app).sign_in(ada, next="/p/acme/team?x=1").location == "/p/acme/team?x=1"


def test_cookie_flags(app: Flask, ada: TestPerson) -> None:
    cookie = Browser(app).sign_in(ada).headers["Set-Cookie"]
    assert cookie.startswith("kontor=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_a_page_that_only_reads_sends_no_cookie(app: Flask, ada: TestPerson) -> None:
    """Else a slow page takes back what a quicker answer has put into the session: a message."""
    browser = Browser(app)
    browser.sign_in(ada)
    assert "Set-Cookie" not in browser.get("/account/").headers


def test_a_new_token_at_each_sign_in(app: Flask, ada: TestPerson) -> None:
    browser = Browser(app)

    def token() -> str | None:
        with browser.http.session_transaction(base_url=browser.base_url) as session:
            return session.get("_user_id")

    browser.sign_in(ada)
    first = token()
    browser.sign_in(ada)
    assert first is not None
    assert token() not in {None, first}
    with app.app_context():
        mine = select(WebSession).where(WebSession.account_id == ada.id)
        assert [one.revoked_at is None for one in db.session.scalars(mine.order_by(WebSession.id))]
        assert len([one for one in db.session.scalars(mine) if one.revoked_at is None]) == 1


def test_idle_and_old_sessions_end(app: Flask, ada: TestPerson) -> None:
    browser = signed_in(app, ada)
    with freeze(now() + timedelta(hours=7)):
        assert browser.get("/account/").status_code == 200
    with freeze(now() + timedelta(hours=14)):
        assert browser.get("/account/").status_code == 200
    with freeze(now() + timedelta(hours=23)):
        assert browser.get("/account/").status_code == 302
    browser = signed_in(app, ada)
    seen = set()
    for times in range(1, 24):
        with freeze(now() + timedelta(hours=7 * times)):
            seen.add(browser.get("/account/").status_code)
    assert seen == {200}
    with freeze(now() + timedelta(days=7, seconds=5)):
        assert browser.get("/account/").status_code == 302


def test_sign_out(app: Flask, ada: TestPerson) -> None:
    browser = signed_in(app, ada)
    with browser.http.session_transaction(base_url=browser.base_url) as session:
        token = session["_user_id"]
    browser.post("/sign-out")
    assert browser.get("/account/").status_code == 302
    with browser.http.session_transaction(base_url=browser.base_url) as session:
        session["_user_id"] = token  # a stolen copy of the cookie counts no more
    assert browser.get("/account/").status_code == 302


def test_the_browser_s_language_before_signing_in(app: Flask) -> None:
    german = Browser(app).get("/sign-in", headers={"Accept-Language": "de-AT,de;q=0.9"})
    assert '<html lang="de"' in german.text
    assert "Accept-Language" in german.headers["Vary"]


class TestSecondFactor:
    """One-time codes and recovery codes."""

    def test_a_code_counts_once(self, app: Flask, ada: TestPerson) -> None:
        secret, _ = with_second_factor(app, ada)
        moment = now()
        code = pyotp.TOTP(secret).at(moment)
        with freeze(moment):
            browser = Browser(app)
            assert browser.sign_in(ada).location == "/sign-in/code"
            assert browser.get("/account/").status_code == 302  # half signed in is not signed in
            wrong = browser.post("/sign-in/code", {"code": "000000"})
            assert wrong.status_code == 422
            assert browser.post("/sign-in/code", {"code": code}).status_code == 303
            assert browser.get("/account/").status_code == 200
            again = Browser(app)
            again.sign_in(ada)
            assert again.post("/sign-in/code", {"code": code}).status_code == 422
        assert events(app, ada.email) == ["second_step_refused", "signed_in", "second_step_refused"]

    def test_a_recovery_code_counts_once(self, app: Flask, ada: TestPerson) -> None:
        _, codes = with_second_factor(app, ada)
        browser = Browser(app)
        browser.sign_in(ada)
        typed = codes[3].upper().replace("-", " ")
        assert browser.post("/sign-in/code", {"code": typed}).status_code == 303
        assert "9 recovery codes are left" in browser.get("/account/").text
        again = Browser(app)
        again.sign_in(ada)
        assert again.post("/sign-in/code", {"code": codes[3]}).status_code == 422
        assert again.post("/sign-in/code", {"code": codes[4]}).status_code == 303

    def test_the_second_step_waits_ten_minutes(self, app: Flask, ada: TestPerson) -> None:
        secret, _ = with_second_factor(app, ada)
        browser = Browser(app)
        browser.sign_in(ada)
        later = now() + timedelta(minutes=11)
        with freeze(later):
            answer = browser.post("/sign-in/code", {"code": pyotp.TOTP(secret).at(later)})
        assert answer.status_code == 422
        assert "took too long" in answer.text

    def test_guessing_codes_is_limited(self, app: Flask, ada: TestPerson) -> None:
        with_second_factor(app, ada)
        browser = Browser(app)
        browser.sign_in(ada)
        answers = [browser.post("/sign-in/code", {"code": "123456"}) for _ in range(7)]
        assert [answer.status_code for answer in answers] == [422] * 6 + [429]

    def test_whoever_knows_the_password_does_not_guess_on_by_starting_again(
        self, app: Flask, ada: TestPerson
    ) -> None:
        secret, _ = with_second_factor(app, ada)
        statuses = []
        for _ in range(4):
            browser = Browser(app)
            browser.sign_in(ada)
            wrong = [browser.post("/sign-in/code", {"code": "123456"}) for _ in range(5)]
            statuses += [answer.status_code for answer in wrong]
        assert statuses == [422] * 12 + [429] * 8
        assert browser.post("/sign-in/code", {"code": pyotp.TOTP(secret).now()}).status_code == 429

    def test_admins_must_have_one(self, app: Flask) -> None:
        admin = a_person(app, roles={StaffRole.ADMIN})
        browser = signed_in(app, admin)
        for path in ("/", "/desk/people"):
            assert browser.get(path).location == "/account/second-factor"
        page = browser.get("/account/second-factor").text
        assert "<svg" in page
        assert "style=" not in page
        found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
        assert found is not None
        secret = found[1].replace(" ", "")
        answer = browser.post("/account/second-factor", {"code": pyotp.TOTP(secret).now()})
        assert answer.status_code == 200
        codes = re.findall(r"<li><code>([a-z0-9]{5}-[a-z0-9]{5})</code>", answer.text)
        assert len(codes) == 10
        assert codes[0] not in browser.get("/account/").text
        assert browser.get("/desk/people").status_code == 200
        # The codes are kept hashed.
        with app.app_context():
            dump = str(db.session.execute(db.text("select * from provider.recovery_code")).all())
        assert codes[0] not in dump
        assert codes[0].replace("-", "") not in dump

    def test_switching_off_asks_for_the_password_again(self, app: Flask, ada: TestPerson) -> None:
        secret, _ = with_second_factor(app, ada)
        browser = Browser(app)
        browser.sign_in(ada)
        browser.post("/sign-in/code", {"code": pyotp.TOTP(secret).now()})
        with freeze(now() + timedelta(minutes=20)):
            asked = browser.post("/account/second-factor/off")
            assert asked.location.startswith("/account/confirm")
            assert browser.post("/account/confirm", {"password": "no"}).status_code == 422
            browser.post("/account/confirm", {"password": PASSWORD})
            assert browser.post("/account/second-factor/off").location == "/account/"
        assert Browser(app).sign_in(ada).location == "/"


@pytest.mark.usefixtures("app")
def test_behind_https_the_cookie_is_bound_to_the_host(settings: Settings) -> None:
    https = replace(settings, base_url="https://kontor.example")
    with another_app(https, back=settings) as secure:
        answer = secure.test_client().get("/sign-in", base_url="https://kontor.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-kontor=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
