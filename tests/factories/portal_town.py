"""A town: a baker who orders from the portal, a neighbour who must see nothing, and our clerks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from flask import Flask

from app.clients import actions as clients
from app.identity import accounts, sessions, team
from app.identity.permissions import CLIENT_PERMISSIONS, STAFF_PERMISSIONS, ClientRole, StaffRole
from app.kernel.actor import SYSTEM, Actor, Side
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.work import queries
from app.work.actions import closing, handling, orders, talking
from app.work.actions.orders import Order
from config import Settings
from tenants import opening
from tenants.context import TenantRef
from tenants.db import transaction
from tenants.registry import by_slug
from tests.conftest import in_scope
from tests.factories.portal_visitor import Visitor

PASSWORD = "oven-flour-salt-water"


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """Two clients with their people, and one of our clerks."""

    app: Flask
    baker: TenantRef
    neighbour: TenantRef
    people: dict[str, UUID]
    requester: Actor
    anna: Actor

    def visitor(self, who: str) -> Visitor:
        """Signed in just now: rights and addresses change for nobody who came long ago."""
        with self.app.app_context(), transaction():
            token = sessions.open_session(account_id=self.people[who], browser=sessions.NOWHERE)
        return Visitor(self.app.test_client(), token)

    def act(self, deed: Callable[..., Any], **values: Any) -> UUID | None:
        """Do something at the baker's in a transaction of its own; the id of what came of it."""
        with in_scope(self.app, self.baker), transaction():
            made = deed(**values)
            one = made[0] if isinstance(made, list) else made
            return getattr(one, "id", None)

    def order(self, subject: str = "New oven", *, to: str = "new") -> UUID:
        """A general request of the baker's; `to` is how far it is worked."""
        item_id = self.act(
            orders.open_items,
            actor=self.requester,
            order=Order(
                service_key="general_request",
                type_key="request",
                payload={"subject": subject, "description": "Three offers, please."},
            ),
        )
        assert item_id is not None
        if to != "new":
            self.act(handling.take, actor=self.anna, item_id=item_id)
        if to == "asked":
            self.act(talking.ask_client, actor=self.anna, item_id=item_id, body="Gas or electric?")
        if to in ("delivered", "accepted"):
            self.act(self.deliver, item_id=item_id)
        if to == "accepted":
            self.act(closing.accept, actor=SYSTEM, item_id=item_id)
        return item_id

    def deliver(self, *, item_id: UUID) -> None:
        """Anna finishes it (inside `act`)."""
        for entry in queries.checklist(item_id):
            handling.tick(actor=self.anna, item_id=item_id, key=entry.key, done=True)
        values = {"result": "Model B, 4.200 euros."}
        handling.correct(actor=self.anna, item_id=item_id, values=values)
        handling.hand_over(actor=self.anna, item_id=item_id)


@cache  # the clients are there for the whole session, whoever asks
def build(app: Flask, settings: Settings) -> Town:
    """Open the clients, agree on contracts, invite everybody."""
    people = {}
    refs = []
    for slug, name, code in (
        ("sommer", "Bäckerei Sommer", "SOM"),
        ("kern", "Holzbau Kern", "KERN"),
    ):
        opening.open_client(settings.database_direct_url, slug=slug, name=name, code=code, at=now())
        with app.app_context(), transaction():
            ref = by_slug(slug)
            refs.append(ref)
            clients.agree(
                actor=SYSTEM,
                tenant_id=ref.id,
                number=f"V-{code}",
                valid_from=date(2020, 1, 1),
                services={"accounts_payable": {}, "general_request": {}},
            )
            for role in ClientRole:
                account = accounts.create(
                    email=f"{role}@{slug}.example",
                    name=f"{slug.title()} {role.replace('_', ' ').title()}",
                    password=PASSWORD,
                    locale="en",
                )
                team.add_member(account_id=account, client=ref, role=role)
                people[f"{role}@{slug}"] = account
    return Town(
        app=app,
        baker=refs[0],
        neighbour=refs[1],
        people=people,
        requester=Actor(
            id=new_id(),
            name="Sommer Requester",
            side=Side.CLIENT,
            permissions=CLIENT_PERMISSIONS[ClientRole.REQUESTER],
        ),
        anna=Actor(
            id=new_id(),
            name="Anna Krüger",
            side=Side.PROVIDER,
            permissions=STAFF_PERMISSIONS[StaffRole.TEAM_LEAD],
        ),
    )
