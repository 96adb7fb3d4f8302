"""What a script is answered: where to go next, and nothing if nothing has changed."""

from hashlib import sha256
from http import HTTPStatus

from flask import Flask, Response, request

from app.web.security import nonce

_REDIRECTS = frozenset({HTTPStatus.FOUND, HTTPStatus.SEE_OTHER})


def init_app(app: Flask) -> None:
    """Views redirect as for a plain form; htmx and uploads are told by header."""
    app.after_request(_lead)


def polled(body: str) -> Response:
    """A fragment for a poll: 304 if the reader has it already."""
    response = Response(body)
    # The nonce is another one each time, and says nothing about the contents.
    response.set_etag(sha256(body.replace(nonce(), "").encode()).hexdigest()[:32])
    return response.make_conditional(request)  # type: ignore[return-value]


def _lead(response: Response) -> Response:
    # fetch would follow by itself, use up the flashed messages and hide the new address.
    if response.status_code in _REDIRECTS and request.headers.get("HX-Request"):
        response.headers["HX-Redirect"] = response.headers.pop("Location")
        response.status_code = HTTPStatus.NO_CONTENT
        response.data = b""
    return response
