"""Draw samples at delivery, and write down what a second person found."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.audit import actions as audit
from app.catalogue.service import work_type
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from app.kernel.ids import new_id
from app.quality import queries, rules
from app.quality.models import QualityPlan, QualitySample
from app.quality.rules import ErrorClass, Plan
from app.work import queries as work
from app.work.index import number_of
from app.work.models import WorkIndex, WorkItem
from app.work.rules import WorkStatus
from tenants.context import current_tenant
from tenants.db import db


def draw(item_id: UUID) -> None:
    """Draw the delivered item if its client's plan says so; twice is the same as once."""
    item = work.item(item_id)
    if item.clerk_id is None:
        return
    tenant = current_tenant()
    reason = rules.drawn(
        queries.plan(tenant.id),
        item_id=item.id,
        amount=amount_of(item),
        delivered_before=_delivered_before(item),
    )
    if reason is None:
        return
    statement = insert(QualitySample).values(
        id=new_id(), tenant_id=tenant.id, item_id=item.id, item_number=number_of(item),
        title=item.title, service_key=item.service_key, operator_id=item.clerk_id,
        operator_name=item.clerk_name, reason=reason, drawn_at=now(), errors={},
    )  # fmt: skip
    db.session.execute(statement.on_conflict_do_nothing())


def amount_of(item: WorkItem) -> Decimal | None:
    """The largest amount among the item's values; None where it has none."""
    try:
        schema_type = work_type(item.service_key, item.type_key).values
    except NotFound:
        return None
    fields = schema_type().fields if schema_type else {}
    amounts = [name for name, field in fields.items() if field.metadata.get("widget") == "amount"]
    found = []
    for name in amounts:
        try:
            found.append(abs(Decimal(str(item.values.get(name) or ""))))
        except InvalidOperation:
            continue
    return max(found, default=None)


def _delivered_before(item: WorkItem) -> int:
    """How much this operator has delivered to the client before."""
    done = (WorkStatus.DELIVERED, WorkStatus.ACCEPTED)
    query = select(func.count()).where(
        WorkIndex.tenant_id == current_tenant().id,
        WorkIndex.item_id != item.id,
        WorkIndex.status.in_(done),
        WorkIndex.worker_ids.contains([str(item.clerk_id)]),
    )
    return db.session.scalar(query) or 0


def score(
    *, actor: Actor, sample_id: UUID, errors: Mapping[ErrorClass, int], remark: str = ""
) -> QualitySample:
    """Write down what was found, once. Errors ask for a remark; nobody scores their own work.

    Raises Forbidden, NotFound, Conflict, Invalid.
    """
    actor.require(Permission.WORK_ASSIGN)
    found = db.session.get(QualitySample, sample_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("There is no such sample.")
    if found.operator_id == actor.id:
        raise Forbidden("Nobody scores their own work.")
    if found.scored_at is not None:
        raise Conflict("This sample is scored already.")
    counted = {kind: count for kind, count in errors.items() if count}
    if any(not 0 < count <= 99 for count in counted.values()):
        raise Invalid("Please give a number of errors from 0 to 99.")
    if counted and not remark.strip():
        raise Invalid(
            "Please say what was wrong.", fields={"remark": ["Please say what was wrong."]}
        )
    found.errors = {str(kind): count for kind, count in counted.items()}
    found.points = rules.points(counted)
    found.remark = remark.strip()[:2000]
    found.scored_at, found.scored_by_id, found.scored_by_name = now(), actor.id, actor.name
    return found


def link_rework(*, actor: Actor, sample_id: UUID, item_id: UUID) -> None:
    """Note which item puts it right; in the client's scope."""
    actor.require(Permission.WORK_ASSIGN)
    queries.sample(sample_id).rework_id = item_id


def look_closer(*, actor: Actor, tenant_id: int, wanted: Plan) -> None:
    """How closely this client's work is looked at from now on. In the provider's books."""
    actor.require(Permission.CLIENT_MANAGE)
    if not 0 <= wanted.random_percent <= 100 or wanted.amount < 0 or wanted.new_operator_items < 0:
        raise Invalid("Please give a share from 0 to 100, and no negative numbers.")
    values = {
        "amount": wanted.amount, "new_operator_items": wanted.new_operator_items,
        "every": wanted.every, "random_percent": wanted.random_percent,
    }  # fmt: skip
    statement = insert(QualityPlan).values(tenant_id=tenant_id, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=values))
    audit.record_provider(
        actor=actor,
        verb="quality.plan_agreed",
        subject_type="client",
        subject_id=tenant_id,
        detail={**values, "amount": str(wanted.amount)},
    )
