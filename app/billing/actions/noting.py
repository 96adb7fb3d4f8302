"""The ledger by hand: hours that no piece of work carries, and entries that are taken back."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.audit import actions as audit
from app.billing import agreed, overview
from app.billing.models import UsageEntry
from app.billing.rules.kinds import LineKind
from app.billing.rules.rounding import amount_minor
from app.billing.rules.terms import TermsLine
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.ids import new_id
from app.kernel.text import Text
from tenants.db import db

MOST_HOURS = Decimal(1000)


def roles(tenant_id: int, *, on: date) -> list[str]:
    """Whose hours are agreed with the client on that day."""
    return sorted(_hour_lines(tenant_id, on))


def today(tenant_id: int, *, on: date | None = None) -> date:
    """The day it is in the zone of the terms that hold on a day, without one on this."""
    moment = now()
    version = overview.version_in_force(tenant_id, on=on or moment.date())
    return moment.astimezone(ZoneInfo(version.zone)).date() if version else moment.date()


def _hour_lines(tenant_id: int, on: date) -> dict[str, tuple[TermsLine, str, str]]:
    """Role → line, currency, zone."""
    version = overview.version_in_force(tenant_id, on=on)
    if version is None:
        return {}
    (terms,) = agreed.terms([version])
    lines = terms.of_kind(LineKind.TIME_AND_MATERIAL)
    return {line.role: (line, version.currency, version.zone) for line in lines}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Whose, how many, on which day, and what for."""

    key: UUID
    """The same key is written once."""
    role: str
    hours: Decimal
    on: date
    reason: str


def note_hours(*, actor: Actor, tenant_id: int, worked: Hours) -> None:
    """Write hours of a role into the ledger. Raises Forbidden, Invalid."""
    actor.require(Permission.INVOICE_MANAGE)
    found = _hour_lines(tenant_id, worked.on)
    if wrong := _wrong(worked, known=set(found), today=today(tenant_id, on=worked.on)):
        raise Invalid(fields=wrong)
    line, currency, zone = found[worked.role]
    # Nobody accepts them: they belong to the month of their day as long as it is not billed.
    performed_at = datetime.combine(worked.on, time(12), ZoneInfo(zone))
    entry = insert(UsageEntry).values(
        id=new_id(), tenant_id=tenant_id, fact_id=worked.key, item_id=None, item_number="",
        service_key="", role=worked.role, quantity=worked.hours,
        unit_price_minor=amount_minor(Decimal(1), line.unit_price, currency), currency=currency,
        performed_at=performed_at, accepted_at=min(performed_at, now()), recorded_at=now(),
        reason=worked.reason.strip(),
    )  # fmt: skip
    once = entry.on_conflict_do_nothing(index_elements=["fact_id"]).returning(UsageEntry.id)
    written = db.session.scalar(once)
    if written is None:
        return
    audit.record_provider(
        actor=actor, verb="usage.hours_noted", subject_type="usage_entry", subject_id=written,
        detail={"tenant_id": tenant_id, "role": worked.role, "hours": f"{worked.hours:f}",
                "reason": worked.reason.strip()},
    )  # fmt: skip


def _wrong(worked: Hours, *, known: set[str], today: date) -> dict[str, list[Text]]:
    wrong: dict[str, list[Text]] = {}
    if worked.role not in known:
        wrong["role"] = [Text("No price for the hours of this role is agreed on that day.")]
    if not 0 < worked.hours <= MOST_HOURS or worked.hours != round(worked.hours, 2):
        wrong["hours"] = [Text("Please give the hours, such as 1.25.")]
    if worked.on > today:
        wrong["on"] = [Text("This day lies in the future.")]
    if not worked.reason.strip():
        wrong["reason"] = [Text("Please say what was done.")]
    return wrong


def entry(entry_id: UUID) -> UsageEntry:
    """An entry of the ledger. Raises NotFound."""
    found = db.session.get(UsageEntry, entry_id)
    if found is None:
        raise NotFound("There is no such entry.")
    return found


def reversal_of(entry_id: UUID) -> UsageEntry | None:
    """What took an entry back."""
    return db.session.scalars(
        select(UsageEntry).where(UsageEntry.reversal_of_id == entry_id)
    ).first()


def take_back(*, actor: Actor, entry_id: UUID, reason: str) -> UsageEntry:
    """Write the entry with the other sign: it counts in the first month that is not billed.

    Its price is that of the entry. Raises Forbidden, NotFound, Invalid, and Conflict for one that
    was taken back already or is a reversal itself.
    """
    actor.require(Permission.INVOICE_MANAGE)
    original = db.session.get(UsageEntry, entry_id, with_for_update=True)
    if original is None:
        raise NotFound("There is no such entry.")
    if not reason.strip():
        raise Invalid(fields={"reason": [Text("Please say why.")]})
    if original.reversal_of_id is not None or reversal_of(entry_id) is not None:
        raise Conflict("This entry was taken back already.")
    copied = (
        "tenant_id", "item_id", "item_number", "service_key", "contract_service_id", "role",
        "unit_price_minor", "currency", "performed_at", "accepted_at",
    )  # fmt: skip
    reversal = UsageEntry(
        id=new_id(), fact_id=new_id(), quantity=-original.quantity, recorded_at=now(),
        reversal_of_id=original.id, reason=reason.strip(),
        **{name: getattr(original, name) for name in copied},
    )  # fmt: skip
    db.session.add(reversal)
    db.session.flush()
    audit.record_provider(
        actor=actor, verb="usage.taken_back", subject_type="usage_entry", subject_id=original.id,
        detail={"tenant_id": original.tenant_id, "number": original.item_number, "reason": reason},
    )  # fmt: skip
    return reversal
