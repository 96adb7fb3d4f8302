"""Find at the desk: over all clients one may serve, in items, files and what was said."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.audit.access import Shown
from app.desk.looking import listed
from app.desk.serving import serving
from app.identity.permissions import Permission
from app.search import queries as search
from app.search.rules import Kind
from app.web.access import requires
from tenants import registry

blueprint = Blueprint("desk_search", __name__, url_prefix="/desk", template_folder="templates")

MOST = 50


@blueprint.get("/search")
@requires(Permission.WORK_READ)
def find() -> ResponseReturnValue:
    """Words, numbers and amounts; the best fifty, of one client and kind where that is chosen."""
    words = request.args.get("q", "").strip()[:100]
    kind, slug = request.args.get("kind", ""), request.args.get("client", "")
    allowed = serving()
    refs = {ref.id: ref for ref in registry.listed() if allowed is None or ref.id in allowed}
    chosen = frozenset(key for key, ref in refs.items() if not slug or ref.slug == slug)
    found = search.find(
        words,
        clients=chosen,
        with_internal=True,
        kinds=[Kind(kind)] if kind in set(Kind) else (),
        limit=MOST,
    )
    seen = [one for one in found if one.tenant_id in refs]
    listed(seen, Shown.SEARCH)
    return render_template(
        "desk/search.html",
        words=words,
        kind=kind,
        slug=slug,
        found=seen,
        refs=refs,
    )
