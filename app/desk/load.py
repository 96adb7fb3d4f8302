"""Everybody's load: who holds how much, who is there, and moving work from one to another."""

from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.audit.access import Shown
from app.desk.looking import listed
from app.desk.serving import serving
from app.desk.teams import member, team
from app.identity import queries as identity
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.errors import Invalid, KontorError, NotFound
from app.web.access import current_actor, requires
from app.web.books import visiting
from app.web.errors import say
from app.web.medical import hidden_services
from app.work import load_queries
from app.work.actions import passing
from app.work.load_queries import Load
from tenants import registry

blueprint = Blueprint("desk_load", __name__, url_prefix="/desk/load", template_folder="templates")

NOBODY = "nobody"


@blueprint.get("", endpoint="load")
@requires(Permission.WORK_ASSIGN)
def load_page() -> ResponseReturnValue:
    """One line for each colleague, the fullest first."""
    at, loads = now(), load_queries.loads(at=now())
    zones = {one.id: one.zone for one in identity.colleagues()}
    rows = [
        (one, loads.get(one.id, Load()), one.ability.is_there(at, zone=zones[one.id]))
        for one in team().values()
    ]
    rows.sort(key=lambda row: (-row[1].late, -row[1].open, row[0].name))
    return render_template(
        "desk/load/load.html",
        rows=rows,
        most=max([1, *(load.open for _who, load, _there in rows)]),
        free=loads.get(None, Load()),
        today=at.date(),
    )


@blueprint.get("/<who>")
@requires(Permission.WORK_ASSIGN)
def held(who: str) -> ResponseReturnValue:
    """What one person holds (`nobody`: what lies there), to be moved."""
    account_id, colleagues = _account(who), team()
    if account_id is not None and account_id not in colleagues:
        raise NotFound("There is no such person.")
    rows = load_queries.held_by(account_id, clients=serving(), hidden_services=hidden_services())
    listed(rows, Shown.LOAD)
    return render_template(
        "desk/load/held.html",
        who=who,
        name=colleagues[account_id].name if account_id else _("nobody"),
        rows=rows,
        refs={ref.id: ref for ref in registry.all_refs()},
        colleagues=[(str(one.id), one.name) for one in colleagues.values() if one.id != account_id],
    )


@blueprint.post("/<who>")
@requires(Permission.WORK_ASSIGN)
def move(who: str) -> ResponseReturnValue:
    """Give the chosen work to somebody else; what could not be moved is named with its reason."""
    colleague = member(request.form.get("to", ""))
    if colleague is None:
        raise Invalid("Please choose a person.")
    moved, refused, remark = 0, [], request.form.get("remark", "")
    allowed = serving()
    for tenant_id, item_id in _chosen():
        if allowed is not None and tenant_id not in allowed:
            raise NotFound("There is no such client.")
        try:
            with visiting(tenant_id) as client:
                if client:
                    passing.hand_to(
                        actor=current_actor(), item_id=item_id, colleague=colleague, remark=remark
                    )
                    moved += 1
        except KontorError as refusal:
            refused.append(say(refusal.text))
    flash(
        ngettext(
            "%(num)s item is with %(who)s now.", "%(num)s items are with %(who)s now.", moved,
            who=colleague.name,
        ),
        "success" if moved else "info",
    )  # fmt: skip
    for reason in refused:
        flash(reason, "warning")
    return redirect(url_for(".held", who=who), HTTPStatus.SEE_OTHER)


def _account(text: str) -> UUID | None:
    if text == NOBODY:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such person.") from None


def _chosen() -> Sequence[tuple[int, UUID]]:
    found = []
    for text in request.form.getlist("chosen")[:100]:
        tenant_id, _colon, item_id = text.partition(":")
        try:
            found.append((int(tenant_id), UUID(item_id)))
        except ValueError:
            raise Invalid("This is not an item of the list.") from None
    return found
