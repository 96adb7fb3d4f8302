"""New work from a mail that belongs to no item: its text and files go along."""

from uuid import UUID

from app.messages import conversation
from app.work import queries
from tests.conftest import in_scope
from tests.factories.desk_house import House
from tests.factories.waiting_mail import a_mail


def test_the_mail_begins_the_work(house: House) -> None:
    mail_id = a_mail(house, "begins")
    lena = house.visitor("lena")
    slug = house.north.slug
    assert "Open new work" in lena.page("/desk/mail-in")
    opened = lena.post(f"/desk/mail-in/{mail_id}/open", data={"client": slug})
    assert opened.status_code == 303
    assert f"mail={mail_id}" in lena.page(opened.headers["Location"])
    address = f"/desk/c/{slug}/order/general_request/request"
    form = lena.page(f"{address}?mail={mail_id}")
    assert "offer.txt" in form
    assert "Please look at the attached offer." in form
    sent = {"mail": str(mail_id), "subject": "Flour", "description": "An offer to be looked at."}
    placed = lena.post(address, data=sent)
    assert placed.status_code == 303
    item_id = UUID(placed.headers["Location"].rpartition("/")[2])
    with in_scope(house.app, house.north):
        assert [one.name for one in queries.documents(item_id)] == ["offer.txt"]
        (said,) = conversation.of_subject(item_id, with_internal=True)
        assert (said.author_name, said.body) == (
            "Karin Petersen",
            "Please look at the attached offer.",
        )
    assert lena.post(address, data=sent).status_code == 409, "a mail begins work once"
    assert "Flour begins" not in lena.page("/desk/mail-in")


def test_a_clerk_cannot_open_work_from_a_mail_nor_another_client_see_it(house: House) -> None:
    mail_id = a_mail(house, "not-theirs")
    anna, lena = house.visitor("anna"), house.visitor("lena")
    data = {"client": house.north.slug}
    assert anna.post(f"/desk/mail-in/{mail_id}/open", data=data).status_code == 403
    assert lena.post(f"/desk/mail-in/{mail_id}/open", data={"client": "x"}).status_code == 422
    assert lena.post(f"/desk/mail-in/{mail_id}/open", data=data).status_code == 303
    south = f"/desk/c/{house.south.slug}/order/general_request/request?mail={mail_id}"
    assert lena.get(south).status_code == 409, "it is the first client's mail now"
