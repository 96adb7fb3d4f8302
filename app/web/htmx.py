"""A redirect for a script: the page goes there, instead of the answer being swapped in."""

from http import HTTPStatus

from flask import Flask, Response, request

_REDIRECTS = frozenset({HTTPStatus.FOUND, HTTPStatus.SEE_OTHER})


def init_app(app: Flask) -> None:
    """Views redirect as for a plain form; htmx and uploads are told by header."""
    app.after_request(_lead)


def _lead(response: Response) -> Response:
    # fetch would follow by itself, use up the flashed messages and hide the new address.
    if response.status_code in _REDIRECTS and request.headers.get("HX-Request"):
        response.headers["HX-Redirect"] = response.headers.pop("Location")
        response.status_code = HTTPStatus.NO_CONTENT
        response.data = b""
    return response
