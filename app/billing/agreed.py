"""Versions and entries out of the tables, as the rules want them. In the provider's books."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.billing.contract_models import ContractLine, ContractVersion
from app.billing.invoice_models import BilledEntry
from app.billing.models import UsageEntry
from app.billing.rules.kinds import VersionState
from app.billing.rules.rounding import price_of
from app.billing.rules.terms import Month, Terms, TermsLine, Tier, Usage
from tenants.db import db


def versions(tenant_id: int) -> Sequence[ContractVersion]:
    """The agreed ones of a client, the oldest first."""
    query = select(ContractVersion).where(
        ContractVersion.tenant_id == tenant_id, ContractVersion.state == VersionState.AGREED
    )
    return db.session.scalars(query.order_by(ContractVersion.valid_from)).all()


def lines_of(version_ids: Sequence[UUID]) -> dict[UUID, list[ContractLine]]:
    """Version → its lines, in their order."""
    query = select(ContractLine).where(ContractLine.version_id.in_(version_ids))
    found: dict[UUID, list[ContractLine]] = {version_id: [] for version_id in version_ids}
    for line in db.session.scalars(query.order_by(ContractLine.position)):
        found[line.version_id].append(line)
    return found


def terms(rows: Sequence[ContractVersion]) -> list[Terms]:
    """As values."""
    lines = lines_of([row.id for row in rows])
    return [as_terms(row, lines[row.id]) for row in rows]


def as_terms(version: ContractVersion, lines: Sequence[ContractLine]) -> Terms:
    """One version as values."""
    return Terms(
        id=version.id,
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        currency=version.currency,
        vat_treatment=version.vat_treatment,
        vat_percent=version.vat_percent,
        lines=tuple(as_line(line) for line in lines),
    )


def as_line(line: ContractLine) -> TermsLine:
    """One line as values."""
    return TermsLine(
        id=line.id,
        key=line.key,
        kind=line.kind,
        service_key=line.service_key,
        role=line.role,
        title=line.title,
        amount_minor=line.amount_minor,
        price_model=line.price_model,
        unit_price=line.unit_price,
        tiers=tuple(_tier(tier) for tier in line.tiers),
        included=line.included,
        roll_over=line.roll_over,
        vat_percent=line.vat_percent,
    )


def _tier(value: dict[str, str | None]) -> Tier:
    up_to = value.get("up_to")
    return Tier(
        up_to=None if up_to is None else Decimal(up_to), price=Decimal(value["price"] or "0")
    )


def begin_of(day: date, zone: str) -> datetime:
    """When a day begins there."""
    return datetime.combine(day, time(), ZoneInfo(zone))


# Columns, not objects: a run reads every entry of every client.
_ENTRY = (
    UsageEntry.id, UsageEntry.service_key, UsageEntry.role, UsageEntry.quantity,
    UsageEntry.performed_at, UsageEntry.unit_price_minor, UsageEntry.currency,
)  # fmt: skip


def unbilled(tenant_id: int, *, before: datetime, zone: str) -> list[Usage]:
    """Entries accepted before that moment which no live invoice has."""
    billed = select(BilledEntry.line_id).where(
        BilledEntry.usage_entry_id == UsageEntry.id, BilledEntry.is_live
    )
    query = select(*_ENTRY).where(
        UsageEntry.tenant_id == tenant_id, UsageEntry.accepted_at < before, ~billed.exists()
    )
    return _as_usage(db.session.execute(query), zone)


def performed_in(tenant_id: int, month: Month, zone: str) -> list[Usage]:
    """Entries of work performed in the month, billed or not: what a preview looks at."""
    query = select(*_ENTRY).where(
        UsageEntry.tenant_id == tenant_id,
        UsageEntry.performed_at >= begin_of(month.first, zone),
        UsageEntry.performed_at < begin_of(month.following, zone),
    )
    return _as_usage(db.session.execute(query), zone)


def _as_usage(rows: Iterable[Any], zone: str) -> list[Usage]:
    """As values. Most entries have one of a few prices: each is worked out once."""
    info, prices = ZoneInfo(zone), dict[tuple[int, str], Decimal]()
    found = []
    for id_, service_key, role, quantity, performed_at, minor, currency in rows:
        price = prices.get((minor, currency))
        if price is None:
            price = prices[minor, currency] = price_of(minor, currency)
        found.append(
            Usage(
                id=id_,
                service_key=service_key,
                role=role,
                quantity=quantity,
                performed_on=performed_at.astimezone(info).date(),
                performed_at=performed_at,
                unit_price=price,
                currency=currency,
            )
        )
    return found
