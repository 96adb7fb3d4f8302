"""What happened at a client: pieces of work, each a chain of deeds at their times."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from app.documents import actions as documents
from app.kernel.actor import Actor
from app.kernel.clock import freeze
from app.kernel.errors import Invalid
from app.kernel.sandbox import files_of_our_own
from app.services.accounts_payable.samples import FOLDER
from app.services.accounts_payable.samples.specification import Specification
from app.services.accounts_payable.samples.write_cii import write_cii
from app.services.accounts_payable.samples.write_ubl import write_ubl
from app.work import queries
from app.work.actions import automation, closing, handling, orders, talking
from app.work.actions.orders import Order
from app.work.rules import Priority
from devtools.demo.clients import Client, Place
from tenants.db import transaction
from tenants.scope import tenant_scope

ZONE = ZoneInfo("Europe/Berlin")
HISTORY = (150, 127, 101, 88, 61, 47, 33, 19)
"""Days ago of work that is long accepted."""
RECENT = (
    (58, "accepted"),
    (52, "cancelled"),
    (40, "delivered"),
    (31, "rework"),
    (24, "delivered"),
    (19, "complained"),
    (6.5, "review"),
    (5, "review"),
    (6, "rejected"),
    (7, "asked"),
    (4.5, "third_party"),
    (3.5, "ticked"),
    (2.5, "taken"),
    (1.5, "new"),
    (11, "new"),
)
"""Office hours ago, and how far it got. The last one is late: somebody has to see red."""


@dataclass(slots=True, kw_only=True)
class Piece:
    """A piece of work: when it came, what it is, and how far it got."""

    at: datetime
    end: str
    """new, taken, ticked, asked, third_party, review, rejected, delivered, accepted, complained,
    rework, cancelled."""
    title: str = ""
    text: str = ""
    file: tuple[str, bytes] | None = None
    priority: Priority = Priority.NORMAL
    item_id: UUID | None = field(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who plays in a piece."""

    requester: Actor
    approver: Actor
    clerk: Actor
    checker: Actor


def play(client: Client, place: Place, staff: dict[str, Actor], *, until: datetime) -> None:
    """Do every deed in the order of time, each as its own transaction at its own moment."""
    chance = Random(place.code)  # noqa: S311  a stage play, not a secret
    deeds: list[tuple[datetime, int, Iterator[datetime]]] = []
    for number, piece in enumerate(_pieces(place, chance, until)):
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
    return Cast(
        requester=chance.choice(client.members),
        approver=client.members[0],
        clerk=clerk,
        checker=chance.choice(others),
    )


def _pieces(place: Place, chance: Random, until: datetime) -> Iterator[Piece]:
    serial = 100
    for days in HISTORY:
        serial += chance.randint(3, 40)
        yield _invoice(place, chance, _morning(until, days, chance), "accepted", serial)
    topics = list(place.requests)
    for turn, (hours, end) in enumerate(RECENT):
        at = _before(until, hours * chance.uniform(0.9, 1.1))
        if turn % 3 == 1 and topics:
            subject, text = topics.pop(0)
            yield Piece(at=at, end=end, title=subject, text=text)
        else:
            serial += chance.randint(1, 9)
            yield _invoice(place, chance, at, end, serial)
    for file in _sample_files(place.samples):
        yield Piece(
            at=_before(until, chance.uniform(0.3, 3)),
            end="new",
            file=file,
            priority=chance.choice(
                (Priority.NORMAL, Priority.NORMAL, Priority.HIGH, Priority.URGENT)
            ),
        )


@cache
def _sample_files(beginning: str) -> list[tuple[str, bytes]]:
    paths = sorted(FOLDER.glob(f"{beginning}-*"))
    return [(path.name, path.read_bytes()) for path in paths]


def _invoice(place: Place, chance: Random, at: datetime, end: str, serial: int) -> Piece:
    model: Specification = chance.choice(place.invoices)
    day: date = at.date()
    factor = chance.randint(60, 180)
    bill = replace(
        model,
        number=f"{model.number.split()[0][:6]}-{serial}",
        issued=day - timedelta(days=2),
        delivered=day - timedelta(days=3),
        due=day + timedelta(days=28),
        positions=tuple(
            replace(line, quantity=max(line.quantity * factor // 100, line.quantity / 100))
            for line in model.positions
        ),
    )
    write = chance.choice((write_ubl, write_cii))
    return Piece(
        at=at,
        end=end,
        file=(f"{bill.number.replace(' ', '-')}.xml", write(bill)),
        priority=chance.choice((Priority.NORMAL,) * 4 + (Priority.HIGH, Priority.LOW)),
    )


def _morning(until: datetime, days: int, chance: Random) -> datetime:
    return _working(until - timedelta(days=days), chance)


def _working(moment: datetime, chance: Random) -> datetime:
    """The moment itself within office hours, else one on the working day before."""
    local = moment.astimezone(ZONE)
    if local.hour >= 17 or local.weekday() > 4 or local.hour < 8:
        day = local.date() - timedelta(days=1 if local.hour < 8 else 0)
        while day.weekday() > 4:
            day -= timedelta(days=1)
        local = datetime.combine(
            day, time(chance.randint(8, 15), chance.randint(0, 59)), tzinfo=ZONE
        )
    return local.astimezone(UTC)


def _story(piece: Piece, cast: Cast, chance: Random) -> Iterator[datetime]:
    """The deeds of one piece; yields when the next one happens."""

    def later(hours: float, spread: float = 0.5) -> datetime:
        nonlocal at
        at = _after(at, hours * chance.uniform(1 - spread, 1 + spread))
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
    yield from _work(piece, cast, later)
    if piece.end in ("taken", "ticked", "asked", "third_party", "review", "rejected"):
        return
    yield from _finish(piece, cast, later)


def _work(piece, cast, later):  # type: ignore[no-untyped-def]
    with transaction():
        handling.take(actor=cast.clerk, item_id=_id(piece))
    if piece.end == "taken":
        return
    yield later(0.3)
    with transaction():
        for entry in queries.checklist(_id(piece))[: 2 if piece.end == "ticked" else 99]:
            handling.tick(actor=cast.clerk, item_id=_id(piece), key=entry.key, done=True)
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
        if piece.file is None:
            order = Order(
                service_key="general_request",
                type_key="request",
                priority=piece.priority,
                payload={"subject": piece.title, "description": piece.text},
            )
        else:
            name, content = piece.file
            document = documents.store(actor=cast.requester, name=name, content=content)
            order = Order(
                service_key="accounts_payable",
                type_key="supplier_invoice",
                payload={"cost_centre": "4210"},
                document_ids=(document.id,),
                priority=piece.priority,
            )
        (item,) = orders.open_items(actor=cast.requester, order=order)
        piece.item_id = item.id


def _check(piece: Piece) -> None:
    with files_of_our_own():
        automation.check(item_id=_id(piece))


def _fill(piece: Piece, clerk: Actor) -> None:
    item = queries.item(_id(piece))
    if item.service_key == "general_request":
        values = {"result": "Erledigt wie besprochen, die Unterlagen liegen bei."}
        handling.correct(actor=clerk, item_id=item.id, values=values)
    elif item.values:
        try:
            handling.correct(actor=clerk, item_id=item.id, values=item.values)
        except Invalid:
            # What the file itself got wrong stays for the visitor of the demo to look at.
            return


def _after(moment: datetime, hours: float) -> datetime:
    """So many office hours later (Monday to Friday, 8 to 17)."""
    local = moment.astimezone(ZONE)
    left = timedelta(hours=hours)
    while True:
        closes = local.replace(hour=17, minute=0, second=0)
        if local.weekday() < 5 and local < closes:
            if local + left <= closes:
                return (local + left).astimezone(UTC)
            left -= closes - local
        day = local.date() + timedelta(days=1)
        local = datetime.combine(day, time(8, 0), tzinfo=ZONE)


def _before(moment: datetime, hours: float) -> datetime:
    """So many office hours earlier."""
    local = moment.astimezone(ZONE)
    left = timedelta(hours=hours)
    while True:
        opens = local.replace(hour=8, minute=0, second=0, microsecond=0)
        if local.weekday() < 5 and local > opens:
            local = min(local, opens.replace(hour=17))
            if local - left >= opens:
                return (local - left).astimezone(UTC)
            left -= local - opens
        day = local.date() - timedelta(days=1)
        local = datetime.combine(day, time(17, 0), tzinfo=ZONE)
