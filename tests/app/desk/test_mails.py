"""Mails about an item on its page: withdrawn in time, sent again, of this client only."""

from http import HTTPStatus

import pytest

from app.messages import mail
from app.messages.mail_models import MailState
from tenants.db import transaction
from tests.conftest import in_scope
from tests.factories.desk_house import House


@pytest.fixture
def mailed(house: House) -> tuple[str, str]:
    """Addresses of an item's page and of the mail about it."""
    item_id = house.invoice()
    with in_scope(house.app, house.north), transaction():
        mail_id = mail.send(
            to="petra@north.example",
            template="client_asked",
            locale="en",
            params={"number": "N-1", "title": "New oven", "path": "/"},
            subject_id=item_id,
        )
    desk = f"/desk/c/{house.north.slug}"
    return f"{desk}/items/{item_id}", f"{desk}/mails/{mail_id}"


def test_withdrawn_and_sent_again(house: House, mailed: tuple[str, str]) -> None:
    page, address = mailed
    anna = house.visitor("anna")
    assert "about to go out" in anna.page(page)
    answer = anna.post(f"{address}/withdraw")
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert answer.location.endswith(f"{page}#mails")
    assert "withdrawn" in anna.page(page)
    assert anna.post(f"{address}/withdraw").status_code == HTTPStatus.CONFLICT
    assert anna.post(f"{address}/again").status_code == HTTPStatus.SEE_OTHER
    assert "about to go out" in anna.page(page)


def test_what_perhaps_never_arrived_is_said(house: House, mailed: tuple[str, str]) -> None:
    page, address = mailed
    from uuid import UUID

    with in_scope(house.app, house.north), transaction():
        mail.end_sending(UUID(address.rpartition("/")[2]), state=MailState.UNKNOWN, error="broke")
    assert "perhaps not arrived" in house.visitor("anna").page(page)
