"""Work that comes back by itself for two clients of the demo, since two months."""

from datetime import datetime, timedelta
from typing import Any

from app.kernel.actor import Actor
from app.kernel.clock import freeze
from app.work import queries, recurring_queries
from app.work.actions import closing, handling, recurring
from app.work.actions.recurring import Agreed
from app.work.rules.periods import Due, Rhythm, Rule
from devtools.demo.clients import Client
from devtools.demo.office_time import after, before
from tenants.db import transaction
from tenants.scope import tenant_scope

M, Q = Rhythm.MONTHLY, Rhythm.QUARTERLY
WORK: dict[str, tuple[tuple[str, str, str, Rule], ...]] = {
    "baeckerei-sommer": (
        ("ust", "Umsatzsteuer-Voranmeldung", "Belege bis zum 5. des Monats, dann melden.",
         Rule(rhythm=M, due=Due.VAT_ADVANCE_EXTENDED, days_ahead=20)),
        ("lohnsteuer", "Lohnsteuer-Anmeldung", "Nach dem Lohnlauf übermitteln.",
         Rule(rhythm=M, due=Due.WAGE_TAX, days_ahead=9)),
        ("lohnlauf", "Lohnlauf", "Stundenzettel liegen im Portal.",
         Rule(rhythm=M, due=Due.LAST_WORKING_DAY, days_ahead=5)),
    ),
    "nordlicht": (
        ("vat", "VAT advance return", "Without permanent extension.",
         Rule(rhythm=Q, due=Due.VAT_ADVANCE, days_ahead=25)),
        ("stock", "Stock reconciliation", "The first Friday of the month.",
         Rule(rhythm=M, due=Due.NTH_WEEKDAY, number=1, weekday=4, months_after=1, days_ahead=8)),
    ),
}  # fmt: skip
SINCE = 75
SETTLED = timedelta(days=6)
"""What was opened longer ago is accepted, and its period closed."""


def agree(client: Client, staff: dict[str, Actor], *, until: datetime) -> None:
    """Agree on it, and let two months go by."""
    begun = until - timedelta(days=SINCE)
    with tenant_scope(client.ref):
        with freeze(before(begun, 1)), transaction():
            for matter, title, text, rule in WORK[client.ref.slug]:
                recurring.agree(
                    actor=staff["lena"],
                    agreed=Agreed(
                        service_key="general_request",
                        type_key="request",
                        matter=matter,
                        title=title,
                        rule=rule,
                        payload={"subject": title, "description": text},
                        starts_on=begun.date(),
                    ),
                )
        for days in range(SINCE, -1, -1):
            with freeze(until - timedelta(days=days)), transaction():
                recurring.open_due()
        _finish(client, staff, until=until)


def _finish(client: Client, staff: dict[str, Actor], *, until: datetime) -> None:
    with transaction():
        opened = recurring_queries.calendar(
            clients=[client.ref.id],
            since=(until - timedelta(days=SINCE)).date(),
            until=(until + timedelta(days=60)).date(),
        )
        done = [one for one in opened if one.item_id and one.opens_on < (until - SETTLED).date()]
    for one in done:
        _do(one, client, staff)


def _do(one: Any, client: Client, staff: dict[str, Actor]) -> None:
    clerk, item_id = staff["anna"], one.item_id
    with transaction():
        begun = queries.item(item_id).received_at
    with freeze(after(begun, 3)), transaction():
        handling.take(actor=clerk, item_id=item_id)
        for entry in queries.checklist(item_id):
            handling.tick(actor=clerk, item_id=item_id, key=entry.key, done=True)
        values = {"result": "Übermittelt, das Protokoll liegt bei."}
        handling.correct(actor=clerk, item_id=item_id, values=values)
        handling.hand_over(actor=clerk, item_id=item_id)
    with freeze(after(begun, 9)), transaction():
        closing.accept(actor=client.members[0], item_id=item_id)
    with freeze(after(begun, 11)), transaction():
        recurring.close_period(actor=staff["lena"], period_id=one.period_id)
