"""Nonsense from outside is refused with a page: never a traceback, never JSON for people."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, update
from sqlalchemy.exc import OperationalError

from app.identity.permissions import ClientRole, StaffRole
from app.identity.person import Person, Position
from app.kernel.clock import now
from app.work.models import WorkIndex
from app.work.rules import WorkStatus
from tenants.context import TenantRef, TenantState
from tenants.db import db, transaction
from tenants.models import Tenant

HUGE = 10**30


@pytest.fixture
def everybody(
    client: FlaskClient, app: Flask, acme: TenantRef, monkeypatch: pytest.MonkeyPatch
) -> FlaskClient:
    """Signed in with a role on both sides, so that every page reaches the database."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)  # noqa: FBT003
    member = Position(
        tenant_id=acme.id, slug=acme.slug, client_name=acme.name, role=ClientRole.CLIENT_ADMIN
    )
    person = Person(
        id=uuid4(), email="a@example.org", name="Ada", locale="en", zone="Europe/Berlin",
        session_id=uuid4(), fresh_at=now(), has_second_factor=True,
        staff_roles=frozenset({StaffRole.OPERATOR, StaffRole.TEAM_LEAD}), memberships=(member,),
    )  # fmt: skip
    monkeypatch.setattr("app.identity.sessions.find", lambda _: person)
    with client.session_transaction() as session:
        session["_user_id"] = "x"
    return client


def test_an_unknown_address_is_a_page(client: FlaskClient) -> None:
    answer = client.get("/no-such-page")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_an_expired_form_is_a_page_that_says_so(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"email": "x"}, headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert "expired" in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "/desk/?view=open&q=%00",
        "/desk/?view=open&service=%00",
        "/desk/palette?q=%00",
        "/p/acme/requests?words=%00",
        "/p/acme/requests/export.csv?service=%00",
        "/p/acme/order/%00/x",
        f"/p/acme/record?before={HUGE}",
    ],
)
def test_what_cannot_be_stored_is_refused(everybody: FlaskClient, address: str) -> None:
    answer = everybody.get(address)
    assert answer.status_code in (400, 404)
    assert answer.mimetype == "text/html"


def test_a_database_that_is_away_is_said_on_a_page(
    everybody: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    monkeypatch.setattr("app.work.desk_queries.page", away)
    answer = everybody.get("/desk/?view=open")
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert answer.headers["Retry-After"]


def test_the_page_that_says_so_needs_no_database_itself(
    everybody: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    # At the very first look, and whenever somebody asks again who is there.
    monkeypatch.setattr("app.web.tenancy.by_slug", away)
    monkeypatch.setattr("app.identity.sessions.find", away)
    for address in ("/p/acme/", "/desk/", "/account/"):
        answer = everybody.get(address)
        assert (answer.status_code, answer.mimetype) == (503, "text/html"), address


@pytest.mark.parametrize("name", ["endpoint", "_external", "_scheme", "_anchor", "values"])
def test_the_way_to_the_list_takes_only_filters_along(everybody: FlaskClient, name: str) -> None:
    answer = everybody.get(f"/desk/?{name}=x&q=rye")
    assert answer.status_code == 302
    assert answer.location == "/desk/?view=mine&q=rye"
    listed = everybody.get(f"/desk/?view=open&{name}=x&q=rye")
    assert listed.status_code == 200


@pytest.mark.parametrize("tenant_id", [HUGE, 0, -1, 99999])
def test_taking_an_item_of_no_client_is_no_mistake_of_ours(
    everybody: FlaskClient, tenant_id: int
) -> None:
    chosen = {"chosen": f"{tenant_id}:{uuid4()}", "deed": "take"}
    assert everybody.post("/desk/bulk", data=chosen).status_code == 422
    assert everybody.post("/desk/bulk/preview", data=chosen).status_code == 422


@pytest.fixture
def suspended(app: Flask, acme: TenantRef) -> Iterator[TenantRef]:
    def be(state: TenantState) -> None:
        with app.app_context(), transaction():
            db.session.execute(update(Tenant).where(Tenant.id == acme.id).values(state=state))

    be(TenantState.SUSPENDED)
    yield acme
    be(TenantState.READY)


def _row(client: TenantRef, item_id: UUID) -> WorkIndex:
    return WorkIndex(
        tenant_id=client.id, item_id=item_id, number="ACME-1", service_key="general_request",
        type_key="request", title="Held up", status=WorkStatus.NEW, priority=1, received_at=now(),
        urgent_at=now(), is_open=True, version=1,
    )  # fmt: skip


def test_work_of_a_suspended_client_is_neither_taken_nor_given(
    app: Flask, everybody: FlaskClient, suspended: TenantRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    item_id = uuid4()
    with app.app_context(), transaction():
        db.session.add(_row(suspended, item_id))
    chosen = {"chosen": f"{suspended.id}:{item_id}", "deed": "take"}
    assert "is suspended" in everybody.post("/desk/bulk/preview", data=chosen).text
    answer = everybody.post("/desk/bulk", data=chosen)
    assert answer.status_code == 303
    assert "is suspended" in everybody.get("/desk/?view=open").text
    with app.app_context(), transaction():
        db.session.execute(delete(WorkIndex).where(WorkIndex.item_id == item_id))

    offer = (suspended.id, uuid4(), {})
    monkeypatch.setattr("app.desk.getting_next.offers", lambda _actor: [offer])
    assert everybody.post("/desk/next").location == "/desk/?view=mine"


def test_the_address_of_a_form_read_as_a_page_says_what_to_do(client: FlaskClient) -> None:
    """Whoever loads the page again after a refusal is not left with a bare line of English."""
    answer = client.get("/sign-out", headers={"Accept-Language": "de"})
    assert (answer.status_code, answer.mimetype) == (405, "text/html")
    assert "POST" in answer.headers["Allow"]
    assert "Zur Startseite" in answer.text


@pytest.mark.parametrize(
    ("came_from", "leads_back"),
    [
        ("http://localhost/sign-in?next=/desk/", True),
        ("http://elsewhere.example/sign-in", False),
        ("http://localhost//elsewhere.example", False),
        ("", False),
    ],
)
def test_a_refusal_leads_back_to_a_page_of_ours_only(
    client: FlaskClient, came_from: str, *, leads_back: bool
) -> None:
    answer = client.get("/no-such-page", headers={"Referer": came_from})
    assert ("data-back" in answer.text) is leads_back
    assert "elsewhere.example" not in answer.text
