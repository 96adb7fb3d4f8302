"""The main job by machine over a real server: file in, order, work, result, accepted."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from app.audit.queries import history
from app.work.actions import handling
from config import Settings
from tests.conftest import REFERENCE_DATA
from tests.factories.machines import LETTER, PDF, Workshop, clerk, workshop

AT_ONCE = 20
INVOICE = REFERENCE_DATA / "einvoice"


class Quiet(WSGIRequestHandler):
    """Without a line for each request."""

    def log(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def mill(app: Flask, settings: Settings) -> Workshop:
    return workshop(app, settings, slug="mill", name="Mühle Ost", code="MILL")


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


class Program:
    """A client's program: plain HTTP, nothing of ours."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token

    def send(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            own = {"Authorization": f"Bearer {self.token}"}
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, "/api/v1" + path, body, own | named)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        status, _headers, body = self.send("GET", path)
        assert status == 200, body
        return json.loads(body)

    def post(self, path: str, content: Any = None, **headers: str) -> tuple[int, Any]:
        status, _headers, body = self.send(
            "POST", path, json.dumps(content).encode(), Content_Type="application/json", **headers
        )
        return status, json.loads(body)

    def upload(self, name: str, content: bytes) -> tuple[int, Any]:
        head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        status, _headers, body = self.send(
            "POST",
            "/documents",
            head.encode() + content + b"\r\n--b--\r\n",
            Content_Type="multipart/form-data; boundary=b",
        )
        return status, json.loads(body)


@pytest.fixture
def program(mill: Workshop, port: int) -> Program:
    return Program(port, mill.token("work:read", "work:write")[1])


def test_twenty_at_once_with_one_key_make_one_item(mill: Workshop, program: Program) -> None:
    key, title = str(uuid4()), f"Genau einmal {uuid4().hex}"
    gate = threading.Barrier(AT_ONCE)

    def order(_: int) -> tuple[int, Any]:
        gate.wait(timeout=30)
        return program.post("/work-items", {**LETTER, "title": title}, Idempotency_Key=key)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(order, range(AT_ONCE)))
    assert [status for status, _ in answers] == [201] * AT_ONCE, answers
    assert len({item["id"] for _, item in answers}) == 1
    found = program.get(f"/work-items?q={title.replace(' ', '%20')}")["items"]
    assert len(found) == 1


def test_twenty_different_orders_get_twenty_numbers(program: Program) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(
            pool.map(
                lambda _: program.post("/work-items", LETTER, Idempotency_Key=str(uuid4())),
                range(AT_ONCE),
            )
        )
    numbers = sorted(int(item["number"].split("-")[1]) for _, item in answers)
    assert numbers == list(range(numbers[0], numbers[0] + AT_ONCE))


def invoice() -> tuple[str, bytes]:
    """An XRechnung of the reference data; without it, a paper."""
    for file in sorted(INVOICE.rglob("*.xml")):
        content = file.read_bytes()
        if b"Invoice" in content[:2000] and b"urn:oasis:names:specification:ubl" in content[:3000]:
            return file.name, content
    pytest.skip("no reference data: set KONTOR_REFERENCE_DATA")


def test_an_invoice_from_upload_to_acceptance(mill: Workshop, program: Program) -> None:
    status, document = program.upload(*invoice())
    assert status == 201
    status, item = program.post(
        "/work-items",
        {
            "service": "accounts_payable",
            "type": "supplier_invoice",
            "title": "Rechnung aus dem ERP",
            "payload": {"cost_centre": "4711"},
            "documents": [document["id"]],
        },
        Idempotency_Key=str(uuid4()),
    )
    assert status == 201, item
    mill.run_check(item["id"])
    read = program.get(f"/work-items/{item['id']}")
    assert read["checked"]
    assert read["values"]["invoice_number"]
    assert read["values"]["gross"]

    work_through(mill, UUID(item["id"]))
    done = program.get(f"/work-items/{item['id']}")
    assert done["status"] == "delivered"
    assert {clock["state"] for clock in done["sla"]} == {"met"}
    results = {one["name"]: one for one in done["documents"] if one["is_result"]}
    assert {name.rsplit(".", 1)[-1] for name in results} == {"csv", "json"}
    for result in results.values():
        status, _headers, body = program.send("GET", f"/documents/{result['id']}/content")
        assert (status, len(body)) == (200, result["size"])

    status, accepted = program.post(f"/work-items/{item['id']}/accept")
    assert (status, accepted["status"]) == (200, "accepted")
    subject = {"subject_type": "work_item", "subject_id": UUID(item["id"])}
    verbs = mill.act(lambda: {entry.verb for entry in history(**subject)})
    assert {"work.opened", "work.checked", "work.delivered", "work.accepted"} <= verbs


def work_through(mill: Workshop, item: UUID) -> None:
    """The clerk completes it, a second one approves."""
    mill.act(handling.take, actor=mill.anna, item_id=item)
    mill.tick_all(str(item))
    mill.act(handling.hand_over, actor=mill.anna, item_id=item)
    mill.act(handling.approve, actor=clerk("Jan Brandt"), item_id=item)


def test_files_of_one_content_are_stored_once(program: Program) -> None:
    first, second = program.upload("a.pdf", PDF)[1], program.upload("b.pdf", PDF)[1]
    assert first["sha256"] == second["sha256"]
    assert first["id"] != second["id"]
