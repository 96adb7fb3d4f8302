"""A house with six people at the desk and two clients whose work they do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask import Flask

from app.clients import actions as clients
from app.documents import actions as documents
from app.identity import accounts, sessions, staff
from app.identity.permissions import (
    CLIENT_PERMISSIONS,
    STAFF_PERMISSIONS,
    ClientRole,
    StaffRole,
)
from app.kernel.actor import SYSTEM, Actor, Side
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.services.accounts_payable.samples import FOLDER
from app.staffing import actions as staffing
from app.work import queries
from app.work.actions import automation, handling, orders
from app.work.actions.orders import Order
from app.work.rules import Priority
from config import Settings
from tenants import opening
from tenants.context import TenantRef
from tenants.db import transaction
from tenants.registry import by_slug
from tests.conftest import in_scope
from tests.factories.people import TestPerson, with_second_factor
from tests.factories.portal_visitor import PDF, Visitor

PASSWORD = "harbour-crane-tide-bell"
PEOPLE = {
    "anna": ("Anna Krüger", StaffRole.OPERATOR),
    "ben": ("Ben Otte", StaffRole.OPERATOR),
    "carl": ("Carl Roth", StaffRole.OPERATOR),
    "lena": ("Lena Voss", StaffRole.TEAM_LEAD),
    "paul": ("Paul Reuter", StaffRole.FINANCE),
    "sabine": ("Sabine Ehlers", StaffRole.ADMIN),
}
"""Carl may serve the first client only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Who works here, and for whom."""

    app: Flask
    north: TenantRef
    south: TenantRef
    ids: dict[str, UUID] = field(default_factory=dict)
    requester: Actor

    def actor(self, who: str) -> Actor:
        name, role = PEOPLE[who]
        return Actor(
            id=self.ids[who],
            name=name,
            side=Side.PROVIDER,
            permissions=STAFF_PERMISSIONS[role],
        )

    def visitor(self, who: str) -> Visitor:
        with self.app.app_context(), transaction():
            token = sessions.open_session(account_id=self.ids[who], browser=sessions.NOWHERE)
        return Visitor(self.app.test_client(), token)

    def act(
        self, deed: Callable[..., Any], *, client: TenantRef | None = None, **values: Any
    ) -> Any:
        """One deed in a transaction of its own."""
        with in_scope(self.app, client or self.north), transaction():
            return deed(**values)

    def request(self, subject: str = "New oven", *, client: TenantRef | None = None) -> UUID:
        """A general request: no files, one pair of eyes."""
        order = Order(
            service_key="general_request",
            type_key="request",
            payload={"subject": subject, "description": "Three offers, please."},
        )
        return self._open(order, client)

    def invoice(
        self,
        *,
        client: TenantRef | None = None,
        read: bool = True,
        priority: Priority = Priority.NORMAL,
    ) -> UUID:
        """A supplier invoice with its XML, read by the automation unless told otherwise."""
        ref = client or self.north
        with in_scope(self.app, ref), transaction():
            file = documents.store(
                actor=self.requester,
                name="bakery-flour.xml",
                content=(FOLDER / "bakery-flour.xml").read_bytes(),
            ).id
        order = Order(
            service_key="accounts_payable",
            type_key="supplier_invoice",
            payload={"cost_centre": "4100"},
            document_ids=[file],
            priority=priority,
        )
        item_id = self._open(order, ref)
        if read:
            with in_scope(self.app, ref):
                automation.check(item_id=item_id)
        return item_id

    def pdf(self) -> UUID:
        """A supplier invoice on paper, scanned; not read yet."""
        with in_scope(self.app, self.north), transaction():
            file = documents.store(actor=self.requester, name="scan.pdf", content=PDF).id
        order = Order(
            service_key="accounts_payable",
            type_key="supplier_invoice",
            payload={},
            document_ids=[file],
        )
        return self._open(order, None)

    def _open(self, order: Order, client: TenantRef | None) -> UUID:
        with in_scope(self.app, client or self.north), transaction():
            (item,) = orders.open_items(actor=self.requester, order=order)
            return item.id

    def in_review(self, *, by: str = "anna") -> UUID:
        """An invoice that somebody has worked on and handed to review."""
        item_id = self.invoice()
        self.act(handling.take, actor=self.actor(by), item_id=item_id)
        with in_scope(self.app, self.north):
            keys = [entry.key for entry in queries.checklist(item_id)]
        for key in keys:
            self.act(handling.tick, actor=self.actor(by), item_id=item_id, key=key, done=True)
        self.act(handling.hand_over, actor=self.actor(by), item_id=item_id)
        return item_id

    def item(self, item_id: UUID, *, client: TenantRef | None = None) -> Any:
        """As it stands in the database."""
        with in_scope(self.app, client or self.north):
            return queries.item(item_id)


def build(app: Flask, settings: Settings, *, prefix: str = "") -> House:
    """Open both clients, agree on contracts, hire everybody."""
    refs = []
    for slug, name, code in (
        (f"{prefix}north", "Nordkai GmbH", f"{prefix.upper()}NORTH"[:8]),
        (f"{prefix}south", "Südkai KG", f"{prefix.upper()}SOUTH"[:8]),
    ):
        opening.open_client(
            settings.database_direct_url, slug=slug, name=name, code=code, at=now(),
            guidance=f"{name}: ask before you call.",
        )  # fmt: skip
        with app.app_context(), transaction():
            refs.append(by_slug(slug))
            clients.agree(
                actor=SYSTEM,
                tenant_id=refs[-1].id,
                number=f"V-{code}",
                valid_from=date(2020, 1, 1),
                services={"accounts_payable": {}, "general_request": {}},
            )
    ids: dict[str, UUID] = {}
    with app.app_context(), transaction():
        for key, (name, role) in PEOPLE.items():
            ids[key] = accounts.create(
                email=f"{prefix}{key}@house.example", name=name, password=PASSWORD, locale="en"
            )
            staff.give_roles(account_id=ids[key], roles=frozenset({role}))
            staffing.set_skills(actor=SYSTEM, account_id=ids[key], skills={"accounting": None})
            served = [refs[0].id] if key == "carl" else [ref.id for ref in refs]
            if role is StaffRole.OPERATOR:
                staffing.set_clients(actor=SYSTEM, account_id=ids[key], tenant_ids=served)
    with_second_factor(app, TestPerson(id=ids["sabine"], email=""))
    requester = Actor(
        id=new_id(),
        name="Nora Requester",
        side=Side.CLIENT,
        permissions=CLIENT_PERMISSIONS[ClientRole.REQUESTER],
    )
    return House(app=app, north=refs[0], south=refs[1], ids=ids, requester=requester)
