"""`kontor accounts` and `kontor tokens`."""

import json

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from app.cli.house import House
from app.cli.main import main
from app.identity import tokens
from config import Settings
from tenants.context import TenantRef
from tests.factories.people import an_address


@pytest.fixture
def house(app: Flask, settings: Settings) -> House:
    house = House()
    vars(house).update(app=app, settings=settings)
    return house


def kontor(house: House, *words: str) -> Result:
    return CliRunner().invoke(main, words, obj=house)


def test_inviting(house: House, acme: TenantRef) -> None:
    email = an_address()
    done = kontor(house, "accounts", "invite", email, "--client", "acme", "--role", "approver")
    assert done.exit_code == 0, done.output
    shown = kontor(house, "accounts", "list", "--client", "acme", "--json")
    rows = {row["email"]: row for row in json.loads(shown.output)}
    assert rows[email] == {"email": email, "name": "", "role": "approver", "state": "invited"}
    clerk = an_address()
    assert kontor(house, "accounts", "invite", clerk, "--staff", "operator").exit_code == 0
    assert clerk in kontor(house, "accounts", "list").output


def test_refusals(house: House) -> None:
    assert kontor(house, "accounts", "invite", "x@example.com").exit_code == 2
    nobody = kontor(
        house, "accounts", "invite", "x@example.com", "--client", "nope", "--role", "approver"
    )
    assert nobody.exit_code == 1
    assert "no such client" in nobody.output
    wrong = kontor(house, "accounts", "invite", "not an address", "--staff", "operator")
    assert wrong.exit_code == 1
    assert "mail address" in wrong.output


def test_tokens(house: House, app: Flask, acme: TenantRef) -> None:
    made = kontor(
        house, "tokens", "create", "--client", "acme", "--scope", "work:read",
        "--scope", "work:write",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    word = made.output.strip()
    with app.app_context():
        found = tokens.actor_for(word)
        assert found is not None
        assert found[1].id == acme.id
    assert word not in kontor(house, "tokens", "list", "--client", "acme").output
    assert kontor(house, "tokens", "revoke", word, "--client", "bolt").exit_code == 1
    assert kontor(house, "tokens", "revoke", word, "--client", "acme").exit_code == 0
    with app.app_context():
        assert tokens.actor_for(word) is None
    assert kontor(house, "tokens", "revoke", "nonsense", "--client", "acme").exit_code == 2
