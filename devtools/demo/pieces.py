"""The pieces of work that a client of the demo has had: when they came and how far they got."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any
from uuid import UUID

from app.catalogue.service import Service
from app.services.accounts_payable.samples import FOLDER
from app.services.accounts_payable.samples.specification import Specification
from app.services.accounts_payable.samples.write_cii import write_cii
from app.services.accounts_payable.samples.write_ubl import write_ubl
from app.work.actions.orders import Order
from app.work.rules import Priority
from devtools.demo.clients import Place
from devtools.demo.office_time import before, working

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


PROMISES = (
    (410, "late", "Kfz-Steuer der Zugmaschinen prüfen"),
    (330, "late", "Mautabrechnung dritten Quartals abgleichen"),
    (262, "excused", "Gefahrgutbescheinigungen ablegen"),
    (205, "paused_afterwards", "Palettenkonto mit Spedition Nord klären"),
    (160, "late", "Umsatzsteuer Niederlande zusammenstellen"),
    (118, "excused", "Versicherungsschaden Hänger melden"),
    (66, "asked", "Tankkarte 0417: Buchungen ohne Fahrzeug"),
    (34, "late_open", "Saldenbestätigung Großkunde"),
    (30, "due_by_hand", "Inventurliste Lager Süd erfassen"),
    (12, "third_party", "Zollbescheid nachfordern"),
)
"""Where a client has policies of its own: office hours ago, how far it got, and its title. Late,
excused, waiting long, promised by hand: what radar, explanation and report are for."""
UNFINISHED = frozenset(
    {"taken", "late_open", "due_by_hand", "ticked", "asked", "third_party", "review", "rejected"}
)
"""These stay where the clerk has left them."""
SLOW = frozenset({"late", "excused", "paused_afterwards", "late_open"})
"""Nobody looks at these in time."""


@dataclass(slots=True, kw_only=True)
class Piece:
    """A piece of work: when it came, what it is, and how far it got."""

    at: datetime
    end: str
    """new, taken, ticked, asked, third_party, review, rejected, delivered, accepted, complained,
    rework, cancelled; late, late_open, excused, paused_afterwards, due_by_hand."""
    title: str = ""
    text: str = ""
    file: tuple[str, bytes] | None = None
    priority: Priority = Priority.NORMAL
    order: Order | None = None
    """What is ordered, where it is neither a file for accounts payable nor a plain request."""
    files: tuple[tuple[str, bytes], ...] = ()
    """What is handed in with `order`."""
    filled: Mapping[str, Any] = field(default_factory=dict)
    """What the clerk puts into the values of `order`."""
    speaks: bool = False
    """The clerk answers when taking it: the client is promised a first response."""
    item_id: UUID | None = field(default=None)


def pieces(place: Place, chance: Random, until: datetime) -> Iterator[Piece]:
    """What this client has ordered until then."""
    serial = 100
    for days in HISTORY:
        serial += chance.randint(3, 40)
        at = working(until - timedelta(days=days), chance)
        yield _invoice(place, chance, at, "accepted", serial)
    for hours, end, title in PROMISES if place.has_own_policies else ():
        yield Piece(at=before(until, hours), end=end, title=title, text="Bitte wie besprochen.")
    topics = list(place.requests)
    for turn, (hours, end) in enumerate(RECENT):
        at = before(until, hours * chance.uniform(0.9, 1.1))
        if turn % 3 == 1 and topics:
            subject, text = topics.pop(0)
            yield Piece(at=at, end=end, title=subject, text=text)
        else:
            serial += chance.randint(1, 9)
            yield _invoice(place, chance, at, end, serial)
    for file in _sample_files(place.samples):
        yield Piece(
            at=before(until, chance.uniform(0.3, 3)),
            end="new",
            file=file,
            priority=chance.choice(
                (Priority.NORMAL, Priority.NORMAL, Priority.HIGH, Priority.URGENT)
            ),
        )


def of_services(shown: Sequence[Service], until: datetime) -> Iterator[Piece]:
    """What services show of themselves at this client."""
    for service in shown:
        if service.samples is None:
            continue
        for sample in service.samples(until.date()):
            yield Piece(
                at=before(until, sample.hours_ago),
                end=sample.end,
                order=Order(
                    service_key=service.key, type_key=sample.type_key, payload=sample.payload
                ),
                files=sample.files,
                filled=sample.values,
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
        number=f"{model.number.split()[0][:6].rstrip('-')}-{serial}",
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
        speaks=place.has_own_policies and serial % 7 != 0,
    )
