"""What documents clients are asked for, over all clients: what to look at, what is overdue."""

from typing import Any
from uuid import UUID

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.audit.access import Shown
from app.desk.looking import listed, looked
from app.desk.serving import serving
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.web.access import current_actor, requires
from app.web.htmx import polled
from app.web.medical import hidden_services
from app.work import document_queries, index, request_index
from app.work.request_index import Shelf
from tenants import registry

blueprint = Blueprint("desk_documents", __name__, url_prefix="/desk", template_folder="templates")


@blueprint.url_defaults
def _same_client(endpoint: str, values: dict[str, Any]) -> None:
    if g.get("client") is not None and endpoint.endswith(".asked"):
        values.setdefault("client", g.client.slug)


@blueprint.get("/documents", endpoint="requests")
@requires(Permission.WORK_READ)
def request_list() -> ResponseReturnValue:
    """One shelf of it; the fragment for the poll."""
    name = request.args.get("shelf", Shelf.REVIEW.value)
    if name not in set(Shelf):
        raise NotFound("There is no such page.")
    allowed = serving()
    refs = {ref.id: ref for ref in registry.listed() if allowed is None or ref.id in allowed}
    seen: dict[str, Any] = {
        "at": now(), "clients": frozenset(refs), "hidden_services": hidden_services()
    }  # fmt: skip
    counts = request_index.counts(**seen)
    rows = request_index.page(Shelf(name), **seen)
    listed([request_row for request_row, _item in rows], Shown.DOCUMENTS)
    shown = {
        "shelf": name,
        "shelves": [(one, title, counts[one]) for one, title in _titles().items()],
        "rows": rows,
        "refs": refs,
        "at": seen["at"],
    }
    if request.headers.get("HX-Request"):
        return polled(render_template("desk/documents/_list.html", **shown))
    return render_template("desk/documents/list.html", **shown)


def _titles() -> dict[Shelf, str]:
    return {
        Shelf.REVIEW: _("To check"),
        Shelf.OVERDUE: _("Overdue"),
        Shelf.WAITING: _("With the client"),
        Shelf.OPEN: _("All open"),
    }


@blueprint.get("/c/<client>/document-requests/<uuid:request_id>")
@requires(Permission.WORK_READ)
def asked(request_id: UUID) -> ResponseReturnValue:
    """One request with its documents: a page of its own, or the panel beside the list."""
    return page_of(request_id)


def page_of(request_id: UUID) -> str:
    """The request as it stands now, in the panel or as a page."""
    view = document_queries.view(request_id)
    looked(view.item, actor=current_actor())
    fragment = request.headers.get("HX-Request")
    return render_template(
        "desk/documents/_panel.html" if fragment else "desk/documents/request.html",
        view=view,
        number=index.number_of(view.item),
        client=g.client,
        target="#panel" if fragment else None,
        list_url=url_for("desk_documents.requests"),
    )


def toasted(request_id: UUID, text: str) -> str:
    """The same with a word about what was done."""
    return page_of(request_id) + render_template("desk/items/_toast.html", text=text, undo_url=None)
