"""What documents the provider still needs: the client uploads them here, one by one or all."""

from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.identity.permissions import Permission
from app.kernel.errors import Invalid
from app.portal import uploads
from app.portal.frame import page, portal_blueprint
from app.portal.words import Row
from app.web.access import current_actor, requires
from app.web.errors import say
from app.work import document_queries
from app.work.actions import asking

blueprint = portal_blueprint("portal_asked", __name__, "/document-requests")

HERE = "portal_requests.requests"


@blueprint.get("")
@requires(Permission.DOCUMENT_READ)
def requests() -> ResponseReturnValue:
    """Everything that was asked for, the newest first."""
    return page(
        "portal/asked/list.html",
        here=HERE,
        views=[(view, Row(view.item)) for view in document_queries.latest()],
    )


@blueprint.get("/<uuid:request_id>")
@requires(Permission.DOCUMENT_READ)
def request_page(request_id: UUID) -> ResponseReturnValue:
    """One request, with a place to upload each of its documents."""
    return _page(request_id)


def _page(request_id: UUID, *, refused: Sequence[str] = ()) -> str:
    view = document_queries.view(request_id)
    return page(
        "portal/asked/request.html", here=HERE, view=view, row=Row(view.item), refused=refused
    )


@blueprint.post("/<uuid:request_id>/files/<uuid:wish_id>")
@requires(Permission.DOCUMENT_WRITE)
def upload(request_id: UUID, wish_id: UUID) -> ResponseReturnValue:
    """Hand in one document."""
    actor = current_actor()
    taken = uploads.take(actor=actor, accepts=uploads.ANY, field="file")
    if taken.refused or not taken.ids:
        return _refused(request_id, taken.refused or [_("Please choose a file.")])
    asking.hand_in(actor=actor, request_id=request_id, files={wish_id: taken.ids[0]})
    flash(_("Thank you. We check it and tell you."), "success")
    return _back(request_id)


@blueprint.post("/<uuid:request_id>/files")
@requires(Permission.DOCUMENT_WRITE)
def upload_all(request_id: UUID) -> ResponseReturnValue:
    """Hand in many at once; their names say which is which."""
    actor = current_actor()
    document_queries.view(request_id)
    taken = uploads.take(actor=actor, accepts=uploads.ANY)
    if not taken.ids:
        return _refused(request_id, taken.refused or [_("Please choose a file.")])
    try:
        matched, left = asking.assign_files(
            actor=actor, request_id=request_id, document_ids=taken.ids, translate=_
        )
    except Invalid as faulty:
        return _refused(request_id, [say(faulty.text)])
    if matched:
        flash(
            ngettext("%(num)s file found its place.", "%(num)s files found their place.", matched),
            "success",
        )
    for name in left:
        text = _(
            "%(name)s fits none of the documents by its name: "
            "please upload it beside the right one.",
            name=name,
        )
        flash(text, "warning")
    for reason in taken.refused:
        flash(reason, "warning")
    return _back(request_id)


def _refused(request_id: UUID, reasons: Sequence[str]) -> ResponseReturnValue:
    return _page(request_id, refused=reasons), HTTPStatus.UNPROCESSABLE_ENTITY


def _back(request_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".request_page", request_id=request_id), HTTPStatus.SEE_OTHER)
