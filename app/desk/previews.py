"""The originals beside the values: what a browser may show itself, and text that we escape.

Lines carry their numbers, tables their columns: a finding's place is found by the eye.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from app.documents import queries as documents
from app.documents.rules import INLINE, SHEETS
from app.documents.tabling import ShownSheet
from app.kernel import mails
from app.kernel.tables import NotAList, decoded, rows_of_text

TEXTS = frozenset(
    {"application/xml", "text/csv", "text/plain", "text/calendar", "application/json"}
)
MOST = 60_000
"""Characters of a text that are shown; the whole file is a download."""
MOST_LINES: Final = 1_500
MOST_FILES: Final = 6
"""Files of one order that are shown; more are downloads."""
MOST_OCTETS: Final = 4_000_000
"""Of a file that is shown below the first one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A document, and its rows, lines or pages where the page shows it itself; else the browser."""

    document: Any
    lines: Sequence[str] = ()
    rows: Sequence[tuple[int, Sequence[str]]] = ()
    """Of a table, with the number of the line each stands in; the first holds the headings."""
    cut: bool = False
    pages: int = 0
    """Pages that the worker has drawn as pictures."""
    sheets: Sequence[ShownSheet] = ()
    """Of a spreadsheet, as the worker has read them."""

    @property
    def is_text(self) -> bool:
        """Shown by the page as text, as rows or as lines."""
        return bool(self.lines or self.rows)


def previews_of(given: Sequence[Any]) -> list[Preview]:
    """Of the documents that can be read in the page, in their order."""
    shown: list[Preview] = []
    for document in given:
        if len(shown) == MOST_FILES:
            break
        if document.media_type in INLINE:
            shown.append(Preview(document=document, pages=documents.pages(document.sha256) or 0))
        elif document.media_type in SHEETS:
            shown += _sheets(document)
        elif document.media_type in TEXTS and (not shown or document.size <= MOST_OCTETS):
            shown.append(_text(document))
    return shown


def _sheets(document: Any) -> list[Preview]:
    """None before the worker has read it, and of what it cannot read."""
    sheets = documents.sheets(document)
    cut = any(one.cut for one in sheets)
    return [Preview(document=document, sheets=sheets, cut=cut)] if sheets else []


def _text(document: Any) -> Preview:
    content = documents.content(document)
    # A mail as its reader sees it: what stands in the file may be base64.
    mail = mails.told(content) if document.name.lower().endswith(".eml") else []
    text = "\n".join(mail) or decoded(content)
    lines = text[:MOST].splitlines()
    cut = len(text) > MOST or len(lines) > MOST_LINES
    rows = _rows(text[:MOST]) if document.media_type == "text/csv" else []
    if rows:
        return Preview(document=document, rows=rows, cut=cut)
    return Preview(document=document, lines=lines[:MOST_LINES] or [""], cut=cut)


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The rows of a table; none where the text has no columns."""
    try:
        rows = list(islice(rows_of_text(text), MOST_LINES))
    except NotAList:
        return []
    return rows if rows and len(rows[0][1]) > 1 else []
