"""Whether an item is processed twice without one seeing the other, and what came of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields
from sqlalchemy import select

from app.catalogue.service import Service, work_type
from app.clients import queries as clients
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Forbidden, Invalid
from app.work.blind_models import BlindRule, SecondEntry
from app.work.index import number_of
from app.work.models import WorkItem
from app.work.rules import WorkStatus
from tenants.context import current_tenant
from tenants.db import db


def services(tenant_id: int) -> frozenset[str]:
    """Those whose work for this client is entered twice."""
    query = select(BlindRule.service_key).where(BlindRule.tenant_id == tenant_id)
    return frozenset(db.session.scalars(query))


def can_be_entered_twice(tenant_id: int) -> list[Service]:
    """Of this client's contract those with values and a second pair of eyes; in the books."""
    offers = clients.orderable_services(tenant_id=tenant_id, on=now().date())
    return [
        offer.service
        for offer in offers
        if any(one.values and one.four_eyes for one in offer.service.work_types)
    ]


def compared(item: WorkItem) -> list[str]:
    """Names of the values that are entered twice; lists of rows are not."""
    schema = schema_of(item)
    if schema is None:
        return []
    every = schema().fields.items()
    return [name for name, field in every if not isinstance(field, (fields.List, fields.Nested))]


def schema_of(item: WorkItem) -> type[Schema] | None:
    """Of what is to be delivered."""
    return work_type(item.service_key, item.type_key).values


def is_asked(item: WorkItem) -> bool:
    """Whether this item in review has to be entered a second time."""
    if item.status is not WorkStatus.REVIEW or not compared(item):
        return False
    return item.service_key in services(current_tenant().id)


def entry(item_id: UUID) -> SecondEntry | None:
    """What the second person entered; None while nobody has."""
    return db.session.get(SecondEntry, item_id)


def typed(item: WorkItem, sent: Mapping[str, Any]) -> dict[str, str]:
    """Each compared value in its one form. Raises Invalid with the faulty fields."""
    schema = schema_of(item)
    assert schema is not None  # noqa: S101  `compared` found fields
    values, faulty = {}, {}
    for name in compared(item):
        field = schema().fields[name]
        try:
            loaded = field.deserialize(sent[name], name, sent) if name in sent else None
        except ValidationError as fault:
            faulty[name] = fault.messages
        else:
            values[name] = plain(field.serialize(name, {name: loaded}))
    if faulty:
        raise Invalid(fields=faulty)
    return values


def plain(value: Any) -> str:
    """How two entries are compared: nothing, an empty text and a tick not set are one."""
    return "" if value in (None, "", False) else str(value).strip()


def differing(item: WorkItem, second: Mapping[str, str]) -> list[str]:
    """Names of the fields in which the two differ, in their order."""
    return [name for name in second if plain(item.values.get(name)) != second[name]]


def check_before_approval(item: WorkItem, actor: Actor) -> None:
    """Raises Conflict while nobody has entered the values, Forbidden where only a lead decides."""
    if not is_asked(item):
        return
    found = entry(item.id)
    if found is None:
        raise Conflict(
            "The values of %(number)s have to be entered a second time first.",
            number=number_of(item),
        )
    if found.differing and not actor.may(Permission.WORK_ASSIGN):
        raise Forbidden(
            "The two entries of %(number)s differ: a team lead decides.", number=number_of(item)
        )
