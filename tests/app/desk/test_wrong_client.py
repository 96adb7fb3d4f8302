"""What names another client is asked about before it leaves; the text is kept."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

from app.audit import queries as audit
from app.clients import identifiers
from app.desk.wrong_client import foreign_numbers
from app.documents import actions as documents
from app.documents import queries as files
from app.messages import conversation, incoming
from app.messages.incoming import Arrival
from app.messages.incoming_models import Outcome
from app.work.actions import handling
from tenants.db import transaction
from tests.conftest import in_scope
from tests.factories.desk_house import House
from tests.factories.portal_visitor import upload


def test_numbers_of_other_clients_are_seen() -> None:
    text = "See BOLT-7, ACME-12, BOLT-7 and ISO-9001, not xBOLT-7."
    assert foreign_numbers(text, others={"BOLT", "CARE"}) == ["BOLT-7"]


def test_a_message_that_names_another_client_asks_first(house: House) -> None:
    item_id = house.request("Guarded")
    anna = house.visitor("anna")
    address = f"/desk/c/{house.north.slug}/items/{item_id}"
    body = f"As in {house.south.code}-1001"
    asked = anna.post(f"{address}/message", data={"body": body, "kind": "say"})
    assert asked.status_code == 409
    assert body in asked.text

    def said() -> list[str]:
        with in_scope(house.app, house.north):
            return [one.body for one in conversation.of_subject(item_id, with_internal=True)]

    assert said() == []
    sure = {"body": body, "kind": "say", "sure": "1"}
    assert anna.post(f"{address}/message", data=sure).status_code == 303
    own = {"body": f"As in {house.north.code}-1001", "kind": "say"}
    assert anna.post(f"{address}/message", data=own).status_code == 303
    note = {"body": f"Not {house.south.code}-1001", "kind": "note"}
    asked = anna.post(f"{address}/message", data=note)
    assert asked.status_code == 409, "a note stands at this client's work too"
    assert note["body"] in asked.text
    assert anna.post(f"{address}/message", data={**note, "sure": "1"}).status_code == 303
    assert said() == [body, own["body"], note["body"]]


def saved_form(house: House, item_id: Any, **typed: str) -> dict[str, str]:
    """The form of the values as the page has it, with something typed into it."""
    item = house.item(item_id)
    flat = {key: str(one) for key, one in item.values.items() if isinstance(one, str)}
    return {"version": str(item.version), **flat, **typed}


@pytest.mark.usefixtures("accounts")
def test_values_of_another_client_ask_first_but_not_what_was_there(house: House) -> None:
    item_id = house.invoice()
    anna = house.visitor("anna")
    house.act(handling.take, actor=house.actor("anna"), item_id=item_id)
    address = f"/desk/c/{house.north.slug}/items/{item_id}/values"
    before = house.item(item_id).values
    asked = anna.post(address, data=saved_form(house, item_id, iban=IBANS[1]))
    assert asked.status_code == 409
    assert asked.text.count(IBANS[1]) >= 2, "in the question and still in its field"
    assert "/desk/?view=unassigned" in asked.text, "the way to everything else"
    assert house.item(item_id).values == before
    sure = {**saved_form(house, item_id, iban=IBANS[1]), "sure": "1"}
    assert anna.post(address, data=sure).status_code == 303
    assert house.item(item_id).values["iban"] == IBANS[1]
    again = len(told(house))
    assert anna.post(address, data=saved_form(house, item_id)).status_code == 303
    assert len(told(house)) == again, "it stands there already"


IBANS = ("DE89370400440532013000", "DE02120300000000202051")


@pytest.fixture
def accounts(house: House) -> Iterator[None]:
    """One bank account of either client."""
    sabine = house.actor("sabine")
    pairs = list(zip((house.north, house.south), IBANS, strict=True))
    with house.app.app_context(), transaction():
        for ref, iban in pairs:
            identifiers.add(actor=sabine, tenant_id=ref.id, typed=iban)
    yield
    with house.app.app_context(), transaction():
        for ref, iban in pairs:
            identifiers.remove(actor=sabine, tenant_id=ref.id, value=iban)


def told(house: House) -> list[tuple[str, dict[str, Any]]]:
    """What the provider's own trail says of the guard, the newest last."""
    with house.app.app_context():
        return [
            (entry.verb, entry.detail)
            for entry in reversed(audit.latest(limit=20))
            if entry.verb.startswith("guard.")
        ]


@pytest.mark.usefixtures("accounts")
def test_the_account_of_another_client_asks_first_however_it_is_grouped(house: House) -> None:
    item_id = house.request("Accounts")
    anna = house.visitor("anna")
    address = f"/desk/c/{house.north.slug}/items/{item_id}/message"
    foreign = {"body": "Please pay to DE02 1203 0000 0000 2020 51.", "kind": "say"}
    assert anna.post(address, data=foreign).status_code == 409
    verb, detail = told(house)[-1]
    assert (verb, detail["found"]) == ("guard.asked", [IBANS[1]])
    assert anna.post(address, data={**foreign, "sure": "1"}).status_code == 303
    assert told(house)[-1][0] == "guard.confirmed"
    own = {"body": f"Please pay to {IBANS[0]}.", "kind": "say"}
    before = len(told(house))
    assert anna.post(address, data=own).status_code == 303
    assert len(told(house)) == before
    with in_scope(house.app, house.north):
        of_item = audit.history(subject_type="work_item", subject_id=item_id)
        entries = [str(entry.detail) + entry.verb for entry in of_item]
    assert not [entry for entry in entries if IBANS[1] in entry or "guard" in entry]


@pytest.mark.usefixtures("accounts")
def test_asking_for_documents_is_guarded_too(house: House) -> None:
    item_id = house.request("Wanted")
    anna = house.visitor("anna")
    house.act(handling.take, actor=house.actor("anna"), item_id=item_id)
    address = f"/desk/c/{house.north.slug}/items/{item_id}/documents"
    sent = {"titles": f"Statement of {IBANS[1]}", "note": "", "due_on": ""}
    asked = anna.post(address, data=sent)
    assert asked.status_code == 409
    assert f"Statement of {IBANS[1]}" in asked.text
    assert anna.post(address, data={**sent, "sure": "1"}).status_code == 303


def test_a_file_of_another_client_asks_first(house: House) -> None:
    content = b"%PDF-1.7\nonly for the south\n%%EOF\n"
    with in_scope(house.app, house.south), transaction():
        documents.store(actor=house.requester, name="secret.pdf", content=content)
    lena = house.visitor("lena")
    address = f"/desk/c/{house.north.slug}/order/general_request/request"
    form = {"subject": "With a file", "description": "Three offers, please.", "received_at": ""}

    def send(**more: str) -> int:
        sent = {**form, **more, "files": upload("plan.pdf", content)}
        answer = lena.post(address, data=sent, content_type="multipart/form-data")
        return answer.status_code

    assert send() == 409
    assert told(house)[-1][1]["files"] == [sha256(content).hexdigest()]
    with in_scope(house.app, house.north):
        assert not [one for one in files.page(limit=200) if one.name == "plan.pdf"]
    assert send(sure="1") == 303
    assert send() == 303, "it is this client's too from now on"


def test_mail_about_another_client_is_not_put_to_the_wrong_item(house: House) -> None:
    item_id = house.request("Mail")
    number = f"{house.north.code}-{house.item(item_id).number}"
    text = f"Subject: x\n\nAbout {house.south.code}-7, please.\n".encode()
    with house.app.app_context(), transaction():
        mail_id = incoming.write_down(
            Arrival(
                message_key=f"{item_id}@guard", sender="x@guard.example", sender_name="X",
                subject="x", text="x", content=text, outcome=Outcome.TRIAGE,
            )
        )  # fmt: skip
    lena = house.visitor("lena")
    address = f"/desk/mail-in/{mail_id}/put"
    asked = lena.post(address, data={"number": number})
    assert asked.status_code == 409
    assert f"{house.south.code}-7" in asked.text
    assert told(house)[-1][0] == "guard.asked"
    assert lena.post(address, data={"number": number, "sure": "1"}).status_code == 303


def test_accounts_are_kept_on_the_clients_page(house: House) -> None:
    sabine, anna = house.visitor("sabine"), house.visitor("anna")
    address = f"/desk/c/{house.north.slug}"
    assert sabine.post(f"{address}/identifiers/add", data={"value": "DE12 34"}).status_code == 422
    assert anna.post(f"{address}/identifiers/add", data={"value": IBANS[0]}).status_code == 403
    for typed in ("de89 3704 0044 0532 0130 00", "DE136695976"):
        answer = sabine.post(f"{address}/identifiers/add", data={"value": typed})
        assert answer.status_code == 303
    page = anna.page(f"{address}/")
    assert IBANS[0] in page
    assert "DE136695976" in page
    for value in (IBANS[0], "DE136695976"):
        sabine.post(f"{address}/identifiers/remove", data={"value": value})
    assert IBANS[0] not in anna.page(f"{address}/")
