"""Who may come in: tokens, scopes, suspended clients, limits."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app.identity import tokens
from app.kernel.actor import SYSTEM
from tenants.db import transaction
from tests.factories.machines import LETTER, Machine, Workshop


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Basic a29udG9yOmtvbnRvcg==",
        "Bearer kontor_00000000000000000000000000000000_" + "A" * 46,
        "Bearer \xff\xfe",
    ],
)
def test_without_a_valid_token_nothing_is_said(app: Flask, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    http = app.test_client()
    for path in ("work-items", "services", "documents/01a20a4a-a30b-7539-a500-03200ead374b"):
        answer = http.get(f"/api/v1/{path}", headers=headers)
        assert answer.status_code == 401
        assert answer.mimetype == "application/problem+json"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert http.post("/api/v1/work-items", json=LETTER, headers=headers).status_code == 401


def test_a_revoked_token_ends_at_once(joiner: Workshop) -> None:
    token_id, word = joiner.token("work:read")
    machine = Machine(joiner.app.test_client(), word)
    assert machine.get("/work-items").status_code == 200
    with joiner.app.app_context(), transaction():
        tokens.revoke(actor=SYSTEM, client=joiner.client, token_id=token_id)
    assert machine.get("/work-items").status_code == 401


def test_a_session_of_the_browser_does_not_count(app: Flask) -> None:
    http = app.test_client()
    with http.session_transaction() as session:
        session["token"] = "somebody's"
    assert http.get("/api/v1/work-items").status_code == 401


def test_who_may_read_may_not_write(joiner: Workshop, machine: Machine) -> None:
    reader = joiner.machine("work:read")
    item = machine.ordered()
    assert reader.get(f"/work-items/{item}").status_code == 200
    assert reader.upload("a.pdf", b"%PDF-1").status_code == 403
    assert reader.order().status_code == 403
    # Refused before the body is looked at: the answer says nothing about what would be right.
    assert reader.post("/work-items", data=b"{").status_code == 403
    for verb, body in (
        ("accept", None),
        ("cancel", None),
        ("complain", {"reason": "no"}),
        ("messages", {"body": "Hallo"}),
    ):
        answer = reader.post(f"/work-items/{item}/{verb}", json=body)
        assert answer.status_code == 403, verb
        assert answer.mimetype == "application/problem+json"


def test_who_may_write_may_not_read(joiner: Workshop) -> None:
    writer = joiner.machine("work:write")
    assert writer.order().status_code == 201
    for path in ("/work-items", "/services"):
        assert writer.get(path).status_code == 403


def test_a_suspended_client_is_read_and_not_changed(joiner: Workshop, machine: Machine) -> None:
    document = machine.document()
    item = machine.ordered(documents=[document])
    with joiner.suspended():
        for path in (
            "/work-items",
            f"/work-items/{item}",
            f"/work-items/{item}/messages",
            f"/documents/{document}",
            f"/documents/{document}/content",
            "/services",
        ):
            assert machine.get(path).status_code == 200, path
        refused = [machine.upload("b.pdf", b"%PDF-1"), machine.order(key="while-suspended")]
        refused += [
            machine.post(f"/work-items/{item}/{verb}", json=body)
            for verb, body in (
                ("accept", None),
                ("cancel", None),
                ("complain", {"reason": "no"}),
                ("messages", {"body": "Hallo"}),
            )
        ]
        assert [answer.status_code for answer in refused] == [423] * 6
        assert {answer.mimetype for answer in refused} == {"application/problem+json"}
    assert machine.order(key="while-suspended").status_code == 201


@pytest.fixture
def three_a_minute(app: Flask) -> Iterator[None]:
    limit = app.config["API_LIMIT"]
    app.config["API_LIMIT"] = "3 per minute"
    yield
    app.config["API_LIMIT"] = limit


@pytest.mark.usefixtures("three_a_minute")
def test_too_many_requests_of_one_client(neighbour: Workshop, machine: Machine) -> None:
    machines = [neighbour.machine(), neighbour.machine()]
    answers = [machines[n % 2].get("/services") for n in range(8)]
    assert {answer.status_code for answer in answers} == {200, 429}
    refused = answers[-1]
    assert refused.status_code == 429
    assert refused.mimetype == "application/problem+json"
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert machine.get("/services").status_code == 200
