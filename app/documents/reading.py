"""Reads the words of a file, in a limited process: what it says can then be found."""

import io
import re
import zipfile
from html import unescape

from app.kernel.sandbox import run_limited

MOST_CHARACTERS = 40_000
_MOST_PAGES = 60
_MOST_XML = 20_000_000
_SECONDS, _MEGABYTES = 30, 1024
_TARGET = "app.documents.reading:read"
_TEXTS = (".txt", ".csv", ".xml", ".json")
READABLE = (*_TEXTS, ".pdf", ".docx")
"""Endings of files that have words."""


def text_of(content: bytes, *, name: str) -> str:
    """The words of the file; nothing where there are none or it cannot be read."""
    if name.lower().endswith(_TEXTS):
        return _decoded(content[: 4 * MOST_CHARACTERS])[:MOST_CHARACTERS]
    outcome = run_limited(_TARGET, content, seconds=_SECONDS, megabytes=_MEGABYTES)
    return "" if outcome.failure else outcome.output.decode("utf-8", "replace")


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    return unescape(re.sub(r"<[^>]*>", " ", text)) if text.lstrip().startswith("<") else text


def read(content: bytes) -> bytes:
    """Run in the child: the words of a PDF or a DOCX."""
    text = _docx(content) if content.startswith(b"PK") else _pdf(content)
    return text[:MOST_CHARACTERS].encode("utf-8", "replace")


def _docx(content: bytes) -> str:
    with (
        zipfile.ZipFile(io.BytesIO(content)) as packed,
        packed.open("word/document.xml") as document,
    ):
        xml = document.read(_MOST_XML).decode("utf-8", "replace")
    return unescape(re.sub(r"<[^>]*>", " ", xml.replace("</w:t>", "").replace("</w:p>", "\n")))


def _pdf(content: bytes) -> str:
    import pypdfium2  # noqa: PLC0415  only the child pays for reading the library

    document = pypdfium2.PdfDocument(content)
    pages = (document[number] for number in range(min(len(document), _MOST_PAGES)))
    return "\n".join(page.get_textpage().get_text_range() for page in pages)
