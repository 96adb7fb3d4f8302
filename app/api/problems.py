"""Every refusal of the API as problem JSON (RFC 9457)."""

import json
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request
from flask_babel import gettext
from flask_limiter import RateLimitExceeded
from werkzeug.exceptions import HTTPException

from app.api.door import PREFIX
from app.kernel import errors
from app.kernel.text import Text
from app.web.access import SignInNeeded
from app.web.errors import DatabaseAway, Unstorable, http_text, log, say, status_of
from app.web.field_texts import field_text
from app.web.rate_limits import seconds_to_wait

_PLACES = frozenset({"json", "query", "headers", "files"})
_BODY = "body"
MEDIA_TYPE = "application/problem+json"


def init_app(app: Flask) -> None:
    """Answer for the API; every other face keeps the handler that it registered before."""
    for kind in (
        errors.KontorError,
        SignInNeeded,
        HTTPException,
        DatabaseAway,
        Unstorable,
        RateLimitExceeded,
    ):
        _answer_before(app, kind)


def _answer_before(app: Flask, kind: type[Exception]) -> None:
    # SQLAlchemy's exceptions have a `code` too, which is no status.
    code = kind.code if issubclass(kind, HTTPException) else None
    handlers = app.error_handler_spec[None][code]
    pages = handlers.get(kind)

    def answer(error: Exception) -> Any:
        if request.path.startswith(PREFIX):
            return problem_of(error)
        if pages is not None:
            return pages(error)
        return error

    app.register_error_handler(kind, answer)


def problem_of(error: Exception) -> Response:
    """The refusal with status, title, detail and the faulty fields."""
    if isinstance(error, SignInNeeded):
        answer = problem(
            HTTPStatus.UNAUTHORIZED,
            gettext("Send a valid token as “Authorization: Bearer …”."),
        )
        answer.headers["WWW-Authenticate"] = 'Bearer realm="kontor"'
        return answer
    if isinstance(error, DatabaseAway):
        answer = problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            gettext("The database cannot be reached at the moment. Nothing was changed."),
        )
        answer.headers["Retry-After"] = "5"
        return answer
    if isinstance(error, Unstorable):
        log.warning("unstorable", exc_info=error)
        return problem(HTTPStatus.BAD_REQUEST, gettext("The request cannot be read."))
    if isinstance(error, HTTPException):
        return _http_problem(error)
    refusal = error if isinstance(error, errors.KontorError) else errors.KontorError()
    answer = problem(
        status_of(refusal), say(refusal.text), errors=_fields(getattr(refusal, "fields", None))
    )
    if isinstance(refusal, errors.TooMany):
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


def _http_problem(error: HTTPException) -> Any:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()  # a redirect is no problem
    status = HTTPStatus(error.code)
    messages = _without_place(getattr(error, "data", None) or {})
    answer = problem(status, _sentence(status, messages), errors=_fields(messages))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    if isinstance(error, RateLimitExceeded):
        answer.headers["Retry-After"] = str(seconds_to_wait())
    return answer


def _without_place(faults: dict[str, Any]) -> dict[str, Any]:
    """Field → faults; webargs puts the part of the request (`json`, `query` …) above them."""
    messages = faults.get("messages") or {}
    found: dict[str, Any] = {}
    for place, inner in messages.items():
        found |= inner if place in _PLACES and isinstance(inner, dict) else {place: inner}
    return {_BODY if name == "_schema" else name: value for name, value in found.items()}


def _sentence(status: HTTPStatus, messages: Any) -> str:
    if messages:
        return gettext("The request does not fit the description; “errors” says where.")
    ours = {
        HTTPStatus.NOT_FOUND: gettext("There is nothing at this address."),
        HTTPStatus.BAD_REQUEST: gettext("The request cannot be read."),
        HTTPStatus.METHOD_NOT_ALLOWED: gettext("This address does not know this method."),
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE: gettext(
            "Send JSON as “application/json”, and files as “multipart/form-data”."
        ),
        HTTPStatus.TOO_MANY_REQUESTS: gettext("Too many requests. Please wait a moment."),
    }
    return ours.get(status) or http_text(status)


def _fields(messages: Any) -> dict[str, Any]:
    """Texts instead of kernel texts, to any depth."""
    if not isinstance(messages, dict):
        return {}
    return {str(key): _texts(value) for key, value in messages.items()}


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return _fields(value)
    texts = value if isinstance(value, list) else [value]
    return [field_text(text if isinstance(text, Text) else str(text)) for text in texts]


def problem(status: HTTPStatus, detail: str, *, errors: dict[str, Any] | None = None) -> Response:
    """A problem document."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "instance": request.path,
    }
    if errors:
        body["errors"] = errors
    return Response(json.dumps(body, ensure_ascii=False), status, mimetype=MEDIA_TYPE)
