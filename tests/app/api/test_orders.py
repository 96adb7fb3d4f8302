"""Ordering, following, answering, accepting and complaining by machine."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text as sql

from app.work.actions import talking
from tenants.db import db
from tests.factories.machines import LETTER, PDF, Machine, Workshop


def test_an_order_is_answered_with_the_whole_item(machine: Machine) -> None:
    document = machine.document("rechnung.pdf")
    answer = machine.order(documents=[document], title="Bitte bald", priority="high")
    assert answer.status_code == 201, answer.text
    item = answer.json
    assert answer.headers["Location"] == f"/api/v1/work-items/{item['id']}"
    assert item["number"].startswith("JOIN-")
    assert (item["title"], item["status"], item["priority"]) == ("Bitte bald", "new", "high")
    assert item["due_at"] is not None
    assert {clock["metric"] for clock in item["sla"]} >= {"resolution"}
    assert all(clock["state"] == "running" for clock in item["sla"])
    assert [one["id"] for one in item["documents"]] == [document]
    assert item["payload"]["subject"] == LETTER["payload"]["subject"]
    assert machine.get(f"/work-items/{item['id']}").json == item


def test_the_same_key_is_the_same_item(machine: Machine) -> None:
    key = str(uuid4())
    first, again = machine.order(key=key), machine.order(key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json["id"] == again.json["id"]
    assert "Idempotent-Replay" not in first.headers
    assert again.headers["Idempotent-Replay"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    other = machine.order(key=key, title="Etwas anderes")
    assert other.status_code == 409
    assert "Idempotency-Key" in other.json["detail"]


def test_a_refused_order_does_not_use_the_key_up(machine: Machine) -> None:
    key = str(uuid4())
    assert machine.order(key=key, payload={}).status_code == 422
    assert machine.order(key=key).status_code == 201


def test_a_key_belongs_to_its_machine(joiner: Workshop, stranger: Machine) -> None:
    key = str(uuid4())
    one, two = joiner.machine().order(key=key), joiner.machine().order(key=key)
    three = stranger.order(key=key)
    assert len({answer.json["id"] for answer in (one, two, three)}) == 3


@pytest.mark.parametrize("key", ["", "x" * 101, "with blank", "Schlüssel"])
def test_a_key_must_be_plain(machine: Machine, key: str) -> None:
    answer = machine.post("/work-items", json=LETTER, headers={"Idempotency-Key": key})
    assert answer.status_code == 422
    assert "Idempotency-Key" in str(answer.json["errors"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"payload": {**LETTER["payload"], "colour": "red"}}, "colour"),
        ({"payload": {"subject": "ab", "description": "kurz genug"}}, "subject"),
        ({"priority": "now"}, "priority"),
        ({"documents": ["{01a20a4a-a30b-7539-a500-03200ead374b}"]}, "documents"),
        ({"documents": "all"}, "documents"),
        ({"title": "x" * 201}, "title"),
        ({"title": "NUL\x00"}, "title"),
        ({"payload": {"subject": "Half \ud800", "description": "surrogate"}}, "payload"),
        ({"payload": {**LETTER["payload"], "description": "NUL \x00 inside"}}, "payload"),
        ({"payload": {"deep": [{"list": "\x00"}]}}, "payload"),
        ({"payload": "no object"}, "payload"),
        ({"service": None}, "service"),
        ({"service": "Not A Key"}, "service"),
        ({"type": "request\n"}, "type"),
    ],
)
def test_a_wrong_field_is_named(machine: Machine, changes: dict, field: str) -> None:
    answer = machine.order(**changes)
    assert answer.status_code == 422, answer.text
    assert answer.mimetype == "application/problem+json"
    assert field in str(answer.json["errors"])


def test_what_is_not_under_contract_is_not_there(machine: Machine) -> None:
    assert machine.order(service="payroll").status_code == 404
    assert machine.order(type="nonsense").status_code == 404


def test_an_invoice_needs_a_file_of_the_right_kind(machine: Machine) -> None:
    invoice = {"service": "accounts_payable", "type": "supplier_invoice", "payload": {}}
    none = machine.order(**invoice)
    assert none.status_code == 422
    assert "documents" in none.json["errors"]
    table = machine.document("tabelle.csv", b"a;b\n")
    wrong = machine.order(**invoice, documents=[table])
    assert wrong.status_code == 422
    assert "tabelle.csv" in wrong.json["detail"]
    pages = [machine.document(f"seite-{n}.pdf", PDF + b"%d" % n) for n in (1, 2)]
    item = machine.order(**invoice, documents=pages).json
    assert [one["id"] for one in item["documents"]] == pages


def test_another_clients_files_are_not_there(machine: Machine, stranger: Machine) -> None:
    foreign, own = machine.document("geheim.pdf"), stranger.document("eigen.pdf")
    answer = stranger.order(documents=[own, foreign])
    assert answer.status_code == 404
    assert foreign in answer.json["detail"]
    item = stranger.ordered(documents=[own])
    said = stranger.post(
        f"/work-items/{item}/messages", json={"body": "Siehe Anlage", "documents": [foreign]}
    )
    assert said.status_code == 409
    assert stranger.get(f"/work-items/{item}/messages").json["items"] == []


def test_another_clients_items_are_not_there(machine: Machine, stranger: Machine) -> None:
    item = machine.ordered()
    assert stranger.get(f"/work-items/{item}").status_code == 404
    assert stranger.get(f"/work-items/{item}/messages").status_code == 404
    for verb, body in (
        ("accept", None),
        ("cancel", None),
        ("complain", {"reason": "no"}),
        ("messages", {"body": "Hallo"}),
    ):
        assert stranger.post(f"/work-items/{item}/{verb}", json=body).status_code == 404, verb
    assert item not in str(stranger.get("/work-items?limit=200").json)
    assert machine.get(f"/work-items/{item}").json["status"] == "new"


def test_pages_by_key_and_filters(joiner: Workshop, machine: Machine) -> None:
    mark = f"Stapel{uuid4().hex[:8]}"
    ids = [machine.ordered(title=f"{mark} {n}") for n in range(5)]
    machine.post(f"/work-items/{ids[0]}/cancel")
    seen, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        more = f"&cursor={cursor}" if cursor else ""
        page = machine.get(f"/work-items?q={mark}&limit=2{more}").json
        seen += [row["id"] for row in page["items"]]
        cursor, pages = page["next_cursor"], pages + 1
    assert (seen, pages) == (ids[::-1], 3)

    def listed(query: str) -> list[str]:
        return [row["id"] for row in machine.get(f"/work-items?q={mark}&{query}").json["items"]]

    assert listed("status=cancelled") == [ids[0]]
    assert listed("status=new&status=cancelled") == ids[::-1]
    assert listed("service=accounts_payable") == []
    number = machine.get(f"/work-items/{ids[3]}").json["number"]
    assert [row["id"] for row in machine.get(f"/work-items?q={number}").json["items"]] == [ids[3]]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=x", "status=lost", "cursor=1", "q=%00", "colour=red"],
)
def test_a_wrong_question_is_refused(machine: Machine, query: str) -> None:
    answer = machine.get(f"/work-items?{query}")
    assert answer.status_code == 422
    assert query.partition("=")[0] in str(answer.json["errors"])


def test_an_answer_lets_the_work_go_on(joiner: Workshop, machine: Machine) -> None:
    item = machine.ordered()
    joiner.act(talking.ask_client, actor=joiner.anna, item_id=UUID(item), body="Welche Bank?")
    joiner.act(talking.jot, actor=joiner.anna, item_id=UUID(item), body="INTERN: schwierig")
    asked = machine.get(f"/work-items/{item}").json
    assert (asked["status"], asked["waiting_for"], asked["due_at"]) == ("waiting", "client", None)
    assert {clock["state"] for clock in asked["sla"] if clock["metric"] == "resolution"} == {
        "paused"
    }
    letter = machine.document("konto.pdf")
    said = machine.post(
        f"/work-items/{item}/messages", json={"body": "Die Sparkasse.", "documents": [letter]}
    )
    assert said.status_code == 201, said.text
    assert (said.json["author"], said.json["side"]) == ("ERP", "machine")
    talk = machine.get(f"/work-items/{item}/messages")
    assert [one["body"] for one in talk.json["items"]] == ["Welche Bank?", "Die Sparkasse."]
    assert "INTERN" not in talk.text
    after = machine.get(f"/work-items/{item}").json
    assert (after["status"], after["waiting_for"]) == ("in_progress", None)
    assert letter in [one["id"] for one in after["documents"]]


@pytest.mark.parametrize("body", ["", "  \n\t ", "\x85\x1c", "x" * 10_001, "NUL\x00"])
def test_an_empty_or_endless_message_is_refused(machine: Machine, body: str) -> None:
    item = machine.ordered()
    answer = machine.post(f"/work-items/{item}/messages", json={"body": body})
    assert answer.status_code == 422
    assert "body" in answer.json["errors"]


def test_accepted_once_and_for_all(joiner: Workshop, machine: Machine) -> None:
    item = machine.ordered()
    early = machine.post(f"/work-items/{item}/accept")
    assert early.status_code == 409
    joiner.finish(item)
    delivered = machine.get(f"/work-items/{item}").json
    assert delivered["status"] == "delivered"
    (result,) = [one for one in delivered["documents"] if one["is_result"]]
    content = machine.get(f"/documents/{result['id']}/content")
    assert content.status_code == 200
    assert len(content.data) == result["size"]
    for _ in range(2):
        accepted = machine.post(f"/work-items/{item}/accept")
        assert (accepted.status_code, accepted.json["status"]) == (200, "accepted")
    assert machine.post(f"/work-items/{item}/messages", json={"body": "Danke"}).status_code == 409


def test_a_complaint_hides_the_result_and_later_opens_rework(
    joiner: Workshop, machine: Machine
) -> None:
    item = machine.ordered()
    joiner.finish(item)
    reopened = machine.post(f"/work-items/{item}/complain", json={"reason": "Seite 2 fehlt"})
    assert (reopened.status_code, reopened.json["status"]) == (200, "in_progress")
    assert [one for one in reopened.json["documents"] if one["is_result"]] == []
    joiner.act(
        lambda: db.session.execute(
            sql("update work_item set status = 'accepted' where id = :id"), {"id": UUID(item)}
        )
    )
    rework = machine.post(f"/work-items/{item}/complain", json={"reason": "Doch falsch"})
    assert rework.status_code == 200, rework.text
    assert rework.json["id"] != item
    assert rework.json["status"] == "new"
    assert machine.post(f"/work-items/{item}/complain", json={"reason": " "}).status_code == 422


def test_only_what_nobody_has_begun_is_withdrawn(joiner: Workshop, machine: Machine) -> None:
    item = machine.ordered()
    gone = machine.post(f"/work-items/{item}/cancel")
    assert (gone.status_code, gone.json["status"]) == (200, "cancelled")
    begun = machine.ordered()
    joiner.finish(begun)
    assert machine.post(f"/work-items/{begun}/cancel").status_code == 409


def test_the_services_of_the_contract(machine: Machine) -> None:
    answer = machine.get("/services", headers={"Accept-Language": "en"})
    found = {service["key"]: service for service in answer.json["items"]}
    assert set(found) == {"accounts_payable", "general_request"}
    (kind,) = found["accounts_payable"]["types"]
    assert kind["needs_document"]
    assert ".xml" in kind["accepts"]
    (letter,) = found["general_request"]["types"]
    assert [field["name"] for field in letter["fields"]][:2] == ["subject", "description"]
    assert letter["fields"][0]["required"]
