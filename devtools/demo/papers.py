"""Documents that a client of the demo was asked for: some are there, one came back."""

from datetime import datetime, timedelta
from uuid import UUID

from app.documents import actions as documents
from app.kernel.actor import Actor
from app.kernel.clock import freeze
from app.work import document_queries
from app.work.actions import asking, handling, orders
from app.work.actions.asking import Wanted
from app.work.actions.orders import Order
from devtools.demo.clients import Client
from devtools.demo.office_time import before
from tenants.db import transaction
from tenants.scope import tenant_scope

ALSO_AT = "alpha-logistik"
OWNER = "baeckerei-sommer"
TITLES = (
    "Bank statements of the month",
    "Cash book of the month",
    "Receipts that are still missing",
    "Kassen-Zählprotokoll Filiale Marktplatz",
)


def ask(client: Client, staff: dict[str, Actor], *, until: datetime) -> None:
    """Ask two of the clients for documents."""
    if client.ref.slug == OWNER:
        ask_for_them(client, staff, until=until)
    elif client.ref.slug == ALSO_AT:
        ask_for_more(client, staff, until=until)


def ask_for_them(client: Client, staff: dict[str, Actor], *, until: datetime) -> None:
    """The month's papers: two handed in, of these one accepted and one sent back; two missing."""
    requester, clerk = client.members[-1], staff["anna"]
    with tenant_scope(client.ref):
        with freeze(before(until, 14)), transaction():
            item_id = _order(requester)
            handling.take(actor=clerk, item_id=item_id)
        with freeze(before(until, 13)), transaction():
            request_id = asking.request_documents(
                actor=clerk,
                item_id=item_id,
                wanted=Wanted(
                    titles=TITLES,
                    note="Für die Umsatzsteuer des Monats. Gut lesbare Fotos genügen.",
                    due_at=until + timedelta(days=6),
                ),
            ).id
        _hand_in(request_id, requester, at=before(until, 8))
        _judge(request_id, clerk, at=before(until, 3))


def ask_for_more(client: Client, staff: dict[str, Actor], *, until: datetime) -> None:
    """At another client: a contract that was handed in and waits to be checked; one overdue."""
    requester, clerk = client.members[-1], staff["jan"]
    with tenant_scope(client.ref):
        for title, days in (("Unterschriebener Leasingvertrag", 4), ("Fahrtenbuch September", -1)):
            with freeze(before(until, 40)), transaction():
                item_id = _order(requester, subject=f"Unterlagen prüfen: {title}")
                handling.take(actor=clerk, item_id=item_id)
                request_id = asking.request_documents(
                    actor=clerk,
                    item_id=item_id,
                    wanted=Wanted(titles=[title], due_at=until + timedelta(days=days)),
                ).id
            if days > 0:
                _hand_in_one(request_id, requester, name="Leasingvertrag.txt", at=before(until, 5))


def _hand_in_one(request_id: UUID, requester: Actor, *, name: str, at: datetime) -> None:
    with freeze(at), transaction():
        (wish,) = document_queries.wishes(request_id)
        file = documents.store(actor=requester, name=name, content=b"Leasingvertrag, Seite 1\n")
        asking.hand_in(actor=requester, request_id=request_id, files={wish.id: file.id})


def _order(requester: Actor, *, subject: str = "Monatsabschluss Oktober vorbereiten") -> UUID:
    order = Order(
        service_key="general_request",
        type_key="request",
        payload={
            "subject": subject,
            "description": "Bitte alles zusammenstellen und uns sagen, was noch fehlt.",
        },
    )
    (item,) = orders.open_items(actor=requester, order=order)
    return item.id


def _hand_in(request_id: UUID, requester: Actor, *, at: datetime) -> None:
    with freeze(at), transaction():
        first, second, *_ = document_queries.wishes(request_id)
        files = {
            first.id: documents.store(
                actor=requester, name="Kontoauszug-10.csv", content=b"Datum;Betrag\n01.10.;12,50\n"
            ).id,
            second.id: documents.store(
                actor=requester, name="Kassenbuch.txt", content=b"Seite 1 von 2\n"
            ).id,
        }
        asking.hand_in(actor=requester, request_id=request_id, files=files)


def _judge(request_id: UUID, clerk: Actor, *, at: datetime) -> None:
    with freeze(at), transaction():
        first, second, *_ = document_queries.wishes(request_id)
        asking.accept_document(actor=clerk, wish_id=first.id)
        asking.send_back(
            actor=clerk, wish_id=second.id, reason="Die zweite Seite fehlt, bitte beide Seiten."
        )
