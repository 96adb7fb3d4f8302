"""Every refusal is a problem document (RFC 9457), in the language of the request."""

import logging
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from app.api import representations
from app.api.bodies import JSON_BYTES
from tests.factories.machines import LETTER, Machine, Workshop


def is_problem(answer: TestResponse, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.json
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert body["title"]
    assert body["detail"]
    assert body["instance"].startswith("/api/v1")


def test_an_unknown_address(machine: Machine, app: Flask) -> None:
    for path in ("/nonsense", "/work-items/17", "/work-items/", "/documents"):
        is_problem(machine.get(path), 405 if path == "/documents" else 404)
    is_problem(app.test_client().get("/api/v1/nonsense"), 404)
    is_problem(app.test_client().get("/api/v1"), 404)


def test_other_faces_keep_their_pages(app: Flask) -> None:
    answer = app.test_client().get("/api-something-else")
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert app.test_client().get("/p/no-such-client/").mimetype == "text/html"


def test_a_wrong_method_says_which_are_right(machine: Machine) -> None:
    answer = machine.send("DELETE", "/work-items")
    is_problem(answer, 405)
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_slashes_too_many_lead_to_the_right_address(machine: Machine) -> None:
    answer = machine.http.get("/api/v1//work-items")
    assert answer.status_code == 308
    assert answer.headers["Location"].endswith("/api/v1/work-items")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b'{"service": NaN}', b"[" * 200_000, b'{"n": ' + b"9" * 5000 + b"}"],
    ids=["empty", "cut off", "no UTF-8", "NaN", "deep", "a number without end"],
)
def test_what_is_not_json(machine: Machine, body: bytes) -> None:
    is_problem(machine.post("/work-items", data=body, content_type="application/json"), 400)


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"null", b"17"])
def test_json_that_is_no_object(machine: Machine, body: bytes) -> None:
    answer = machine.post("/work-items", data=body, content_type="application/json")
    is_problem(answer, 422)
    assert set(answer.json["errors"]) == {"body"}


def test_another_media_type(machine: Machine) -> None:
    is_problem(machine.post("/work-items", data="service=x", content_type="text/plain"), 415)
    is_problem(machine.post("/work-items", data={"service": "x"}), 415)
    is_problem(machine.post("/documents", json={"file": "x"}), 415)
    is_problem(machine.post("/documents"), 415)


def test_too_large(machine: Machine, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    large = {**LETTER, "payload": {"description": "x" * JSON_BYTES}}
    is_problem(machine.post("/work-items", json=large), 413)
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    is_problem(machine.upload("large.pdf", b"%PDF-" + b"x" * 2000), 413)


def test_a_fault_of_ours_tells_nothing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(representations, "full", fail)
    with caplog.at_level(logging.CRITICAL):
        answer = machine.get("/work-items/01a20a4a-a30b-7539-a500-03200ead374b")
    is_problem(answer, 500)
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_no_database(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Any) -> None:
        raise OperationalError("select secret", {}, Exception("no route to host"))

    monkeypatch.setattr(representations, "full", fail)
    answer = machine.get("/work-items/01a20a4a-a30b-7539-a500-03200ead374b")
    is_problem(answer, 503)
    assert answer.headers["Retry-After"] == "5"
    assert "secret" not in answer.text


def test_a_failed_order_leaves_nothing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch, caplog.at_level(logging.CRITICAL):
        patch.setattr(representations, "full", lambda _: 1 / 0)
        assert machine.order(key="that-broke", title="Nie da gewesen").status_code == 500
    assert machine.get("/work-items?q=Nie da gewesen").json["items"] == []
    answer = machine.order(key="that-broke", title="Nie da gewesen")
    assert "Idempotent-Replay" not in answer.headers


BROKEN = b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><Invoice>&a;</Invoice>"


def test_findings_speak_the_clients_language_or_the_requests(
    joiner: Workshop, machine: Machine
) -> None:
    document = machine.document("rechnung.xml", BROKEN)
    item = machine.ordered(
        service="accounts_payable", type="supplier_invoice", payload={}, documents=[document]
    )
    assert not machine.get(f"/work-items/{item}").json["checked"]
    joiner.run_check(item)
    found = {}
    for language in ("", "de", "en", "en;q=0.1, de"):
        headers = {"Accept-Language": language} if language else {}
        shown = machine.get(f"/work-items/{item}", headers=headers)
        assert shown.json["checked"]
        assert shown.headers["Content-Language"] == (language[:2] if len(language) == 2 else "de")
        assert "Accept-Language" in shown.headers["Vary"]
        (finding,) = shown.json["findings"]
        assert finding["severity"] == "error"
        found[language] = finding["text"]
    assert found["en"] != finding["code"]
    assert found[""] == found["de"] == found["en;q=0.1, de"]
