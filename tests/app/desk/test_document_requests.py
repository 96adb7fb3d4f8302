"""What clients are asked for, over all clients: on its shelf, judged in place."""

from datetime import timedelta
from uuid import UUID

from app.documents import actions as documents
from app.kernel.clock import freeze, now
from app.work import document_queries
from app.work.actions import asking, handling
from app.work.actions.asking import Wanted
from tests.factories.desk_house import House

HX = {"HX-Request": "true"}


def asked(house: House, subject: str, *, due: bool = False) -> tuple[UUID, UUID]:
    item_id = house.request(subject)
    house.act(handling.take, actor=house.actor("anna"), item_id=item_id)
    wanted = Wanted(titles=["Bank statement"], due_at=now() + timedelta(days=1) if due else None)
    request_id = house.act(_ask, house=house, item_id=item_id, wanted=wanted)
    return item_id, request_id


def _ask(*, house: House, item_id: UUID, wanted: Wanted) -> UUID:
    return asking.request_documents(actor=house.actor("anna"), item_id=item_id, wanted=wanted).id


def hand_in(house: House, request_id: UUID) -> UUID:
    return house.act(_hand_in, house=house, request_id=request_id)


def _hand_in(*, house: House, request_id: UUID) -> UUID:
    file = documents.store(actor=house.requester, name="bank.txt", content=b"statement")
    (wish,) = document_queries.wishes(request_id)
    asking.hand_in(actor=house.requester, request_id=request_id, files={wish.id: file.id})
    return wish.id


def test_each_request_lies_on_its_shelf(house: House) -> None:
    _item, waiting = asked(house, "Waits zzd1")
    _item, late = asked(house, "Is late zzd2", due=True)
    _item, handed = asked(house, "Is there zzd3")
    hand_in(house, handed)
    anna = house.visitor("anna")
    review = anna.page("/desk/documents")
    assert "zzd3" in review
    assert "zzd1" not in review
    with_client = anna.page("/desk/documents?shelf=waiting")
    assert "zzd1" in with_client
    assert "zzd3" not in with_client
    assert "zzd2" not in anna.page("/desk/documents?shelf=overdue")
    with freeze(now() + timedelta(days=2)):
        overdue = house.visitor("anna").page("/desk/documents?shelf=overdue")
    assert "zzd2" in overdue
    assert "zzd1" not in overdue
    assert {waiting, late, handed}


def test_a_document_is_accepted_in_place_and_the_request_leaves(house: House) -> None:
    _item, request_id = asked(house, "In place zzd4")
    wish_id = hand_in(house, request_id)
    anna = house.visitor("anna")
    panel = anna.get(f"/desk/c/north/document-requests/{request_id}", headers=HX)
    assert "Bank statement" in panel.text
    done = anna.post(f"/desk/c/north/documents/{wish_id}/accept", headers=HX)
    assert "checked and accepted" in done.text
    assert "zzd4" not in anna.page("/desk/documents?shelf=open")


def test_sent_back_it_waits_for_the_client_again(house: House) -> None:
    _item, request_id = asked(house, "Again zzd5")
    wish_id = hand_in(house, request_id)
    anna = house.visitor("anna")
    answer = anna.post(
        f"/desk/c/north/documents/{wish_id}/send-back", data={"reason": "Wrong month"}, headers=HX
    )
    assert "Wrong month" in answer.text
    assert "zzd5" not in anna.page("/desk/documents")
    assert "zzd5" in anna.page("/desk/documents?shelf=waiting")
    plain = anna.post(
        f"/desk/c/north/document-requests/{request_id}/remind", data={"back": "request"}
    )
    assert plain.location.endswith(f"/document-requests/{request_id}")


def test_whoever_may_not_serve_a_client_sees_none_of_it(house: House) -> None:
    item_id = house.request("Southern zzd6", client=house.south)
    house.act(
        _ask, client=house.south, house=house, item_id=item_id, wanted=Wanted(titles=["Letter"])
    )
    assert "zzd6" in house.visitor("anna").page("/desk/documents?shelf=open")
    assert "zzd6" not in house.visitor("carl").page("/desk/documents?shelf=open")


def test_nothing_new_is_a_304(house: House) -> None:
    anna = house.visitor("anna")
    first = anna.get("/desk/documents?shelf=open", headers=HX)
    tag = {"If-None-Match": first.headers["ETag"], **HX}
    assert anna.get("/desk/documents?shelf=open", headers=tag).status_code == 304
