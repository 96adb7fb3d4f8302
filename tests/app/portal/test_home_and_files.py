"""The first page, documents, the record; and a client that is suspended."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text as sql

from app.catalogue.steps import ResultDocument, StepResult
from app.documents import actions as documents
from app.identity import tokens
from app.identity.permissions import CLIENT_PERMISSIONS, ClientRole
from app.kernel.actor import SYSTEM, Actor, Side
from app.kernel.ids import new_id
from app.portal.figures import months_back
from app.work import queries
from app.work.actions import automation, handling, orders
from app.work.actions.orders import Order
from tenants.db import db, transaction
from tests.conftest import in_scope
from tests.factories.portal_town import Town
from tests.factories.portal_visitor import PDF, Visitor, upload

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def test_months_are_counted_over_new_year():
    assert months_back(date(2027, 2, 28), 5) == date(2026, 9, 1)
    assert months_back(date(2026, 12, 31), -1) == date(2027, 1, 1)


def test_a_new_client_is_led_to_its_first_order(town: Town, stranger: Visitor):
    text = stranger.page("/p/kern/")
    assert "Good day, Kern Client Admin" in text
    assert "Order your first work" in text
    assert "Done per month" not in text


@pytest.fixture
def letter(town: Town):
    """A stored file that belongs to a request."""
    document = town.act(documents.store, actor=SYSTEM, name="Brief „süß“.pdf", content=PDF)
    town.act(
        orders.open_items,
        actor=SYSTEM,
        order=Order(
            service_key="general_request",
            type_key="request",
            payload={"subject": "With a letter", "description": "Read it, please."},
            document_ids=[document],
        ),
    )
    return document


@pytest.mark.usefixtures("letter")
def test_home_shows_cards_months_and_latest(requester: Visitor, admin: Visitor):
    text = requester.page("/p/sommer/")
    for part in ("Open requests", "Waiting for you", "Done in time", "Your requests", "<svg"):
        assert part in text
    assert "Cost in" not in text
    assert "Cost in" in admin.page("/p/sommer/")


def test_documents_are_listed_found_and_come_as_downloads(requester: Visitor, letter):
    assert "Brief „süß“.pdf" in requester.page("/p/sommer/documents")
    assert "Brief „süß“.pdf" in requester.page("/p/sommer/documents?words=brief&kind=handed-in")
    assert "Nothing fits this filter" in requester.page("/p/sommer/documents?words=nonsense")
    assert requester.get("/p/sommer/documents?kind=nonsense").status_code == 404
    answer = requester.get(f"/p/sommer/documents/{letter}/content")
    assert answer.data == PDF
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert (
        "filename*=UTF-8''Brief%20%E2%80%9Es%C3%BC%C3%9F%E2%80%9C.pdf"
        in (answer.headers["Content-Disposition"])
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]


def test_only_harmless_types_are_shown_in_the_page(town: Town, requester: Visitor, letter):
    shown = requester.get(f"/p/sommer/documents/{letter}/content?inline=1")
    assert shown.mimetype == "application/pdf"
    assert shown.headers["Content-Disposition"].startswith("inline; ")
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    active = town.act(documents.store, actor=SYSTEM, name="active.xml", content=SVG)
    answer = requester.get(f"/p/sommer/documents/{active}/content?inline=1")
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")


def test_foreign_and_unknown_documents_are_not_there(requester: Visitor, stranger: Visitor, letter):
    assert stranger.get(f"/p/kern/documents/{letter}/content").status_code == 404
    assert stranger.get(f"/p/sommer/documents/{letter}/content").status_code == 404
    assert requester.get(f"/p/sommer/documents/{new_id()}/content").status_code == 404


def test_what_is_only_in_a_draft_is_not_in_the_list(requester: Visitor):
    requester.post(
        "/p/sommer/order/general_request/request/files",
        data={"files": [upload("draft-only.pdf", PDF + b"draft")]},
        content_type="multipart/form-data",
    )
    assert "draft-only.pdf" not in requester.page("/p/sommer/documents")
    requester.post("/p/sommer/order/general_request/request/discard")


@pytest.mark.usefixtures("letter")
def test_what_the_work_made_is_there_from_the_delivery_on(town: Town, requester: Visitor):
    """Nobody has checked it before: neither list, address, search nor program gives it away."""
    word = f"schlips{new_id().hex[-8:]}"
    item_id = town.order(word)
    made = ResultDocument(name=f"{word}.csv", media_type="text/csv", content=word.encode())
    town.act(automation.write_result, item_id=item_id, result=StepResult(documents=(made,)))
    with in_scope(town.app, town.baker):
        (key,) = [file.id for file in queries.documents(item_id, results=True)]
    with town.app.app_context(), transaction():
        _, bearer = tokens.create(
            actor=Actor(
                id=None, name="Admin", side=Side.CLIENT,
                permissions=CLIENT_PERMISSIONS[ClientRole.CLIENT_ADMIN],
            ),
            client=town.baker, name="Files", scopes=frozenset({"work:read"}),
        )  # fmt: skip
    machine = {"Authorization": f"Bearer {bearer}"}

    def told() -> list[bool]:
        http = town.app.test_client()
        return [
            f"{word}.csv" in requester.page("/p/sommer/documents?kind=results"),
            requester.get(f"/p/sommer/documents/{key}/content").status_code == 200,
            f"{word}.csv" in requester.page(f"/p/sommer/search?q={word}"),
            http.get(f"/api/v1/documents/{key}", headers=machine).status_code == 200,
            http.get(f"/api/v1/documents/{key}/content", headers=machine).status_code == 200,
        ]

    assert told() == [False] * 5
    town.act(handling.take, actor=town.anna, item_id=item_id)
    town.act(town.deliver, item_id=item_id)
    assert told() == [True] * 5


def test_the_record_is_for_the_admin(admin: Visitor, requester: Visitor):
    assert requester.get("/p/sommer/record").status_code == 403
    assert requester.get("/p/sommer/record/export.csv").status_code == 403
    text = admin.page("/p/sommer/record")
    assert "ordered work" in text
    assert "stored a file" in text
    assert admin.get("/p/sommer/record?side=nonsense").status_code == 404
    lines = admin.get("/p/sommer/record/export.csv").data.decode("utf-8-sig").splitlines()
    assert lines[0] == "Link;When;Who;Side;What;About;Hash"
    assert len(lines[1].split(";")[-1]) == 64


@pytest.mark.usefixtures("letter")
def test_the_record_of_one_side(admin: Visitor):
    assert ">automatic<" in admin.page("/p/sommer/record")
    assert ">automatic<" not in admin.page("/p/sommer/record?side=client")


def test_a_suspended_client_is_read_and_not_changed(town: Town):
    visitor = town.visitor("client_admin@kern")
    states = [("suspended", 423), ("ready", 303)]
    for state, expected in states:
        with town.app.app_context(), transaction():
            db.session.execute(
                sql("update provider.tenant set state = :state where slug = 'kern'"),
                {"state": state},
            )
        for path in ("", "order/", "requests", "documents", "record", "team"):
            assert visitor.get(f"/p/kern/{path}").status_code == 200, path
        answer = visitor.post(
            "/p/kern/order/general_request/request/draft", data={"subject": "Half"}
        )
        assert answer.status_code == (204 if state == "ready" else expected)
        discarded = visitor.post("/p/kern/order/general_request/request/discard")
        assert discarded.status_code == expected


def test_the_chart_ends_with_this_month(requester: Visitor):
    this_month = datetime.now(UTC).strftime("%b")
    assert f">{this_month}</text>" in requester.page("/p/sommer/")
