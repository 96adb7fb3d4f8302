"""Refusals become pages here, and nowhere else (the API has its own, as problem JSON)."""

import re
from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from urllib.parse import urlsplit

import structlog
from flask import Flask, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_decimal, format_time, gettext
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from app.kernel import errors
from app.kernel.text import Text
from app.web.access import SignInNeeded
from app.web.roles import bearers
from tenants.registry import UnknownTenant

DatabaseAway = OperationalError
"""What a face gets to see when PostgreSQL does not answer."""
Unstorable = DataError
"""What a face gets to see when somebody sends NUL, or a number larger than any column takes."""
log = structlog.get_logger("kontor.web")
_SECRET = re.compile("password|secret|token|code|key", re.IGNORECASE)
_WORDS = re.compile(r"\w\W*\s+\W*\w")
_LONGEST, _MOST = 20_000, 10
STATUS: dict[type[Exception], HTTPStatus] = {
    errors.NotFound: HTTPStatus.NOT_FOUND,
    UnknownTenant: HTTPStatus.NOT_FOUND,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.Locked: HTTPStatus.LOCKED,
    errors.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
}


def status_of(error: Exception) -> HTTPStatus:
    """The HTTP status of a refusal."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def say(text: Text) -> str:
    """A kernel text in the reader's language."""
    return str(gettext(text.msgid, **{key: _said(v) for key, v in text.params.items()}))


def _said(value: object) -> object:
    if isinstance(value, Text):
        return say(value)
    if isinstance(value, Decimal):
        places = max(0, -int(value.as_tuple().exponent))  # 12.60 keeps its last nought
        return format_decimal(value, "#,##0." + "0" * places if places else "#,##0")
    if isinstance(value, datetime) and value.tzinfo is None:  # as a file says it, in no zone
        return f"{format_date(value)}, {format_time(value, 'short', rebase=False)}"
    return format_date(value) if isinstance(value, date) else value


def init_app(app: Flask) -> None:
    """Register the pages for every kind of refusal."""
    app.jinja_env.filters["say"] = say
    app.register_error_handler(errors.KontorError, _refusal)
    app.register_error_handler(UnknownTenant, _refusal)
    app.register_error_handler(SignInNeeded, _sign_in)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(DataError, _unstorable)


def _refusal(error: Exception) -> ResponseReturnValue:
    if isinstance(error, errors.Forbidden) and (right := error.text.params.get("right")):
        roles = ", ".join(bearers(str(right), side=g.actor.side))
        text = gettext(
            "You do not have the right to do this. It belongs to: %(roles)s.", roles=roles
        )
    elif isinstance(error, errors.KontorError):
        text = say(error.text)
    else:
        text = gettext("There is no such page.")
    return page(status_of(error), text, retry_after=getattr(error, "retry_after", None))


def _sign_in(_: Exception) -> ResponseReturnValue:
    # A fragment cannot sign in: htmx is told to load the whole page.
    target = request.full_path.rstrip("?") if request.method == "GET" else "/"
    address = url_for("sign_in.form", next=target)
    if request.headers.get("HX-Request"):
        return "", HTTPStatus.NO_CONTENT, {"HX-Redirect": address}
    return redirect(address)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    status = HTTPStatus(error.code)
    body, code, headers = page(status, http_text(status))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return body, code, headers


def http_text(status: HTTPStatus) -> str:
    """A sentence for the statuses that Flask itself raises."""
    known = {
        HTTPStatus.NOT_FOUND: gettext("There is no such page."),
        HTTPStatus.BAD_REQUEST: gettext("This form has expired. Please load the page again."),
        HTTPStatus.METHOD_NOT_ALLOWED: gettext(
            "This address only takes what a form sends. Please go back to the page."
        ),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: gettext("This is larger than what can be taken."),
        HTTPStatus.TOO_MANY_REQUESTS: gettext("Too many attempts. Please wait a moment."),
        HTTPStatus.INTERNAL_SERVER_ERROR: gettext(
            "Something went wrong on our side. Nothing was changed; please try again."
        ),
    }
    return known.get(status, gettext("The request cannot be read."))


def _unavailable(_: Exception) -> ResponseReturnValue:
    text = gettext("The database cannot be reached at the moment. Nothing was changed.")
    return page(HTTPStatus.SERVICE_UNAVAILABLE, text, retry_after=5)


def _unstorable(error: Exception) -> ResponseReturnValue:
    # Said to the log in full: it may be a mistake of ours all the same.
    log.warning("unstorable", exc_info=error)
    return page(HTTPStatus.BAD_REQUEST, gettext("The request cannot be read."))


def page(
    status: HTTPStatus, text: str, *, retry_after: int | None = None
) -> tuple[str, HTTPStatus, dict[str, str]]:
    """The error page with the words that were sent, or its message alone for htmx."""
    template = "errors/_message.html" if request.headers.get("HX-Request") else "errors/page.html"
    headers = {"Retry-After": str(retry_after)} if retry_after is not None else {}
    body = render_template(
        template, status=status, text=text, came_from=_came_from(), typed=_typed()
    )
    return body, status, headers


def _typed() -> list[str]:
    """Sentences somebody wrote into a form that is refused: nobody has to write them twice."""
    try:
        sent = request.form.items(multi=True)
        words = [text for name, text in sent if not _SECRET.search(name) and _WORDS.search(text)]
    except HTTPException:  # the form itself cannot be read
        return []
    return [text[:_LONGEST] for text in dict.fromkeys(words)][:_MOST]


def _came_from() -> str:
    # Only a page of ours, and not the one that was refused.
    there = urlsplit(request.referrer or "")
    if there.netloc != request.host or there.path == request.path or there.path[:2] == "//":
        return ""
    return f"{there.path}?{there.query}" if there.query else there.path
