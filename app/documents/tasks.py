"""What the worker does for files, once per content: draw the pages of a PDF, read a workbook."""

from uuid import UUID

from app.documents import actions, drawing, queries, rules, tabling
from app.jobs.registry import job
from tenants.db import transaction


@job("documents.draw", job_class="interactive", long=True, max_attempts=2)
def draw(document_id: UUID) -> None:
    """Draw outside any lock (it may take seconds), then say how many pages there are.

    A job that comes twice draws the same pictures under the same keys.
    """
    with transaction():
        document = queries.document(document_id)
        sha256 = document.sha256
        if queries.pages(sha256) is not None:
            return
        content = queries.content(document)
        is_sheet = document.media_type in rules.SHEETS
    pages = tabling.sheets_of(content) if is_sheet else drawing.pages_of(content)
    with transaction():
        actions.keep_pages(sha256=sha256, pages=pages)
