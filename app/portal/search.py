"""Find in the portal: one's own company's requests, files and messages, never internal notes."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.documents import queries as documents
from app.identity.permissions import Permission
from app.portal.frame import page, portal_blueprint
from app.search import queries as search
from app.search.rules import Kind
from app.web.access import current_actor, requires

blueprint = portal_blueprint("portal_search", __name__, "/search")

MOST = 50
AT_ONCE = 8


@blueprint.get("")
@requires(Permission.WORK_READ)
def find() -> ResponseReturnValue:
    """The page, or for the palette its first lines."""
    words = request.args.get("q", "").strip()[:100]
    kind = request.args.get("kind", "")
    quick = bool(request.headers.get("HX-Request"))
    kinds = [Kind(kind)] if kind in set(Kind) else list(Kind)
    if not current_actor().may(Permission.DOCUMENT_READ):
        kinds = [one for one in kinds if one is not Kind.DOCUMENT]
    found = search.find(
        words,
        clients=frozenset(),
        with_internal=False,
        kinds=kinds,
        limit=AT_ONCE if quick else MOST,
    )
    files = [one.subject_id for one in found if one.kind is Kind.DOCUMENT]
    there = {one.id for one in documents.documents(files)}
    found = [one for one in found if one.kind is not Kind.DOCUMENT or one.subject_id in there]
    if quick:
        return render_template("portal/search/_palette.html", words=words, found=found)
    return page("portal/search/find.html", words=words, kind=kind, found=found)
