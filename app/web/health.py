"""For machines that look after Kontor: alive, ready, metrics."""

import os
import time
from hmac import compare_digest
from http import HTTPStatus

from flask import Blueprint, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.jobs import queries as jobs
from app.kernel.errors import NotFound
from app.web.access import public
from app.web.job_metrics import JobMetrics
from tenants import migrations
from tenants.db import db

blueprint = Blueprint("health", __name__)

_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_OWN = CollectorRegistry()
_DURATION = Histogram(
    "kontor_http_request_seconds",
    "Time from request to answer, by route template.",
    ("method", "route", "status"),
    registry=_OWN,
)


@blueprint.before_app_request
def _began() -> None:
    g.metrics_began = time.perf_counter()


@blueprint.after_app_request
def _ended(response: Response) -> Response:
    if "metrics_began" in g:
        route = request.url_rule.rule if request.url_rule else "none"
        method = request.method if request.url_rule else "none"
        _DURATION.labels(method, route, f"{response.status_code // 100}xx").observe(
            time.perf_counter() - g.metrics_began
        )
    return response


@blueprint.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """Requests can be served. Without Redis they can: jobs wait (degraded)."""
    settings = current_app.config["SETTINGS"]
    database = _database()
    redis = "ok" if jobs.redis_answers(settings.redis_url) else "unreachable"
    checks = {"database": database, "redis": redis}
    if database != "ok":
        return {"status": "down", "checks": checks}, HTTPStatus.SERVICE_UNAVAILABLE
    return {"status": "ok" if redis == "ok" else "degraded", "checks": checks}


def _database() -> str:
    try:
        with db.engine.connect() as connection:
            version = connection.scalar(text("select version from provider.schema_version"))
    except SQLAlchemyError:
        return "unreachable"
    return "ok" if version == migrations.head("provider") else "migrations are missing"


@blueprint.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Prometheus' text format. Everybody without the token is told that there is no such page."""
    if not _may_read_metrics():
        raise NotFound("There is no such page.")
    registry = CollectorRegistry()
    registry.register(JobMetrics())
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # noqa: TID251  the library's own switch
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        body = generate_latest(registry)
    else:
        body = generate_latest(_OWN) + generate_latest(registry)
    return Response(body, content_type=CONTENT_TYPE_LATEST)


def _may_read_metrics() -> bool:
    settings = current_app.config["SETTINGS"]
    if settings.metrics_token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return compare_digest(given.encode(), settings.metrics_token.encode())
    # Behind a proxy on this machine everybody comes from the loopback.
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded"))
    return request.remote_addr in _LOOPBACK and not forwarded
