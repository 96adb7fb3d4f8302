"""Ordering: catalogue, form, drafts, files."""

import re
from html import unescape

import pytest

from app.catalogue.examples import ExampleFile
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.portal import drafts, home
from app.work import queries
from tests.conftest import in_scope
from tests.factories.portal_town import Town
from tests.factories.portal_visitor import PDF, Visitor, upload

FORM = "/p/sommer/order/general_request/request"
INVOICE = "/p/sommer/order/accounts_payable/supplier_invoice"
ASKED = {"subject": "New oven", "description": "Three offers, please."}


def documents_of(text: str) -> list[str]:
    return re.findall(r'name="documents" value="([0-9a-f-]{36})"', text)


@pytest.fixture(autouse=True)
def no_drafts(requester: Visitor):
    for form in (FORM, INVOICE):
        requester.post(f"{form}/discard")


def test_two_begun_orders_stand_at_home_and_the_others_behind_them(
    requester: Visitor, monkeypatch: pytest.MonkeyPatch
):
    begun = [
        drafts.Begun(
            id=new_id(), service_key="general_request", type_key="request", title="Request",
            subject=f"Moving {number}", files=0, updated_at=now(),
        )
        for number in range(4)
    ]  # fmt: skip
    monkeypatch.setattr(home, "begun", lambda _actor: begun)
    shown, _, behind = requester.page("/p/sommer/").partition("2 more begun orders")
    assert "Moving 1" in shown
    assert "Moving 2" not in shown
    assert "Moving 3" in behind


def test_the_catalogue_shows_the_contract_with_its_promise(requester: Visitor):
    text = requester.page("/p/sommer/order/")
    assert "Supplier invoice" in text
    assert "Accounting" in text
    assert "ordered now, done by" in text


def test_a_form_is_made_from_the_schema_and_names_the_promise(requester: Visitor):
    text = requester.page(FORM)
    assert 'name="subject"' in text
    assert '<input class="form-control" id="wanted_by" name="wanted_by" type="date"' in text
    assert "If you order now:" in text
    assert "Price:" not in text, "a requester may not read usage"


def test_the_admin_sees_the_price(admin: Visitor):
    assert "€15.00 for each request" in admin.page(FORM)


@pytest.mark.parametrize(
    "path",
    ["/p/sommer/order/payroll/run", "/p/sommer/order/general_request/nonsense"],
)
def test_what_the_contract_does_not_have_is_not_found(requester: Visitor, path: str):
    assert requester.get(path).status_code == 404
    assert requester.post(path, data=ASKED).status_code == 404


def test_an_order_becomes_a_request(requester: Visitor):
    answer = requester.post(FORM, data=ASKED)
    assert answer.status_code == 303
    text = requester.page(answer.location)
    assert re.search(r"Thank you\. We have your order SOM-\d+\.", text)
    assert "New oven" in text
    assert "Three offers, please." in text


def test_the_same_form_sent_twice_is_one_order(requester: Visitor):
    key = re.search(r'name="order_key" value="([^"]+)"', requester.page(FORM))[1]
    first = requester.post(FORM, data={**ASKED, "order_key": key})
    second = requester.post(FORM, data={**ASKED, "order_key": key})
    assert second.location.split("?")[0] == first.location
    assert "You have already sent this order." in requester.page(second.location)


def test_faulty_fields_are_told_and_everything_typed_stays(requester: Visitor):
    answer = requester.post(FORM, data={"subject": "", "description": "Only words"})
    assert answer.status_code == 303
    text = requester.page(answer.location)
    assert "Please correct the marked fields." in text
    assert 'id="subject-error"' in text
    assert "Only words" in text


def test_an_invoice_needs_a_file(requester: Visitor):
    answer = requester.post(INVOICE, data={"cost_centre": "4711"})
    text = requester.page(answer.location)
    assert "Please add at least one file." in text
    assert 'value="4711"' in text


def test_every_file_becomes_a_request_of_its_own(requester: Visitor):
    answer = requester.post(
        INVOICE,
        data={"files": [upload("one.pdf", PDF), upload("two.pdf", PDF + b"2")]},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303
    assert "Thank you. We have your 2 orders" in requester.page(answer.location)


def test_wrong_files_are_refused_with_the_reason_and_the_rest_stays(requester: Visitor):
    answer = requester.post(
        INVOICE,
        data={
            "cost_centre": "4711",
            "files": [
                upload("good.pdf", PDF),
                upload("evil.exe", b"MZ"),
                upload("wrong.pdf", b"no pdf at all"),
                upload("nothing.xml", b""),
            ],
        },
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303
    text = requester.page(answer.location)
    assert "evil.exe cannot be used here" in text
    assert "wrong.pdf is not what its ending says." in text
    assert "nothing.xml is empty." in text
    assert 'value="4711"' in text
    assert len(documents_of(text)) == 1
    assert "evil.exe" not in requester.page(INVOICE), "told once"
    placed = requester.post(INVOICE, data={"documents": documents_of(text)})
    assert "good.pdf" in requester.page(placed.location)


def test_a_draft_survives_and_goes_with_the_order(requester: Visitor):
    saved = requester.post(f"{FORM}/draft", data={"subject": "Half a thought"})
    assert saved.status_code == 204
    assert "Half a thought" in requester.page("/p/sommer/")
    assert 'value="Half a thought"' in requester.page(FORM)
    requester.post(FORM, data={**ASKED, "subject": "A whole thought"})
    assert "You have begun to order" not in requester.page("/p/sommer/")


def test_an_empty_form_leaves_no_draft(requester: Visitor):
    requester.post(f"{FORM}/draft", data={"subject": " "})
    assert "You have begun to order" not in requester.page("/p/sommer/")


def test_a_draft_is_its_authors_and_can_be_thrown_away(requester: Visitor, approver: Visitor):
    requester.post(f"{FORM}/draft", data={"subject": "Half a thought"})
    assert "Half a thought" not in approver.page("/p/sommer/")
    assert "Half a thought" not in approver.page(FORM)
    requester.post(f"{FORM}/discard")
    assert "Half a thought" not in requester.page(FORM)


def test_files_are_taken_at_once_and_can_be_removed(requester: Visitor):
    sent = requester.post(
        f"{INVOICE}/files",
        data={"cost_centre": "4711", "files": [upload("a.pdf", PDF), upload("b.exe", b"MZ")]},
        content_type="multipart/form-data",
        headers={"HX-Request": "true"},
    )
    assert sent.status_code == 204
    part = unescape(requester.get(f"{INVOICE}/files", headers={"HX-Request": "true"}).text)
    assert "<html" not in part
    assert "a.pdf" in part
    assert "b.exe cannot be used here" in part
    (document,) = documents_of(part)
    requester.post(f"{INVOICE}/draft", data={"cost_centre": "4712"})
    text = requester.page(INVOICE)
    assert documents_of(text) == [document], "typing leaves the files alone"
    assert 'value="4712"' in text
    requester.post(INVOICE, data={"documents": [document], "remove": document})
    assert documents_of(requester.page(INVOICE)) == []


def test_another_clients_file_cannot_be_ordered_with(requester: Visitor, stranger: Visitor):
    sent = stranger.post(
        "/p/kern/order/accounts_payable/supplier_invoice/files",
        data={"files": [upload("secret.pdf", PDF)]},
        content_type="multipart/form-data",
    )
    (document,) = documents_of(stranger.page(sent.location))
    for foreign in (document, str(new_id())):
        answer = requester.post(INVOICE, data={"documents": [foreign]})
        assert answer.status_code == 303
        assert "check=1" in answer.location
        assert "secret" not in requester.page(answer.location)
    assert requester.post(INVOICE, data={"documents": ["nonsense"]}).status_code == 422


def test_amounts_and_dates_reach_the_item(town: Town, requester: Visitor):
    answer = requester.post(FORM, data={**ASKED, "wanted_by": "2027-01-31"})
    item_id = answer.location.rsplit("/", 1)[-1]
    with in_scope(town.app, town.baker):
        assert queries.item(item_id).payload["wanted_by"] == "2027-01-31"


def test_the_form_shows_what_files_may_look_like(
    requester: Visitor, monkeypatch: pytest.MonkeyPatch
):
    shown = [ExampleFile("rechnung.xml", b"<Invoice/>")]
    monkeypatch.setattr("app.portal.order.example_files", lambda *_, **__: shown)
    assert f'<a href="{INVOICE}/examples/0">rechnung.xml</a>' in requester.page(INVOICE)
    answer = requester.get(f"{INVOICE}/examples/0")
    assert answer.data == b"<Invoice/>"
    assert answer.mimetype == "application/octet-stream"
    assert requester.get(f"{INVOICE}/examples/1").status_code == 404
