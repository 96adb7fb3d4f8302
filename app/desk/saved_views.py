"""Saved views of the desk's list: save, share, rename, remove; and the counts on the left side."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.desk.door import address_of, home_view, navigation, side_address
from app.identity.permissions import Permission
from app.kernel.errors import Invalid
from app.web.access import current_actor, requires
from app.web.forms import field_errors
from app.web.htmx import polled
from app.work import view_queries
from app.work.actions import views

blueprint = Blueprint("desk_views", __name__, url_prefix="/desk/views", template_folder="templates")


@blueprint.get("", endpoint="views")
@requires(Permission.WORK_READ)
def view_list() -> ResponseReturnValue:
    """One's own views and the team's."""
    return _page()


def _page(*, errors: dict[str, list[str]] | None = None, faulty: UUID | None = None) -> str:
    return render_template(
        "desk/views/list.html",
        views=[(one, address_of(one)) for one in view_queries.views_of(current_actor().id)],
        errors=errors or {},
        faulty=faulty,
    )


@blueprint.post("")
@requires(Permission.WORK_READ)
def save() -> ResponseReturnValue:
    """Save the filters of the list one looks at."""
    try:
        view = views.save(
            actor=current_actor(),
            name=request.form.get("name", ""),
            arguments=request.form,
            shared="shared" in request.form,
        )
    except Invalid as faulty:
        for texts in field_errors(faulty).values() or [[str(faulty.text)]]:
            flash(texts[0], "error")
        sent: dict[str, Any] = {
            key: request.form[key] for key in views.ARGUMENTS if request.form.get(key)
        }
        back = url_for("desk_work.work_list", **({"view": home_view()} | sent))
        return redirect(back, HTTPStatus.SEE_OTHER)
    flash(_("The view is saved."), "success")
    return redirect(address_of(view), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:view_id>")
@requires(Permission.WORK_READ)
def change(view_id: UUID) -> ResponseReturnValue:
    """Another name; shared or not."""
    try:
        views.change(
            actor=current_actor(),
            view_id=view_id,
            name=request.form.get("name", ""),
            shared="shared" in request.form,
        )
    except Invalid as faulty:
        answer = _page(errors=field_errors(faulty), faulty=view_id)
        return answer, HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("Saved."), "success")
    return redirect(url_for(".views"), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:view_id>/remove")
@requires(Permission.WORK_READ)
def remove(view_id: UUID) -> ResponseReturnValue:
    """Forget it."""
    view = views.remove(actor=current_actor(), view_id=view_id)
    flash(_("The view %(name)s is removed.", name=view.name), "info")
    return redirect(url_for(".views"), HTTPStatus.SEE_OTHER)


@blueprint.get("/side")
@requires(Permission.WORK_READ)
def side() -> ResponseReturnValue:
    """The lists with their counts, for the poll: unchanged is a 304."""
    return polled(
        render_template(
            "layouts/_side_lists.html", navigation=navigation(), side_url=side_address()
        )
    )
