"""A client whose promises are made by hand: office hours without holidays, eight hours to deliver.

A  ordered Mon  5 Oct 09:00, delivered 15:00                       met in October
B  ordered Tue  6 Oct 09:00, delivered Wed 10:00 (due Tue 17:00)   not met, an hour late
C  ordered Thu  8 Oct 09:00, cancelled Fri 12:00 (late by then)    cancelled
D  ordered Mon 12 Oct 09:00, never delivered                       late and still open
F  ordered Tue 13 Oct 09:00, delivered Wed 12:00, excused          excused
E  ordered Fri 30 Oct 16:00, delivered Sun  1 Nov 00:30            met in November, not October
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask

from app.clients import actions as clients
from app.identity import accounts, sessions, staff, team
from app.identity.permissions import STAFF_PERMISSIONS, ClientRole, StaffRole
from app.kernel import clock
from app.kernel.actor import SYSTEM, Actor, Side
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.sla import agreeing, settling, standing
from app.sla.rules.agreement import agreement
from app.work import queries
from app.work.actions import closing, handling, orders, promised
from app.work.actions.orders import Order
from config import Settings
from tenants import opening
from tenants.context import TenantRef
from tenants.db import transaction
from tenants.registry import by_slug
from tests.conftest import in_scope
from tests.factories.portal_visitor import Visitor

BERLIN = ZoneInfo("Europe/Berlin")
PASSWORD = "violet-stamp-quill-ink"
WEEK = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
CALENDAR: dict[str, Any] = {"zone": "Europe/Berlin", "week": WEEK, "holidays": [], "overrides": {}}
EIGHT_HOURS: dict[str, Any] = {"metrics": {"resolution": {"target": {"hours": 8}}}}
LENA = Actor(
    id=new_id(),
    name="Lena Voss",
    side=Side.PROVIDER,
    permissions=STAFF_PERMISSIONS[StaffRole.TEAM_LEAD],
)


def berlin(text: str) -> datetime:
    """`2026-10-05 09:00` in Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


TODAY = berlin("2026-11-23 10:00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The client, its people and its six pieces of work by letter."""

    app: Flask
    ref: TenantRef
    accounts: dict[str, UUID]
    items: dict[str, UUID] = field(default_factory=dict)

    @contextmanager
    def scope(self, at: str) -> Iterator[None]:
        with clock.freeze(berlin(at)), in_scope(self.app, self.ref), transaction():
            yield

    def do(self, at: str, deed: Callable[..., Any], **values: Any) -> Any:
        with self.scope(at):
            return deed(**values)

    def order(self, at: str, subject: str) -> UUID:
        order = Order(
            service_key="general_request",
            type_key="request",
            payload={"subject": subject, "description": "As agreed."},
        )
        with self.scope(at):
            (item,) = orders.open_items(actor=SYSTEM, order=order)
            return item.id

    def deliver(self, at: str, item_id: UUID) -> None:
        with self.scope(at):
            handling.take(actor=LENA, item_id=item_id)
            for entry in queries.checklist(item_id):
                handling.tick(actor=LENA, item_id=item_id, key=entry.key, done=True)
            handling.correct(actor=LENA, item_id=item_id, values={"result": "Done."})
            handling.hand_over(actor=LENA, item_id=item_id)

    def visitor(self, who: str) -> Visitor:
        """`lead` at the desk, `client` in the portal; call it while the clock is frozen."""
        with self.app.app_context(), transaction():
            token = sessions.open_session(account_id=self.accounts[who], browser=sessions.NOWHERE)
        return Visitor(self.app.test_client(), token)


@cache
def build(app: Flask, settings: Settings, slug: str = "ledger") -> Book:
    """Open the client and let October happen."""
    opened = berlin("2026-09-01 09:00")
    opening.open_client(
        settings.database_direct_url,
        slug=slug,
        name=f"{slug.title()} Books",
        code=slug.upper()[:8],
        at=opened,
    )
    with app.app_context(), clock.freeze(opened), transaction():
        ref = by_slug(slug)
        clients.agree(
            actor=SYSTEM,
            tenant_id=ref.id,
            number=f"V-{slug}",
            valid_from=date(2020, 1, 1),
            services={"general_request": {}},
        )
        agreeing.set_calendar(actor=SYSTEM, tenant_id=ref.id, definition=CALENDAR, name="Office")
        agreeing.set_policy(actor=SYSTEM, tenant_id=ref.id, agreement=agreement(EIGHT_HOURS))
        people = _people(ref, slug)
    book = Book(app=app, ref=ref, accounts=people)
    _happen(book)
    return book


def _people(ref: TenantRef, slug: str) -> dict[str, UUID]:
    made = {
        who: accounts.create(
            email=f"{who}@{slug}.example", name=f"{who.title()} {slug}", password=PASSWORD,
            locale="en",
        )
        for who in ("client", "lead")
    }  # fmt: skip
    team.add_member(account_id=made["client"], client=ref, role=ClientRole.CLIENT_ADMIN)
    staff.give_roles(account_id=made["lead"], roles=frozenset({StaffRole.TEAM_LEAD}))
    return made


def look(*, subject_id: UUID) -> None:
    """What the ticker does with the clocks of one subject, for this client alone."""
    log = standing.logs([subject_id])
    settling.settle(standing.judge_all(standing.clocks(subject_id, lock=True), log, at=now()))


def _happen(book: Book) -> None:
    items = book.items
    items["A"] = book.order("2026-10-05 09:00", "Alpha in time")
    book.deliver("2026-10-05 15:00", items["A"])
    items["B"] = book.order("2026-10-06 09:00", "Beta late")
    book.deliver("2026-10-07 10:00", items["B"])
    items["C"] = book.order("2026-10-08 09:00", "Gamma cancelled")
    book.do("2026-10-09 12:00", closing.cancel, actor=LENA, item_id=items["C"], reason="Twice")
    items["D"] = book.order("2026-10-12 09:00", "Delta still open")
    book.do("2026-10-12 17:00:01", look, subject_id=items["D"])
    items["F"] = book.order("2026-10-13 09:00", "Zeta excused")
    book.deliver("2026-10-14 12:00", items["F"])
    book.do("2026-10-15 09:00", promised.excuse, actor=LENA, item_id=items["F"], reason="Power cut")
    items["E"] = book.order("2026-10-30 16:00", "Epsilon at midnight")
    book.deliver("2026-11-01 00:30", items["E"])
