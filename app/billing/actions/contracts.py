"""Agree on money: draft a version of the terms, agree on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from babel.numbers import is_currency
from sqlalchemy import delete, func, select

from app.audit import actions as audit
from app.billing import agreed
from app.billing.actions.rating import alone
from app.billing.contract_models import ContractLine, ContractVersion
from app.billing.invoice_models import RatingRun
from app.billing.rules.kinds import Collection, LineKind, RunState, VatTreatment, VersionState
from app.billing.rules.pricing import check_tiers
from app.billing.rules.terms import TermsLine, Tier
from app.clients.models import Contract
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.ids import new_id
from app.kernel.text import Text
from app.sla.credits import credit_rule
from app.sla.rules.refusal import Refused
from tenants.db import db

DUNNING: Mapping[str, Any] = {"reminder_days": [3, 14], "read_only_days": 30}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Everything of a version but its days and lines."""

    currency: str = "EUR"
    terms_days: int = 14
    billing_day: int = 1
    zone: str = "Europe/Berlin"
    vat_treatment: VatTreatment = VatTreatment.STANDARD
    vat_percent: Decimal = Decimal(19)
    collection: Collection = Collection.SEND_INVOICE
    dunning: Mapping[str, Any] = field(default_factory=lambda: dict(DUNNING))
    credits: Mapping[str, Any] = field(default_factory=dict)


class DraftMoved(Conflict):
    """A colleague wrote the draft anew since this form was opened; nothing was overwritten."""

    def __init__(self) -> None:
        super().__init__("A colleague has changed this in the meantime.")


def mark_of(version: ContractVersion) -> str:
    """What tells one state of a draft from another: its days, conditions and lines."""
    (shown,) = agreed.terms([version])
    said = repr((version.valid_from, conditions_of(version), shown.lines))
    return sha256(said.encode()).hexdigest()


def draft(
    *,
    actor: Actor,
    tenant_id: int,
    contract_id: UUID,
    valid_from: date,
    conditions: Conditions,
    lines: Sequence[TermsLine],
) -> ContractVersion:
    """Write a version that is not in force yet; the same one sent twice is written once.

    Raises Forbidden, NotFound, Invalid.
    """
    actor.require(Permission.INVOICE_MANAGE)
    contract = db.session.get(Contract, contract_id, with_for_update=True)
    if contract is None or contract.tenant_id != tenant_id:
        raise NotFound("There is no such contract.")
    for other in _drafts(contract_id, valid_from):
        if conditions_of(other) == conditions and _bare(agreed.terms([other])[0].lines) == _bare(
            lines
        ):
            return other
    query = select(func.coalesce(func.max(ContractVersion.number), 0)).where(
        ContractVersion.contract_id == contract_id
    )
    version = ContractVersion(
        id=new_id(),
        tenant_id=tenant_id,
        contract_id=contract_id,
        number=(db.session.scalar(query) or 0) + 1,
        state=VersionState.DRAFT,
        valid_from=valid_from,
        created_by=actor.name,
        created_at=now(),
    )
    _set(version, conditions)
    db.session.add(version)
    db.session.flush()
    _write_lines(version, lines)
    return version


def _drafts(contract_id: UUID, valid_from: date) -> Sequence[ContractVersion]:
    query = select(ContractVersion).where(
        ContractVersion.contract_id == contract_id,
        ContractVersion.valid_from == valid_from,
        ContractVersion.state == VersionState.DRAFT,
    )
    return db.session.scalars(query).all()


def _bare(lines: Sequence[TermsLine]) -> list[TermsLine]:
    """What is charged by them, without what only tells one draft's lines from another's."""
    return [replace(line, id=UUID(int=0), key="") for line in lines]


def change(
    *,
    actor: Actor,
    version_id: UUID,
    valid_from: date,
    conditions: Conditions,
    lines: Sequence[TermsLine],
    seen: str = "",
) -> ContractVersion:
    """Write a draft anew; `seen`: the mark of the draft that was changed.

    Raises Forbidden, NotFound, Invalid, DraftMoved, and Conflict for what is agreed.
    """
    actor.require(Permission.INVOICE_MANAGE)
    version = _draft(version_id)
    if seen and seen != mark_of(version):
        raise DraftMoved
    version.valid_from = valid_from
    _set(version, conditions)
    db.session.execute(delete(ContractLine).where(ContractLine.version_id == version.id))
    _write_lines(version, lines)
    return version


def agree(*, actor: Actor, version_id: UUID) -> ContractVersion:
    """Put a draft in force from its first day on; the version before it ends the day before.

    Raises Forbidden, NotFound, and Conflict for days that are billed already.
    """
    actor.require(Permission.INVOICE_MANAGE)
    version = _draft(version_id)
    alone(version.tenant_id)
    before = _overlapped(version)
    _refuse_billed_days(version, has_before=bool(before))
    for one in before:
        if one.currency != version.currency and version.valid_from.day != 1:
            raise Conflict("Another currency can begin with a month only.")
        one.valid_until = version.valid_from - timedelta(days=1)
    db.session.flush()
    version.state = VersionState.AGREED
    version.agreed_by, version.agreed_at = actor.name, now()
    db.session.flush()
    audit.record_provider(
        actor=actor,
        verb="contract.terms_agreed",
        subject_type="contract_version",
        subject_id=version.id,
        detail={"tenant_id": version.tenant_id, "valid_from": version.valid_from.isoformat()},
    )
    return version


def discard(*, actor: Actor, version_id: UUID) -> None:
    """Throw a draft away. Raises Forbidden, NotFound, Conflict."""
    actor.require(Permission.INVOICE_MANAGE)
    db.session.delete(_draft(version_id))


def conditions_of(version: ContractVersion) -> Conditions:
    """What a successor begins with."""
    names = Conditions.__dataclass_fields__
    return Conditions(**{name: getattr(version, name) for name in names})


def found(version_id: UUID) -> ContractVersion:
    """A version, held until the transaction ends. Raises NotFound."""
    version = db.session.get(ContractVersion, version_id, with_for_update=True)
    if version is None:
        raise NotFound("There are no such terms.")
    return version


def _draft(version_id: UUID) -> ContractVersion:
    version = found(version_id)
    if version.state is not VersionState.DRAFT:
        raise Conflict("These terms are agreed: please draft a new version.")
    return version


def _overlapped(version: ContractVersion) -> list[ContractVersion]:
    """The agreed version that is in force when this one begins."""
    found = []
    for other in agreed.versions(version.tenant_id):
        if other.valid_from >= version.valid_from:
            raise Conflict(
                "Terms from %(day)s on are agreed already.", day=other.valid_from.isoformat()
            )
        if other.valid_until is None or other.valid_until >= version.valid_from:
            found.append(other)
    return found


def _refuse_billed_days(version: ContractVersion, *, has_before: bool) -> None:
    billed = select(func.max(RatingRun.period)).where(
        RatingRun.tenant_id == version.tenant_id, RatingRun.state == RunState.CLOSED
    )
    last = db.session.scalar(billed)
    if has_before and last is not None and version.valid_from < _following(last):
        raise Conflict("These days are billed already (until %(day)s).", day=str(_following(last)))


def _following(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _set(version: ContractVersion, conditions: Conditions) -> None:
    is_right = (
        ("currency", is_currency(conditions.currency), Text("Three capital letters, such as EUR.")),
        ("zone", conditions.zone in available_timezones(), Text("There is no such time zone.")),
        ("terms_days", 0 <= conditions.terms_days <= 365, Text("Between 0 and 365 days.")),
        ("billing_day", 1 <= conditions.billing_day <= 28, Text("Between 1 and 28.")),
        ("vat_percent", 0 <= conditions.vat_percent < 100, Text("Between 0 and 100 per cent.")),
        ("credit_percent", _is_ladder(conditions.credits), Text("Between 0 and 100 per cent.")),
    )
    wrong = {name: [text] for name, right, text in is_right if not right}
    if wrong:
        raise Invalid(fields=wrong)
    for name in Conditions.__dataclass_fields__:
        value = getattr(conditions, name)
        setattr(version, name, dict(value) if isinstance(value, Mapping) else value)


def _is_ladder(credits_: Mapping[str, Any]) -> bool:
    try:
        credit_rule(credits_ or {"clauses": []})
    except Refused:
        return False
    return True


def _write_lines(version: ContractVersion, lines: Sequence[TermsLine]) -> None:
    keys = [line.key for line in lines]
    if len(set(keys)) != len(keys):
        raise Invalid(fields={"lines": [Text("There are two lines for the same thing.")]})
    for position, line in enumerate(lines, start=1):
        _check(line)
        db.session.add(
            ContractLine(
                id=new_id(),
                tenant_id=version.tenant_id,
                version_id=version.id,
                position=position,
                tiers=[_as_json(tier) for tier in line.tiers],
                **{name: getattr(line, name) for name in _LINE},
            )
        )
    db.session.flush()


def _as_json(tier: Tier) -> dict[str, str | None]:
    up_to = None if tier.up_to is None else f"{tier.up_to:f}"
    return {"up_to": up_to, "price": f"{tier.price:f}"}


_LINE = (
    "key", "kind", "service_key", "role", "title", "amount_minor", "price_model", "unit_price",
    "included", "roll_over", "vat_percent",
)  # fmt: skip


def _check(line: TermsLine) -> None:
    if line.amount_minor < 0 or line.unit_price < 0 or line.included < 0:
        raise Invalid(fields={"lines": [Text("A price is not negative.")]})
    if line.kind in (LineKind.UNIT_PRICE, LineKind.ALLOWANCE) and not line.service_key:
        raise Invalid(fields={"lines": [Text("Please choose a service for this line.")]})
    if line.kind is LineKind.TIME_AND_MATERIAL and not line.role:
        raise Invalid(fields={"lines": [Text("Please name the role of these hours.")]})
    if line.tiers:
        check_tiers(line.tiers)
