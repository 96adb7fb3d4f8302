"""People for the tests, and a browser without a screen that signs them in."""

import re
import secrets
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.identity import accounts, second_factor, staff, team
from app.identity.permissions import ClientRole, StaffRole
from app.identity.queries import account
from tenants.context import TenantRef
from tenants.db import transaction

PASSWORD = "kran-wolke-siebzehn"
_CSRF = re.compile(r'name="csrf-token" content="([^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPerson:
    """Somebody with an account."""

    __test__ = False

    id: UUID
    email: str
    password: str = PASSWORD


def an_address(name: str = "person") -> str:
    """A mail address nobody else has."""
    return f"{name}.{secrets.token_hex(4)}@example.com"


def a_person(
    app: Flask,
    *,
    name: str = "Ada Krüger",
    locale: str = "en",
    roles: frozenset[StaffRole] | set[StaffRole] = frozenset(),
    member_of: dict[TenantRef, ClientRole] | None = None,
    email: str | None = None,
) -> TestPerson:
    """An account with roles; outside any scope."""
    email = email or an_address()
    with app.app_context(), transaction():
        account_id = accounts.create(email=email, name=name, password=PASSWORD, locale=locale)
        if roles:
            staff.give_roles(account_id=account_id, roles=frozenset(roles))
        for client, role in (member_of or {}).items():
            team.add_member(account_id=account_id, client=client, role=role)
    return TestPerson(id=account_id, email=email)


def with_second_factor(app: Flask, person: TestPerson) -> tuple[str, list[str]]:
    """Switch the second factor on; gives the secret and the recovery codes."""
    import pyotp

    nonce = secrets.token_bytes(32)
    with app.app_context(), transaction():
        secret = second_factor.secret(person.id, nonce)
        codes = second_factor.enrol(
            account_id=person.id, nonce=nonce, code=pyotp.TOTP(secret).now()
        )
        # The code of enrolling is used up; the tests need one of now.
        account(person.id).totp_last_step = 0
    return secret, codes


@dataclass
class Browser:
    """A Flask client that sends the CSRF token of the last page and has an address of its own."""

    app: Flask
    base_url: str = "http://127.0.0.1:8000"
    http: FlaskClient = field(init=False)
    ip: str = field(init=False)

    def __post_init__(self) -> None:
        self.http = self.app.test_client()
        self.ip = "10." + ".".join(str(part) for part in secrets.token_bytes(3))

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.http.get(path, **self._common(options))

    def post(self, path: str, data: Any = None, **options: Any) -> TestResponse:
        return self.http.post(
            path, data={"csrf_token": self.csrf(), **(data or {})}, **self._common(options)
        )

    def csrf(self) -> str:
        found = _CSRF.search(self.get("/sign-in").text)
        assert found is not None
        return found[1]

    def sign_in(self, person: TestPerson, *, next: str = "/") -> TestResponse:  # noqa: A002
        return self.post(
            "/sign-in", {"email": person.email, "password": person.password, "next": next}
        )

    def _common(self, options: dict[str, Any]) -> dict[str, Any]:
        headers = {"Accept-Language": "en", **options.pop("headers", {})}
        environ = {"REMOTE_ADDR": self.ip, **options.pop("environ_overrides", {})}
        return {
            "base_url": self.base_url,
            "headers": headers,
            "environ_overrides": environ,
            **options,
        }


def signed_in(app: Flask, person: TestPerson) -> Browser:
    """A browser in which this person is signed in."""
    browser = Browser(app)
    answer = browser.sign_in(person)
    assert answer.status_code == 303, answer.text
    return browser
