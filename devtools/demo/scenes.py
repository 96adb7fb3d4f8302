"""What happened at a client: pieces of work, each a chain of deeds at their times."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from random import Random
from uuid import UUID

from app.catalogue.service import Service, work_type
from app.documents import actions as documents
from app.kernel.actor import Actor
from app.kernel.clock import freeze
from app.kernel.errors import Invalid
from app.kernel.sandbox import files_of_our_own
from app.sla.rules.policy import Cause
from app.work import queries
from app.work.actions import automation, closing, handling, orders, promised, talking
from app.work.actions.orders import Order
from devtools.demo.clients import Client, Place
from devtools.demo.office_time import after
from devtools.demo.pieces import SLOW, UNFINISHED, Piece, of_services, pieces
from tenants.db import transaction
from tenants.scope import tenant_scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who plays in a piece."""

    requester: Actor
    approver: Actor
    clerk: Actor
    checker: Actor
    second: Actor
    """Ticks what the clerk may not tick alone."""
    lead: Actor


def play(
    client: Client,
    place: Place,
    staff: dict[str, Actor],
    *,
    until: datetime,
    shown: Sequence[Service] = (),
) -> None:
    """Do every deed in the order of time, each as its own transaction at its own moment."""
    chance = Random(place.code)  # noqa: S311  a stage play, not a secret
    deeds: list[tuple[datetime, int, Iterator[datetime]]] = []
    everything = chain(pieces(place, chance, until), of_services(shown, until))
    for number, piece in enumerate(everything):
        cast = _cast(client, staff, chance, piece)
        deeds.append((piece.at, number, _story(piece, cast, chance)))
    with tenant_scope(client.ref):
        while deeds:
            deeds.sort(key=lambda deed: deed[:2])
            moment, number, story = deeds.pop(0)
            if moment > until:
                continue
            with freeze(moment):
                following = next(story, None)
            if following is not None:
                deeds.append((following, number, story))


def _cast(client: Client, staff: dict[str, Actor], chance: Random, piece: Piece) -> Cast:
    clerk = staff[chance.choice(("anna", "anna", "jan"))]
    others = [staff[key] for key in ("jan", "anna", "lena") if staff[key].id != clerk.id]
    del piece
    checker = chance.choice(others)
    return Cast(
        requester=chance.choice(client.members),
        approver=client.members[0],
        clerk=clerk,
        checker=checker,
        second=next(one for one in others if one.id != checker.id),
        lead=staff["lena"],
    )


def _story(piece: Piece, cast: Cast, chance: Random) -> Iterator[datetime]:
    """The deeds of one piece; yields when the next one happens."""

    def later(hours: float, spread: float = 0.5) -> datetime:
        nonlocal at
        at = after(at, hours * chance.uniform(1 - spread, 1 + spread))
        return at

    at = piece.at
    _order(piece, cast)
    yield later(0.1)
    _check(piece)
    if piece.end == "new":
        return
    yield later(0.8)
    if piece.end == "cancelled":
        with transaction():
            closing.cancel(actor=cast.requester, item_id=_id(piece), reason="Doppelt geschickt.")
        return
    if piece.end in SLOW:
        yield later(32, 0.15)
    yield from _work(piece, cast, later)
    if piece.end == "due_by_hand":
        _promise_by_hand(piece, cast, at)
    if piece.end in UNFINISHED:
        return
    yield from _finish(piece, cast, later)


def _take(piece: Piece, cast: Cast) -> None:
    with transaction():
        handling.take(actor=cast.clerk, item_id=_id(piece))
        if piece.speaks:
            talking.say(actor=cast.clerk, item_id=_id(piece), body="Danke, wir kümmern uns darum.")


def _work(piece, cast, later):  # type: ignore[no-untyped-def]
    _take(piece, cast)
    if piece.end in ("taken", "late_open", "due_by_hand"):
        return
    yield later(0.3)
    with transaction():
        for entry in queries.checklist(_id(piece))[: 2 if piece.end == "ticked" else 99]:
            by = cast.second if entry.rules.get("four_eyes") else cast.clerk
            handling.tick(actor=by, item_id=_id(piece), key=entry.key, done=True)
        if piece.end == "third_party":
            talking.wait_for_third_party(
                actor=cast.clerk, item_id=_id(piece), reason="Auskunft der Bank steht aus."
            )
    if piece.end in ("ticked", "third_party"):
        return
    if piece.end in ("asked", "rework", "complained"):
        yield later(0.2)
        with transaction():
            talking.ask_client(
                actor=cast.clerk,
                item_id=_id(piece),
                body="Zu welcher Bestellung gehört das? Wir finden keine Nummer.",
            )
        if piece.end == "asked":
            return
        yield later(3)
        with transaction():
            talking.say(
                actor=cast.requester, item_id=_id(piece), body="Bestellung 2291, bitte freigeben."
            )
    yield later(0.4)
    with transaction():
        _fill(piece, cast.clerk)
        handed = handling.hand_over(actor=cast.clerk, item_id=_id(piece))
    if piece.end == "rejected" and handed.four_eyes:
        yield later(0.6)
        with transaction():
            handling.reject(
                actor=cast.checker, item_id=_id(piece), reason="Kostenstelle fehlt noch."
            )


def _finish(piece, cast, later):  # type: ignore[no-untyped-def]
    if queries_status(piece) == "review":
        yield later(0.8)
        with transaction():
            handling.approve(actor=cast.checker, item_id=_id(piece))
    if piece.end == "delivered":
        return
    yield later(5)
    _correct_promise(piece, cast)
    with transaction():
        if piece.end == "complained":
            closing.complain(
                actor=cast.approver, item_id=_id(piece), reason="Das Skonto fehlt in der Buchung."
            )
            return
        closing.accept(actor=cast.approver, item_id=_id(piece))
    if piece.end == "rework":
        yield later(6)
        with transaction():
            closing.complain(
                actor=cast.approver, item_id=_id(piece), reason="Falsches Konto, bitte korrigieren."
            )


def _promise_by_hand(piece: Piece, cast: Cast, at: datetime) -> None:
    with transaction():
        promised.set_due(
            actor=cast.lead,
            item_id=_id(piece),
            due_at=after(at, 45),
            reason="Mit Frau Behrens vereinbart: nach der Inventur.",
        )


def _correct_promise(piece: Piece, cast: Cast) -> None:
    with transaction():
        if piece.end == "excused":
            promised.excuse(
                actor=cast.lead,
                item_id=_id(piece),
                reason="Stromausfall im Rechenzentrum des Kunden, gemeldet am selben Tag.",
            )
        if piece.end == "paused_afterwards":
            promised.pause_backdated(
                actor=cast.lead,
                item_id=_id(piece),
                since=after(piece.at, 2),
                until=after(piece.at, 30),
                cause=Cause.CLIENT,
                reason="Die Unterlagen fehlten; am Telefon gefragt, nicht eingetragen.",
            )


def queries_status(piece: Piece) -> str:
    """The item's state as it stands."""
    with transaction():
        return str(queries.item(_id(piece)).status)


def _id(piece: Piece) -> UUID:
    if piece.item_id is None:
        raise RuntimeError("the piece was not ordered yet")
    return piece.item_id


def _order(piece: Piece, cast: Cast) -> None:
    with transaction():
        (item,) = orders.open_items(actor=cast.requester, order=_wanted(piece, cast))
        piece.item_id = item.id


def _wanted(piece: Piece, cast: Cast) -> Order:
    if piece.order is not None:
        handed_in = [
            documents.store(
                actor=cast.requester,
                name=name,
                content=content,
                accepts=work_type(piece.order.service_key, piece.order.type_key).accepts,
            )
            for name, content in piece.files
        ]
        return replace(piece.order, document_ids=tuple(one.id for one in handed_in))
    if piece.file is None:
        return Order(
            service_key="general_request",
            type_key="request",
            priority=piece.priority,
            payload={"subject": piece.title, "description": piece.text},
        )
    name, content = piece.file
    document = documents.store(actor=cast.requester, name=name, content=content)
    return Order(
        service_key="accounts_payable",
        type_key="supplier_invoice",
        payload={"cost_centre": "4210"},
        document_ids=(document.id,),
        priority=piece.priority,
    )


def _check(piece: Piece) -> None:
    with files_of_our_own():
        automation.check(item_id=_id(piece))


def _fill(piece: Piece, clerk: Actor) -> None:
    item = queries.item(_id(piece))
    if item.service_key == "general_request":
        values = {"result": "Erledigt wie besprochen, die Unterlagen liegen bei."}
        handling.correct(actor=clerk, item_id=item.id, values=values)
    elif item.values or piece.filled:
        try:
            handling.correct(actor=clerk, item_id=item.id, values=item.values | piece.filled)
        except Invalid:
            # What the file itself got wrong stays for the visitor of the demo to look at.
            return
