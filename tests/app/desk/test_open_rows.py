"""Rows that are decided one by one: saved half decided, handed over only when each is."""

from http import HTTPStatus
from uuid import UUID

from app.clients import offering
from app.documents import actions as documents
from app.kernel.clock import now
from app.services.compliance.samples import sample_orders
from app.services.compliance.schemas import NOT_DECIDED
from app.work import queries
from app.work.actions import automation, handling, orders
from app.work.rules import WorkStatus
from tenants.db import transaction
from tests.conftest import in_scope
from tests.factories.desk_house import House


def screening(house: House) -> UUID:
    today = now().date()
    sample = next(one for one in sample_orders(today) if one.type_key == "screening")
    with house.app.app_context(), transaction():
        offering.offer(
            actor=house.actor("sabine"),
            tenant_id=house.north.id,
            service_key="compliance",
            on=today,
        )
    with in_scope(house.app, house.north), transaction():
        files = [
            documents.store(actor=house.requester, name=name, content=content).id
            for name, content in sample.files
        ]
        order = orders.Order(
            service_key="compliance",
            type_key=sample.type_key,
            payload=dict(sample.payload),
            document_ids=files,
        )
        item_id: UUID = orders.open_items(actor=house.requester, order=order)[0].id
    with in_scope(house.app, house.north):
        automation.check(item_id=item_id)
    return item_id


def test_half_decided_it_is_saved_and_not_handed_over(house: House) -> None:
    item_id = screening(house)
    anna, address = house.visitor("anna"), f"/desk/c/{house.north.slug}/items/{item_id}"
    house.act(handling.take, actor=house.actor("anna"), item_id=item_id)
    with in_scope(house.app, house.north):
        points = [one.key for one in queries.checklist(item_id)]
        values = dict(queries.item(item_id).values)
    for point in points:
        house.act(
            handling.tick, actor=house.actor("anna"), item_id=item_id, key=point, done=True,
            skills=frozenset(),
        )  # fmt: skip
    hits = values.pop("hits")
    form = {key: str(value) for key, value in values.items()}
    for at, hit in enumerate(hits):
        form |= {f"hits-{at}-{key}": str(value) for key, value in hit.items()}
    form["hits-0-decision"] = "other"
    assert anna.post(f"{address}/values", data=form).status_code == HTTPStatus.SEE_OTHER
    with in_scope(house.app, house.north):
        kept = queries.item(item_id).values["hits"]
    assert [one["decision"] for one in kept] == ["other", *["open"] * (len(hits) - 1)]
    assert len(hits) > 1
    refused = anna.post(f"{address}/done")
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert NOT_DECIDED in refused.text
    form |= {f"hits-{at}-decision": "other" for at, _ in enumerate(hits)}
    assert anna.post(f"{address}/values", data=form).status_code == HTTPStatus.SEE_OTHER
    assert anna.post(f"{address}/done").status_code == HTTPStatus.SEE_OTHER
    assert house.item(item_id).status is not WorkStatus.IN_PROGRESS
