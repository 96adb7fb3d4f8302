"""What not everybody of Lark's own people sees: work that somebody else has ordered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select

from app.documents import actions as documents
from app.identity import team
from app.identity.models import Membership
from app.identity.permissions import CLIENT_PERMISSIONS, ClientRole, Sight
from app.kernel.actor import SYSTEM, Actor, Side
from app.work import document_queries, queries
from app.work.actions import asking, handling, orders, talking
from app.work.actions.asking import Wanted
from app.work.actions.orders import Order
from tenants.context import TenantRef
from tenants.db import db, transaction
from tests.conftest import in_scope
from tests.factories.people import TestPerson, a_person

if TYPE_CHECKING:
    from tests.isolation.world import World

CANARY = "hiddencanary"


def people(app: Flask, lark: TenantRef) -> list[tuple[ClientRole, TestPerson]]:
    """A requester and an approver who see only what they have ordered themselves."""
    made = []
    for role in (ClientRole.REQUESTER, ClientRole.APPROVER):
        person = a_person(app, name=f"Only own {role}", member_of={lark: role})
        made.append((role, person))
        with app.app_context(), transaction():
            mine = (Membership.account_id == person.id, Membership.tenant_id == lark.id)
            membership_id = db.session.scalars(select(Membership.id).where(*mine)).one()
            team.change_sight(
                actor=SYSTEM, client=lark, membership_id=membership_id, sight=Sight.OWN,
                department="",
            )  # fmt: skip
    return made


def order(world: World) -> dict[str, list[UUID]]:
    """Somebody else's work in every state, with files, messages and documents asked for."""
    from tests.isolation.world import ADMIN

    somebody = Actor(
        id=uuid4(), name=CANARY, side=Side.CLIENT,
        permissions=CLIENT_PERMISSIONS[ClientRole.REQUESTER],
    )  # fmt: skip
    boss = replace(ADMIN, name=CANARY)
    items = []
    for _ in range(3):
        with in_scope(world.app, world.refs["lark"]), transaction():
            file = documents.store(
                actor=somebody, name=f"{CANARY}.txt", content=f"{uuid4()} {CANARY}".encode()
            )
            (item,) = orders.open_items(
                actor=somebody,
                order=Order(
                    service_key="general_request",
                    type_key="request",
                    payload={"subject": f"Subject {CANARY}", "description": f"Text {CANARY}"},
                    document_ids=[file.id],
                ),
            )
            items.append(item.id)
    with in_scope(world.app, world.refs["lark"]), transaction():
        talking.ask_client(actor=boss, item_id=items[0], body=f"Which {CANARY}?")
        request = asking.request_documents(
            actor=boss, item_id=items[1], wanted=Wanted(titles=[CANARY], note=CANARY)
        )
        handling.take(actor=boss, item_id=items[2])
        for entry in queries.checklist(items[2]):
            handling.tick(actor=boss, item_id=items[2], key=entry.key, done=True)
        handling.correct(actor=boss, item_id=items[2], values={"result": f"Done {CANARY}"})
        handling.hand_over(actor=boss, item_id=items[2])
        (wish,) = document_queries.wishes(request.id)
        files = [file.id for item in items for file in queries.documents(item)]
        return {
            "item_id": items,
            "document_id": files,
            "request_id": [request.id],
            "wish_id": [wish.id],
        }
