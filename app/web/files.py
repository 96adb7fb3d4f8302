"""A stored file as an answer: a download, or shown in the page where its type is harmless."""

from typing import Protocol
from urllib.parse import quote

from flask import Response

from app.documents.rules import INLINE, PICTURE


class StoredFile(Protocol):
    """What the answer needs to know of a document."""

    @property
    def name(self) -> str: ...

    @property
    def media_type(self) -> str: ...

    @property
    def sha256(self) -> str: ...


def file_answer(document: StoredFile, content: bytes, *, inline: bool = False) -> Response:
    """Never with an active type in the page (ASVS 5: 3.2.1); the name as of RFC 6266."""
    shown = inline and document.media_type in INLINE
    response = Response(content)
    response.mimetype = document.media_type if shown else "application/octet-stream"
    kind = "inline" if shown else "attachment"
    ascii_name = document.name.encode("ascii", "replace").decode().replace('"', "'")
    response.headers["Content-Disposition"] = (
        f'{kind}; filename="{ascii_name.replace("?", "_")}"; '
        f"filename*=UTF-8''{quote(document.name)}"
    )
    if shown:
        # Shown inside our own page only; a PDF viewer needs its own styles, and no script.
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; img-src 'self'; object-src 'self'; "
            "style-src 'unsafe-inline'; frame-ancestors 'self'"
        )
        if document.media_type == PICTURE:
            # Opened by itself it is a document: it may run and reach nothing.
            response.headers["Content-Security-Policy"] += "; sandbox"
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Cache-Control"] = "private, no-store"
    response.set_etag(document.sha256)
    return response


def picture_answer(content: bytes, *, version: str) -> Response:
    """A picture (PNG) that Kontor drew itself; `version` changes with what it shows."""
    response = Response(content, mimetype="image/png")
    response.headers["Cache-Control"] = "private, no-store"
    response.set_etag(version)
    return response
