"""What the worker does for files: draw the pages of a PDF once per content."""

from uuid import UUID

from app.documents import actions, drawing, queries
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
    drawn = drawing.pages_of(content)
    with transaction():
        actions.keep_pages(sha256=sha256, pictures=drawn)
