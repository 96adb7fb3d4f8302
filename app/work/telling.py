"""Tell people of promises that run out or were broken: by mail and in the desk, each once.

Works outside any scope: asks in each client's whether a notice still matters, then writes who is
told into the provider's books, in one transaction with the notice's end.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import insert, select, tuple_

from app.kernel.clock import now
from app.kernel.ids import new_id
from app.messages import mail
from app.sla import telling as notices
from app.sla.notice_models import DeskNotice
from app.sla.rules.alerts import BREACH
from app.sla.telling import Waiting
from app.staffing.recipients import Recipient, Staff
from app.work.models import WorkIndex
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.registry import by_ids
from tenants.scope import tenant_scope

log = structlog.get_logger(__name__)

_AT_ONCE = 200
_AGAIN = timedelta(hours=1)


def tell() -> int:
    """Tell everything whose time has come; how many notices were told or dropped."""
    settled = 0
    while True:
        with transaction():
            batch = notices.waiting(most=_AT_ONCE)
        if not batch:
            return settled
        done = _tell_or_put_off(batch)
        settled += done
        if len(batch) < _AT_ONCE or not done:
            return settled


def _tell_or_put_off(batch: Sequence[Waiting]) -> int:
    """All together; where that fails one by one, and only what is broken waits."""
    try:
        return _tell_batch(batch)
    except Exception:
        if len(batch) == 1:
            log.exception("sla_notice_failed", notice=str(batch[0].id))
            with transaction():
                notices.put_off([batch[0].id], until=now() + _AGAIN)
            return 0
    return sum(_tell_or_put_off([notice]) for notice in batch)


def _tell_batch(batch: Sequence[Waiting]) -> int:
    clients = by_ids({notice.tenant_id for notice in batch})
    dropped = _obsolete(batch, clients)
    settled = 0
    with transaction():
        rows = _index_rows(batch)
        staff = Staff(on=now().date())
        for notice in batch:
            client = clients.get(notice.tenant_id)
            row = rows.get((notice.tenant_id, notice.subject_id))
            because = dropped.get(notice.id, "")
            if client is None or (row is None and not because):
                because = "gone"
            if because or client is None or row is None:
                settled += notices.settle(notice.id, because=because)
            else:
                settled += _tell(notice, client, row, staff=staff)
    return settled


def _obsolete(batch: Sequence[Waiting], clients: Mapping[int, TenantRef]) -> dict[UUID, str]:
    by_client: defaultdict[int, list[Waiting]] = defaultdict(list)
    for notice in batch:
        by_client[notice.tenant_id].append(notice)
    found: dict[UUID, str] = {}
    for tenant_id, theirs in by_client.items():
        if tenant_id in clients:
            with tenant_scope(clients[tenant_id]), transaction():
                found |= notices.obsolete(theirs)
    return found


def _index_rows(batch: Sequence[Waiting]) -> dict[tuple[int, UUID], WorkIndex]:
    keys = {(notice.tenant_id, notice.subject_id) for notice in batch}
    query = select(WorkIndex).where(tuple_(WorkIndex.tenant_id, WorkIndex.item_id).in_(keys))
    return {(row.tenant_id, row.item_id): row for row in db.session.scalars(query)}


def _tell(notice: Waiting, client: TenantRef, item: WorkIndex, *, staff: Staff) -> bool:
    told = staff.recipients(
        notice.tell,
        tenant_id=notice.tenant_id,
        assignee_id=item.assignee_id,
        fallback=notice.fallback,
    )
    if not told and notice.tell:
        log.error("sla_notice_without_recipient", client=client.slug, item=item.number)
        notices.put_off([notice.id], until=now() + _AGAIN)
        return False
    if not notices.settle(notice.id):
        return False
    for person in told:
        _post(notice, item, person)
        _write(notice, client, item, person)
    return True


def _post(notice: Waiting, item: WorkIndex, person: Recipient) -> None:
    db.session.execute(
        insert(DeskNotice).values(
            id=new_id(),
            account_id=person.account_id,
            notice_id=notice.id,
            role=person.role,
            instead_of=person.instead_of,
            number=item.number,
            title=item.title,
            created_at=now(),
        )
    )


def _write(notice: Waiting, client: TenantRef, item: WorkIndex, person: Recipient) -> None:
    due = notice.due_at.astimezone(ZoneInfo(person.zone)) if notice.due_at else None
    mail.send(
        to=person.email,
        template=_template(notice.percent),
        locale=person.locale,
        params={
            "path": f"/desk/c/{client.slug}/items/{notice.subject_id}",
            "number": item.number,
            "title": item.title,
            "client": client.name,
            "metric": notice.metric.value,
            "percent": notice.percent,
            "due": due.strftime("%d.%m.%Y %H:%M") if due else "",
            "instead_of": person.instead_of,
        },
        tenant_id=client.id,
    )


def _template(percent: int) -> str:
    if percent < 0:
        return "sla_paused_long"
    return "sla_alert" if percent < BREACH else "sla_breached"
