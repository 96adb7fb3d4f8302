"""Many items at once: what would happen to each, doing it, what was refused, taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.desk.bulk_words import choices, done_text, kind_of
from app.desk.door import home_view
from app.desk.serving import serving
from app.desk.teams import member, team
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.errors import Invalid, KontorError, NotFound
from app.kernel.ids import new_id
from app.kernel.text import Text
from app.web.access import current_actor, requires
from app.web.books import visiting
from app.web.errors import say
from app.web.flashes import flash_with_undo
from app.web.medical import hidden_services
from app.web.session import safe_address
from app.work import deed_queries, desk_queries, queries
from app.work.actions import deeds
from app.work.actions.deeds import UNDO_FOR, Deed, Kind
from app.work.rules import Priority
from tenants import registry

blueprint = Blueprint("desk_bulk", __name__, url_prefix="/desk/bulk", template_folder="templates")

MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What would happen to one item."""

    key: str
    row: Any
    refused: str = ""
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class _State:
    status: Any
    waiting_for: Any
    priority: int
    assignee: str


@dataclass(slots=True)
class _OnlyTried(Exception):
    before: _State
    after: _State = field(kw_only=True)


@blueprint.app_template_global("bulk_choices")
def bulk_choices() -> list[tuple[str, str]]:
    """What the bar below a list offers."""
    return choices(current_actor())


@blueprint.post("/preview")
@requires(Permission.WORK_PERFORM)
def preview() -> ResponseReturnValue:
    """Each item with what it is and what it would be, or why it cannot; nothing is changed."""
    rows = _chosen()
    deed = _deed()
    lines = [_tried(row, deed) for row in rows] if deed else []
    return render_template(
        "desk/bulk/preview.html",
        rows=rows,
        lines=lines,
        word=_word(),
        sent=request.form,
        choices=bulk_choices(),
        colleagues=_colleagues() if kind_of(_word()) is Kind.HAND_ON else [],
        asks_why=kind_of(_word()) in {Kind.PUT_BACK, Kind.PRIORITY},
        refs={ref.id: ref for ref in registry.listed()},
        key_of=_key,
    )


def _colleagues() -> list[tuple[str, str]]:
    return sorted(((str(one.id), one.name) for one in team().values()), key=lambda one: one[1])


def _key(row: Any) -> str:
    return f"{row.tenant_id}:{row.item_id}"


def _chosen() -> Sequence[Any]:
    """Rows of the chosen items that this person may see; raises Invalid where none is chosen."""
    keys = []
    for text in request.form.getlist("chosen")[:MOST]:
        tenant_id, _colon, item_id = text.partition(":")
        try:
            keys.append((int(tenant_id), UUID(item_id)))
        except ValueError:
            raise Invalid("This is not an item of the list.") from None
    known = {ref.id for ref in registry.listed()}
    keys = [(tenant_id, item_id) for tenant_id, item_id in keys if tenant_id in known]
    found = desk_queries.chosen(keys, clients=serving(), hidden_services=hidden_services())
    if not found:
        raise Invalid("Please choose at least one item.")
    return found


def _word() -> str:
    """The pressed button's deed, or the one chosen in the list's bar."""
    return request.form.get("deed") or request.form.get("chosen_deed", "")


def _deed() -> Deed | None:
    """What the form asks for; None while a colleague is still to be named."""
    word = _word()
    kind, remark = kind_of(word), request.form.get("remark", "")[:1000]
    if kind is Kind.HAND_ON:
        colleague = member(request.form.get("to", ""))
        return Deed(kind=kind, colleague=colleague, remark=remark) if colleague else None
    if kind is Kind.PRIORITY:
        return Deed(kind=kind, priority=Priority(int(word.partition(":")[2])), remark=remark)
    return Deed(kind=kind, remark=remark)


def _tried(row: Any, deed: Deed) -> Line:
    try:
        with visiting(row.tenant_id) as client:
            if client is None:
                return Line(key=_key(row), row=row, refused=_("This client is closed."))
            before = _state(row.item_id)
            deeds.perform(actor=current_actor(), item_id=row.item_id, deed=deed)
            raise _OnlyTried(before, after=_state(row.item_id))
    except _OnlyTried as tried:
        return Line(key=_key(row), row=row, before=tried.before, after=tried.after)
    except KontorError as refusal:
        return Line(key=_key(row), row=row, refused=_why(refusal))


def _state(item_id: UUID) -> _State:
    item = queries.item(item_id)
    return _State(item.status, item.waiting_for, item.priority, item.assignee_name)


def _why(refusal: KontorError) -> str:
    return say(_reason(refusal))


def _reason(refusal: KontorError) -> Text:
    """The sentence about the field where there is one: it says more."""
    fields = refusal.fields.values() if isinstance(refusal, Invalid) else ()
    said = next((one for texts in fields for one in texts), refusal.text)
    return said if isinstance(said, Text) else Text(str(said))


@blueprint.post("")
@requires(Permission.WORK_PERFORM)
def carry_out() -> ResponseReturnValue:
    """Do it to each by itself: what cannot be done stops nothing else."""
    rows, deed, batch_id = _chosen(), _deed(), new_id()
    if deed is None:
        raise Invalid("Please choose a person.")
    outcomes = [_done(row, deed, batch_id) for row in rows]
    done = outcomes.count(True)
    if all(outcome is None for outcome in outcomes):
        listed = url_for("desk_work.work_list", view=home_view())
        back = safe_address(request.form.get("back", ""), otherwise=listed)
        return redirect(back, HTTPStatus.SEE_OTHER)
    address = url_for(".batch", batch_id=batch_id)
    if done == len(rows):
        undo = url_for(".undo", batch_id=batch_id)
        flash_with_undo(done_text(deed.kind, done), undo_url=undo)
        return redirect(
            safe_address(request.form.get("back", ""), otherwise=address), HTTPStatus.SEE_OTHER
        )
    return redirect(address, HTTPStatus.SEE_OTHER)


def _done(row: Any, deed: Deed, batch_id: UUID) -> bool | None:
    """Whether it was done; None where not even the refusal could be written down."""
    actor = current_actor()
    try:
        with visiting(row.tenant_id) as client:
            if client is None:
                flash(_("This client is closed."), "warning")
                return None
            deeds.perform(actor=actor, item_id=row.item_id, deed=deed, batch_id=batch_id)
            return True
    except KontorError as refusal:
        why = _reason(refusal)
    try:
        with visiting(row.tenant_id):
            deeds.refuse(actor=actor, item_id=row.item_id, deed=deed, batch_id=batch_id, why=why)
    except KontorError:
        flash(say(why), "warning")  # the client is suspended
        return None
    return False


@blueprint.get("/<uuid:batch_id>")
@requires(Permission.WORK_PERFORM)
def batch(batch_id: UUID) -> ResponseReturnValue:
    """What was done to each, and what was not, with the reason."""
    found = _of_batch(batch_id)
    at = now()
    return render_template(
        "desk/bulk/batch.html",
        deeds=[(one, say(deeds.unpacked(one.refused)) if one.refused else "") for one in found],
        undoable=[one for one in found if _may_be_undone(one, at)],
        batch_id=batch_id,
        refs={ref.id: ref for ref in registry.listed()},
        text=done_text(Kind(found[0].kind), sum(one.refused is None for one in found)),
    )


def _of_batch(batch_id: UUID) -> Sequence[Any]:
    found = deed_queries.of_batch(batch_id, account_id=current_actor().id)
    if not found:
        raise NotFound("There is no such page.")
    return found


def _may_be_undone(one: Any, at: Any) -> bool:
    return one.refused is None and one.undone_at is None and at - one.at <= UNDO_FOR


@blueprint.post("/<uuid:batch_id>/undo")
@requires(Permission.WORK_PERFORM)
def undo(batch_id: UUID) -> ResponseReturnValue:
    """Take it back, each by itself; what has been changed since stays, and is named."""
    keys = [(one.tenant_id, one.id) for one in _of_batch(batch_id) if one.refused is None]
    undone, refused = 0, []
    for tenant_id, deed_id in keys:
        try:
            with visiting(tenant_id) as client:
                if client:
                    deeds.undo(actor=current_actor(), deed_id=deed_id)
                    undone += 1
        except KontorError as refusal:
            refused.append(_why(refusal))
    if undone:
        flash(
            ngettext("%(num)s item is as before.", "%(num)s items are as before.", undone),
            "success",
        )
    for reason in refused:
        flash(reason, "warning")
    return redirect(url_for(".batch", batch_id=batch_id), HTTPStatus.SEE_OTHER)
