"""Document requests and approvals for machines: what people do in the portal, without hands."""

from unittest.mock import Mock
from uuid import UUID, uuid4

import pytest

from app.identity import accounts, team
from app.identity.permissions import CLIENT_PERMISSIONS, ClientRole
from app.kernel.actor import Actor, Side
from app.work import approval_queries, document_queries
from app.work.actions import approving, asking, handling
from app.work.actions.approving import Line
from app.work.actions.asking import Wanted
from tenants.db import transaction
from tests.factories.machines import Machine, Workshop
from tests.factories.people import an_address

KEEPER = Actor(
    id=None,
    name="Admin",
    side=Side.CLIENT,
    permissions=CLIENT_PERMISSIONS[ClientRole.CLIENT_ADMIN],
)


def asked(joiner: Workshop, machine: Machine) -> tuple[str, str, str]:
    """Item, request and wish."""
    item_id = machine.ordered()

    def ask() -> tuple[str, str]:
        handling.take(actor=joiner.anna, item_id=UUID(item_id))
        made = asking.request_documents(
            actor=joiner.anna, item_id=UUID(item_id), wanted=Wanted(titles=["Kontoauszug"])
        )
        (wish,) = document_queries.wishes(made.id)
        return str(made.id), str(wish.id)

    request_id, wish_id = joiner.act(ask)
    return item_id, request_id, wish_id


def test_a_machine_sees_what_is_missing_and_hands_it_in(joiner: Workshop, machine: Machine) -> None:
    item_id, request_id, wish_id = asked(joiner, machine)
    listed = machine.get("/document-requests", query_string={"state": "open"}).json["items"]
    (mine,) = [one for one in listed if one["id"] == request_id]
    assert (mine["item_id"], mine["state"], mine["blocking"]) == (item_id, "open", True)
    assert [(one["title"], one["state"]) for one in mine["documents"]] == [("Kontoauszug", "open")]
    place = f"/document-requests/{request_id}/documents/{wish_id}"
    document = machine.document("auszug.pdf")
    answer = machine.post(place, json={"document": document})
    assert answer.status_code == 200, answer.text
    (wish,) = answer.json["documents"]
    assert (wish["state"], wish["document"]["id"]) == ("handed_in", document)

    def send_back() -> None:
        asking.send_back(actor=joiner.anna, wish_id=UUID(wish_id), reason="Falscher Monat")

    joiner.act(send_back)
    (again,) = machine.get(f"/document-requests/{request_id}").json["documents"]
    assert (again["state"], again["reason"]) == ("rejected", "Falscher Monat")
    assert machine.post(place, json={"document": document}).status_code == 200
    joiner.act(lambda: asking.accept_document(actor=joiner.anna, wish_id=UUID(wish_id)))
    assert machine.get(f"/document-requests/{request_id}").json["state"] == "closed"
    still_open = machine.get("/document-requests", query_string={"state": "open"}).json["items"]
    assert request_id not in [one["id"] for one in still_open]


def test_pages_newest_first(joiner: Workshop, machine: Machine) -> None:
    made = [asked(joiner, machine)[1] for _ in range(3)]
    first = machine.get("/document-requests", query_string={"limit": 2}).json
    assert [one["id"] for one in first["items"]] == made[:0:-1]
    rest = machine.get(
        "/document-requests", query_string={"limit": 1, "cursor": first["next_cursor"]}
    ).json
    assert [one["id"] for one in rest["items"]] == made[:1]


def test_what_is_not_there_and_what_the_scope_does_not_cover(
    joiner: Workshop, machine: Machine, stranger: Machine
) -> None:
    _item, request_id, wish_id = asked(joiner, machine)
    _item, other, _wish = asked(joiner, machine)
    place = f"/document-requests/{request_id}/documents/{wish_id}"
    document = {"document": machine.document("auszug.pdf")}
    assert stranger.get(f"/document-requests/{request_id}").status_code == 404
    assert stranger.post(place, json=document).status_code == 404
    wrong = f"/document-requests/{other}/documents/{wish_id}"
    assert machine.post(wrong, json=document).status_code == 404
    assert machine.post(place, json={"document": str(uuid4())}).status_code == 409
    reader = joiner.machine("work:read")
    assert reader.post(place, json=document).status_code == 403
    assert reader.get(f"/document-requests/{request_id}").status_code == 200


def test_results_are_approved_and_rejected(joiner: Workshop, machine: Machine) -> None:
    yes, no = machine.ordered(), machine.ordered()
    joiner.finish(yes)
    joiner.finish(no)
    listed = {one["item"]["id"]: one for one in machine.get("/approvals").json["items"]}
    assert (listed[yes]["by_people"], listed[yes]["needed"]) == (False, 1)
    approved = machine.post(f"/approvals/{yes}/approve")
    assert (approved.status_code, approved.json["status"]) == (200, "accepted")
    assert machine.post(f"/approvals/{no}/reject", json={"reason": ""}).status_code == 422
    rejected = machine.post(f"/approvals/{no}/reject", json={"reason": "Der Stempel fehlt."})
    assert rejected.json["status"] == "in_progress"
    left = [one["item"]["id"] for one in machine.get("/approvals").json["items"]]
    assert yes not in left
    assert no not in left
    assert joiner.machine("work:read").post(f"/approvals/{yes}/approve").status_code == 403


def test_where_a_rule_asks_for_people_a_machine_cannot_approve(
    joiner: Workshop, machine: Machine
) -> None:
    item_id = machine.ordered()
    joiner.finish(item_id)
    with joiner.app.app_context(), transaction():
        account_id = accounts.create(
            email=an_address("boss"), name="Frau Vogt", password="leim-hobel-zwinge", locale="de"
        )
        team.add_member(account_id=account_id, client=joiner.client, role=ClientRole.APPROVER)
    line = Line(service_key="", from_minor=0, needed=1, approvers={account_id: "Frau Vogt"})
    rule_id = joiner.act(lambda: approving.add_rule(actor=KEEPER, line=line).id)
    try:
        listed = {one["item"]["id"]: one for one in machine.get("/approvals").json["items"]}
        assert (listed[item_id]["by_people"], listed[item_id]["approvers"]) == (
            True, ["Frau Vogt"],
        )  # fmt: skip
        assert machine.post(f"/approvals/{item_id}/approve").status_code == 403
    finally:
        joiner.act(lambda: approving.remove_rule(actor=KEEPER, rule_id=rule_id))
    assert machine.post(f"/approvals/{item_id}/approve").status_code == 200


def test_the_oldest_come_first_and_rules_are_read_once(
    joiner: Workshop, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [machine.ordered() for _ in range(3)]
    for one in made:
        joiner.finish(one)
    before = [one["item"]["id"] for one in machine.get("/approvals").json["items"]]
    assert before == sorted(before)
    monkeypatch.setattr(approval_queries, "MOST", 2)
    counted = Mock(wraps=approval_queries.rules)
    monkeypatch.setattr(approval_queries, "rules", counted)
    listed = [one["item"]["id"] for one in machine.get("/approvals").json["items"]]
    assert listed == before[:2]
    assert counted.call_count == 1
