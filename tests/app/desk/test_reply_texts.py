"""Text templates at the desk: kept by leads, put into an answer with their fields filled."""

from html import unescape
from uuid import UUID

from app.messages import texts
from app.messages.texts import Wording
from tenants.db import transaction
from tests.factories.desk_house import House


def kept(house: House, *, title: str, service_key: str = "") -> UUID:
    with house.app.app_context(), transaction():
        return texts.keep(
            actor=house.actor("lena"),
            wording=Wording(
                title=title,
                service_key=service_key,
                german="Zu {number}: {title} für {client}. {operator}",
                english="About {number}: {title} for {client}. {operator}",
            ),
        ).id


def test_a_text_is_put_below_what_was_written_in_the_clients_language(house: House) -> None:
    text_id = kept(house, title="About it")
    item_id = house.request("Two ovens")
    anna = house.visitor("anna")
    address = f"/desk/c/{house.north.slug}/items/{item_id}"
    assert "About it" in anna.page(address)
    sent = {"kind": "insert", "text": str(text_id), "body": "Good morning."}
    answer = anna.post(f"{address}/message", data=sent)
    number = f"{house.north.code}-{house.item(item_id).number}"
    assert answer.status_code == 200
    filled = f"Good morning.\n\nZu {number}: Two ovens für {house.north.name}. Anna Krüger"
    assert filled in unescape(answer.text)
    assert "desk-talk" in answer.text
    panel = anna.post(f"{address}/message", data=sent, headers={"HX-Request": "true"})
    assert filled in unescape(panel.text)
    assert "<html" not in panel.text


def test_the_texts_stay_when_the_item_is_taken(house: House) -> None:
    kept(house, title="Stays here")
    address = f"/desk/c/{house.north.slug}/items/{house.request('Taken')}"
    panel = house.visitor("anna").post(f"{address}/take", headers={"HX-Request": "true"})
    assert "desk-talk" in panel.text
    assert "Stays here" in panel.text


def test_a_text_of_another_service_is_not_offered(house: House) -> None:
    text_id = kept(house, title="Only for invoices", service_key="accounts_payable")
    item_id = house.request("No invoice")
    anna = house.visitor("anna")
    address = f"/desk/c/{house.north.slug}/items/{item_id}"
    assert "Only for invoices" not in anna.page(address)
    sent = {"kind": "insert", "text": str(text_id), "body": ""}
    assert anna.post(f"{address}/message", data=sent).status_code == 404


def test_leads_keep_texts_on_their_page(house: House) -> None:
    lena, anna = house.visitor("lena"), house.visitor("anna")
    assert anna.get("/desk/texts").status_code == 403
    form = {"title": "By hand", "service_key": "", "german": "Hallo {nobody}", "english": "Hello"}
    refused = lena.post("/desk/texts", data=form)
    assert refused.status_code == 422
    assert "Hallo {nobody}" in refused.text
    assert "There is no such field: nobody." in refused.text
    assert lena.post("/desk/texts", data={**form, "german": "Hallo"}).status_code == 303
    with house.app.app_context():
        text_id = next(one.id for one in texts.listed() if one.title == "By hand")
    assert "Hallo" in lena.page(f"/desk/texts/{text_id}")
    changed = {**form, "german": "Guten Tag"}
    assert lena.post(f"/desk/texts/{text_id}", data=changed).status_code == 303
    assert "Guten Tag" in lena.page("/desk/texts")
    assert lena.post(f"/desk/texts/{text_id}/retire").status_code == 303
    assert lena.get(f"/desk/texts/{text_id}").status_code == 404
