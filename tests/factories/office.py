"""An office that orders work of one client and does it, by the program's own actions."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from flask import Flask

from app.documents import queries as documents
from app.documents.actions import store
from app.identity.permissions import CLIENT_PERMISSIONS, STAFF_PERMISSIONS, ClientRole, StaffRole
from app.kernel.actor import Actor, Side
from app.work import queries
from app.work.actions import automation, closing, handling, orders
from app.work.actions.orders import Order
from app.work.rules import WorkStatus
from tenants.context import TenantRef
from tenants.db import transaction
from tests.conftest import in_scope

CLERK, CHECKER = (
    Actor(
        id=uuid4(),
        name=name,
        side=Side.PROVIDER,
        permissions=frozenset(STAFF_PERMISSIONS[StaffRole.ADMIN]),
    )
    for name in ("Anna Krüger", "Jan Brandt")
)
CLIENT = Actor(
    id=uuid4(),
    name="Thomas Sommer",
    side=Side.CLIENT,
    permissions=frozenset(CLIENT_PERMISSIONS[ClientRole.CLIENT_ADMIN]),
)


class Office:
    """Orders work of one client and does it, by the program's own actions."""

    def __init__(self, app: Flask, tenant: TenantRef) -> None:
        self.app, self.tenant = app, tenant

    def order(
        self, service: str, kind: str, payload: Mapping[str, Any], *files: tuple[str, bytes]
    ) -> UUID:
        """Placed by the client and read by the automation."""
        with in_scope(self.app, self.tenant), transaction():
            stored = [
                store(actor=CLIENT, name=name, content=content, accepts=(name[-4:],))
                for name, content in files
            ]
            (item,) = orders.open_items(
                actor=CLIENT,
                order=Order(
                    service_key=service,
                    type_key=kind,
                    payload=payload,
                    document_ids=[one.id for one in stored],
                ),
            )
            item_id = item.id
        with in_scope(self.app, self.tenant):
            automation.check(item_id=item_id)
        return item_id

    def hand_over(self, item_id: UUID) -> None:
        """The clerk takes it, ticks everything and hands it to the second person."""
        with in_scope(self.app, self.tenant), transaction():
            handling.take(actor=CLERK, item_id=item_id)
            for entry in queries.checklist(item_id):
                handling.tick(actor=CLERK, item_id=item_id, key=entry.key, done=True)
            handling.hand_over(actor=CLERK, item_id=item_id)

    def approve(self, item_id: UUID) -> list[tuple[str, bytes]]:
        """The second person agrees; the results by name."""
        with in_scope(self.app, self.tenant), transaction():
            handling.approve(actor=CHECKER, item_id=item_id)
            return [
                (one.name, documents.content(one))
                for one in queries.documents(item_id, results=True)
            ]

    def accept(self, item_id: UUID) -> None:
        """The client takes it, twice by mistake."""
        for _ in range(2):
            with in_scope(self.app, self.tenant), transaction():
                closing.accept(actor=CLIENT, item_id=item_id)

    def values(self, item_id: UUID) -> dict[str, Any]:
        """What would be delivered."""
        with in_scope(self.app, self.tenant), transaction():
            return dict(queries.item(item_id).values)

    def status(self, item_id: UUID) -> WorkStatus:
        """Where it stands."""
        with in_scope(self.app, self.tenant), transaction():
            return queries.item(item_id).status
