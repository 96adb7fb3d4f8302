"""Terms, an issued invoice and a service credit of each client, that tell whose they are."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from app.billing import agreed
from app.billing.rules.kinds import LineKind
from app.billing.rules.terms import Month
from tenants.db import transaction
from tests.factories import billing_book
from tests.factories.terms_book import a_line
from tests.isolation.twins import CANARY

if TYPE_CHECKING:
    from tests.isolation.world import World

MONTH = Month(first=date(2026, 9, 1))


def billed(world: "World", slug: str) -> dict[str, list[UUID]]:
    """The keys of what was agreed with and billed to the client."""
    canary, client = CANARY[slug], world.refs[slug]
    line = a_line(LineKind.RETAINER, amount_minor=100, title=f"Fee {canary}")
    with world.app.app_context(), transaction():
        billing_book.set_parties(client, name=f"Company {canary}", reference=canary)
        hours = a_line(
            LineKind.TIME_AND_MATERIAL, role=f"Clerk {canary}", unit_price=Decimal(50), key="hours"
        )
        billing_book.agreed_terms(client, line, hours, valid_from=MONTH.first)
        invoice = billing_book.issued(client, MONTH)
        assert invoice.number, invoice.blocked_because
        (version,) = agreed.versions(client.id)
        return {
            "invoice_id": [invoice.id],
            "version_id": [version.id],
            "credit_id": [billing_book.a_credit(client, MONTH.first, amount_minor=5)],
        }
