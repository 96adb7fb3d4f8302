"""Note for the client that somebody of ours looked at its data, and why.

Items and files are noted by their own views; every other page of a client by itself, once it was
answered: a new page is noted without a word. Exports over many clients are noted by jobs. What
lists and searches over many clients show is noted once a day for each person, client and kind.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask, Response, g, request

from app import jobs
from app.audit import access
from app.audit.access import ONCE_IN, Reason, Shown
from app.identity.permissions import Permission
from app.kernel.actor import Actor, Side
from app.kernel.clock import now
from app.web.access import current_actor
from app.web.books import afterwards, in_books
from app.work.rules import WorkStatus
from tenants import registry
from tenants.context import TenantRef

_BY_THEMSELVES = frozenset({"desk_items", "desk_together", "desk_documents", "desk_handing"})
"""Blueprints whose views note what they show."""
_KINDS = {
    "desk_clients": "client",
    "desk_terms": "contract",
    "desk_contracts": "contract",
    "desk_catalogue": "contract",
    "desk_promises": "promises",
    "desk_usage": "costs",
}
_OTHER = "client"
_SEEN = frozenset({200, 304})
_MOST = 50_000
_told: dict[tuple[object, ...], datetime] = {}
"""Person, client, kind and day → when this process noted it; a list is polled all day long."""


def init_app(app: Flask) -> None:
    """Run when the view has answered."""
    app.after_request(_note_page)


def looked(item: Any, *, actor: Actor, document_id: UUID | None = None) -> None:
    """The item's page or panel was opened, or one of its files."""
    access.note(
        actor=actor,
        subject_type="document" if document_id else "work_item",
        subject_id=document_id or item.id,
        about_id=item.id,
        reason=_reason(item, actor),
    )


def _reason(item: Any, actor: Actor) -> Reason:
    if item.assignee_id == actor.id:
        return Reason.CHECKS if item.status is WorkStatus.REVIEW else Reason.HOLDS
    return _general_reason(actor)


def _general_reason(actor: Actor) -> Reason:
    if actor.may(Permission.WORK_ASSIGN):
        return Reason.LEADS
    return Reason.BILLS if actor.may(Permission.INVOICE_MANAGE) else Reason.LOOKS


def _note_page(response: Response) -> Response:
    if response.status_code in _SEEN and (shown := g.pop("shown_of", None)):
        owner, kind, subject_id = shown
        note_looking(owner, kind=kind, subject_id=subject_id)
    if response.status_code in _SEEN and (listed := g.pop("listed", None)):
        _note_lists(*listed)
    if request.method != "GET" or response.status_code not in _SEEN:
        return response
    blueprint = request.blueprint or ""
    if not request.path.startswith("/desk") or blueprint in _BY_THEMSELVES:
        return response
    client: TenantRef | None = g.get("client")
    actor: Actor | None = g.get("actor")
    if client is not None and actor is not None and actor.side is Side.PROVIDER:
        item_id = (request.view_args or {}).get("item_id")
        kind = "work_item" if item_id else _KINDS.get(blueprint, _OTHER)
        note_looking(client, kind=kind, subject_id=item_id or UUID(int=client.id))
    return response


def shows(client: TenantRef | None, *, kind: str, subject_id: UUID) -> None:
    """A page of the books shows something of this client: noted when it was answered."""
    if client is not None:
        g.shown_of = (client, kind, subject_id)


def note_looking(client: TenantRef, *, kind: str, subject_id: UUID) -> None:
    """Something of this client was shown; in a transaction of its own, in or outside its scope."""
    actor = current_actor()
    with afterwards(client):
        access.note(
            actor=actor,
            subject_type=kind,
            subject_id=subject_id,
            about_id=subject_id,
            reason=_general_reason(actor),
        )


def listed(rows: Iterable[Any], kind: Shown) -> None:
    """A page over several clients shows these rows of theirs: noted when it was answered."""
    g.listed = kind, {row.tenant_id for row in rows}


def _note_lists(kind: Shown, tenant_ids: Collection[int]) -> None:
    actor, at = current_actor(), now()
    refs = {ref.id: ref for ref in registry.listed()}
    if not refs.keys() >= set(tenant_ids):  # one was opened in this second
        refs = {ref.id: ref for ref in registry.all_refs()}
    days = {
        tenant_id: at.astimezone(ZoneInfo(refs[tenant_id].zone)).date()
        for tenant_id in tenant_ids
        if tenant_id in refs
    }
    keys = {tenant_id: (actor.id, tenant_id, kind, day) for tenant_id, day in days.items()}
    fresh = {
        tenant_id: key
        for tenant_id, key in keys.items()
        if key not in _told or at - _told[key] > ONCE_IN
    }
    if not fresh:
        return
    with in_books():
        access.note_lists(
            actor=actor,
            kind=kind,
            days={tenant_id: days[tenant_id] for tenant_id in fresh},
            reason=_general_reason(actor),
        )
    if len(_told) >= _MOST:
        _told.clear()
    _told.update(dict.fromkeys(fresh.values(), at))


def exported(tenant_ids: Collection[int]) -> None:
    """A list with work of these clients was taken out; in the provider's books."""
    actor = current_actor()
    for tenant_id in sorted(tenant_ids):
        jobs.enqueue(
            "work.note_export",
            args={
                "account_id": actor.id,
                "person": actor.name,
                "reason": str(_general_reason(actor)),
            },
            tenant_id=tenant_id,
        )
