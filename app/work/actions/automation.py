"""Let a service's automation read the item's files, and write down what it found."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from app import jobs
from app.catalogue.service import work_type
from app.catalogue.steps import Severity, StepInput, StepResult
from app.documents import actions as files
from app.identity.permissions import Permission
from app.jobs.running import checkpoint, is_long
from app.kernel.actor import SYSTEM, Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict
from app.kernel.sandbox import watched
from app.kernel.spoken import in_language
from app.work import index, queries, service_books
from app.work.actions.closing import step_documents
from app.work.changing import changing, is_about_health, note, settle
from app.work.models import Finding, Fingerprint, ItemDocument, WorkItem
from app.work.rules import OPEN, WorkStatus
from tenants.context import current_tenant
from tenants.db import db, transaction

_WEIGHT = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def check(*, item_id: UUID) -> None:
    """Read outside any lock (it may take seconds), then write in one transaction.

    A job that comes twice, because its worker was killed between the work and saying so, finds
    the item checked and leaves it alone.
    """
    with transaction():
        item = queries.item(item_id)
        if item.checked_at is not None:
            return
        automation = work_type(item.service_key, item.type_key).automation
        given = _given(item) if automation else None
    if automation is None or given is None:
        return
    with watched(_say_how_far):
        result = automation(given)
    with transaction():
        write_result(item_id=item_id, result=result)


def check_again(*, actor: Actor, item_id: UUID) -> None:
    """Have the files read once more: something that was missing is there now.

    What a person corrected stays. Raises Forbidden, NotFound; Conflict where nobody works on it,
    the first reading is not done, or what was read is in the client's books already.
    """
    with changing(item_id, actor=actor, permission=Permission.WORK_PERFORM) as item:
        if not may_check_again(item):
            raise Conflict("The files cannot be read again now.")
        item.checked_at = None
        db.session.execute(
            delete(ItemDocument).where(ItemDocument.item_id == item.id, ItemDocument.is_result)
        )
        jobs.enqueue(queries.CHECK, args={"item_id": item.id}, dedupe_key=str(item.id))
    note(item, actor=actor, verb="work.check_again")


def may_check_again(item: WorkItem) -> bool:
    """Whether a second reading is possible: it leaves no trace of the first."""
    kind = work_type(item.service_key, item.type_key)
    is_kept = kind.books is not None and kind.books.checked is not None
    being_done = item.status in (WorkStatus.IN_PROGRESS, WorkStatus.WAITING)
    return (
        kind.automation is not None and not is_kept and being_done and item.checked_at is not None
    )


def _say_how_far(done: int, of: int) -> None:
    """For the person waiting; outside a job nobody waits."""
    if is_long():
        checkpoint(done=min(done, of), of=of)


def _given(item: WorkItem) -> StepInput:
    client = current_tenant()
    return StepInput(
        documents=step_documents(item.id),
        payload=item.payload,
        client_name=client.name,
        client_locale=client.locale,
        today=now().date(),
        known_fingerprints=queries.known_fingerprints(item.service_key, besides=item.id),
        books=service_books.gather(item),
    )


def write_result(*, item_id: UUID, result: StepResult) -> WorkItem:
    """Write values, findings, files and fingerprints beside the item."""
    item = queries.locked(item_id)
    if item.status not in OPEN:
        return item
    untouched = item.values == _plain(item.proposed)
    item.proposed = {
        key: {"value": _storable(read.value), "place": _storable(read.place)}
        for key, read in result.values.items()
    }
    if untouched:
        item.values = _plain(item.proposed)
    item.units, item.straight_through = result.units, result.straight_through
    item.checked_at = now()
    if result.title and not is_about_health(item) and item.title in _given_titles(item):
        item.title = _storable(result.title)[:200]
    _write_findings(item, result)
    for mark in result.fingerprints:
        db.session.execute(
            insert(Fingerprint)
            .values(item_id=item.id, service_key=item.service_key, fingerprint=mark)
            .on_conflict_do_nothing()
        )
    for position, made in enumerate(result.documents):
        document = files.store_result(actor=SYSTEM, name=made.name, content=made.content)
        db.session.add(
            ItemDocument(
                item_id=item.id, document_id=document.id, is_result=True, position=position
            )
        )
    service_books.checked(item, result)
    settle(item)
    note(
        item,
        actor=SYSTEM,
        verb="work.checked",
        values=len(result.values),
        findings=len(result.findings),
        straight_through=result.straight_through,
    )
    return item


def _plain(proposed: dict[str, Any]) -> dict[str, Any]:
    return {key: entry["value"] for key, entry in proposed.items()}


def _storable(value: Any) -> Any:
    """Without NUL, which files may hold and PostgreSQL refuses."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, Mapping):
        return {_storable(key): _storable(one) for key, one in value.items()}
    return [_storable(one) for one in value] if isinstance(value, list | tuple) else value


def _given_titles(item: WorkItem) -> set[str]:
    """Titles nobody chose: the kind of work's own, or a file's name."""
    names = {document.name[:200] for document in queries.documents(item.id, results=False)}
    kind = work_type(item.service_key, item.type_key).title
    spoken = in_language(kind, current_tenant().locale)
    return names | {kind, spoken, index.number_of(item)}


def _write_findings(item: WorkItem, result: StepResult) -> None:
    db.session.execute(delete(Finding).where(Finding.item_id == item.id))
    ordered = sorted(result.findings, key=lambda finding: _WEIGHT[finding.severity])
    for position, finding in enumerate(ordered):
        db.session.add(
            Finding(
                item_id=item.id,
                document_id=finding.document_id,
                position=position,
                code=finding.code,
                severity=finding.severity,
                place=_storable(finding.place),
                params=_storable(dict(finding.params)),
            )
        )
