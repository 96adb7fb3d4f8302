"""The original beside the values: what a browser may show itself, and text that we escape."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.documents import queries as documents
from app.documents.rules import INLINE
from app.kernel.tables import decoded

TEXTS = frozenset({"application/xml", "text/csv", "text/plain", "application/json"})
MOST = 60_000
"""Characters of a text that are shown; the whole file is a download."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A document, and its text or pages where the page shows it itself; else the browser does."""

    document: Any
    text: str | None = None
    cut: bool = False
    pages: int = 0
    """Pages that the worker has drawn as pictures."""


def preview_of(given: Sequence[Any]) -> Preview | None:
    """The first of the documents that can be read in the page."""
    for document in given:
        if document.media_type in INLINE:
            return Preview(document, pages=documents.pages(document.sha256) or 0)
        if document.media_type in TEXTS:
            content = documents.content(document)
            text = decoded(content)
            cut = len(text) > MOST
            return Preview(document, text[:MOST], cut)
    return None
