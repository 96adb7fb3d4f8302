"""The client's files: those handed in and those that came of the work."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import g, request, url_for
from flask.typing import ResponseReturnValue

from app.documents import queries as documents_queries
from app.documents.rules import INLINE, kept_until
from app.identity.permissions import Permission
from app.kernel.clock import month_of
from app.kernel.errors import NotFound
from app.portal.frame import page, portal_blueprint
from app.portal.words import Row, service_title
from app.web.access import requires
from app.web.files import file_answer
from app.work import portal_queries

blueprint = portal_blueprint("portal_documents", __name__, "/documents")

PAGE = 25
_KINDS = {"": None, "results": True, "handed-in": False}


@blueprint.get("")
@requires(Permission.DOCUMENT_READ)
def documents() -> ResponseReturnValue:
    """The list, newest first."""
    kind, words = request.args.get("kind", ""), request.args.get("words", "")[:200]
    if kind not in _KINDS:
        raise NotFound("There is no such page.")
    service, month = request.args.get("service", ""), request.args.get("month", "")
    before = request.args.get("before", type=UUID)
    found = portal_queries.filed_documents(
        words=words,
        results=_KINDS[kind],
        service_key=service,
        period=_period(month) if month else None,
        before=before,
        limit=PAGE + 1,
    )
    chosen = (("kind", kind), ("words", words), ("service", service), ("month", month))
    kept: dict[str, Any] = {key: value for key, value in chosen if value}
    return page(
        "portal/documents/list.html",
        here="portal_documents.documents",
        files=[(one.document, Row(one.item), one.is_result) for one in found[:PAGE]],
        kept_until=lambda file: kept_until(file.created_at.date(), file.retention_class),
        services=[(key, service_title(key)) for key in portal_queries.services_used()],
        kept=kept,
        first_url=url_for(".documents", **kept) if before else None,
        next_url=url_for(".documents", **kept, before=found[PAGE - 1].document.id)
        if len(found) > PAGE
        else None,
    )


def _period(month: str) -> tuple[datetime, datetime]:
    """The month in the client's zone. Raises NotFound for what is none."""
    try:
        first = datetime.combine(month_of(month), time(), tzinfo=ZoneInfo(g.client.zone))
    except ValueError:
        raise NotFound("There is no such page.") from None
    return first, (first + timedelta(days=32)).replace(day=1)


@blueprint.app_template_test("shown_inline")
def shown_inline(media_type: str) -> bool:
    """Whether a browser may show files of this type in the page."""
    return media_type in INLINE


@blueprint.get("/<uuid:document_id>/content")
@requires(Permission.DOCUMENT_READ)
def content(document_id: UUID) -> ResponseReturnValue:
    """The file as a download; pictures and PDF may be shown in the page."""
    document = documents_queries.document(document_id)
    return file_answer(
        document, documents_queries.content(document), inline="inline" in request.args
    )
