"""Logs as JSON lines with request and client; nothing secret in them."""

import logging
import re
import sys
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g, request

from app.kernel.ids import new_id
from tenants.context import current

log = structlog.get_logger("kontor.web")

_SECRET = re.compile(
    r"passw|secret|token|authorization|cookie|api_?key|otp|recovery", re.IGNORECASE
)
_CREDENTIALS = re.compile(r"(://[^:/@\s]*):[^@/\s]+@")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_QUIET = frozenset({"health.alive", "health.ready", "health.metrics", "static"})

EventDict = MutableMapping[str, Any]


def configure(*, level: str = "INFO") -> None:
    """One JSON object a line on standard error, for our own loggers and everybody else's."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        _client,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _without_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(sort_keys=True, default=str),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("alembic", "factur-x"):
        logging.getLogger(chatty).setLevel("WARNING")


def init_app(app: Flask) -> None:
    """Name each request, and write a line when it is answered."""
    if app.config["SETTINGS"].environment != "test":
        configure()
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else new_id().hex
    g.request_began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    if "request_id" not in g:
        return response
    response.headers["X-Request-ID"] = g.request_id
    if request.endpoint in _QUIET and response.status_code < 500:
        return response
    client, actor = g.get("client"), g.get("actor")
    log.info(
        "request",
        method=request.method,
        # The template, not the address: addresses carry one-time links.
        route=request.url_rule.rule if request.url_rule else None,
        status=response.status_code,
        milliseconds=round((time.perf_counter() - g.request_began) * 1000, 1),
        tenant=client.slug if client else None,
        actor=str(actor.id) if actor is not None and actor.id else None,
    )
    return response


def _client(_: Any, __: str, entry: EventDict) -> EventDict:
    tenant = current.get()
    if tenant is not None:
        entry.setdefault("tenant", tenant.slug)
    return entry


def _without_secrets(_: Any, __: str, entry: EventDict) -> EventDict:
    for key, value in entry.items():
        entry[key] = "***" if _SECRET.search(key) else _clean(value)
    return entry


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _CREDENTIALS.sub(r"\1:***@", value)
    if isinstance(value, dict):
        return {k: "***" if _SECRET.search(str(k)) else _clean(v) for k, v in value.items()}
    return value
