"""For machines that look after Kontor: alive, ready, metrics."""

import os
import time
from collections.abc import Iterator
from hmac import compare_digest
from http import HTTPStatus

from flask import Blueprint, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from typing_extensions import override

from app.jobs import queries as jobs
from app.kernel.errors import NotFound
from app.web.access import public
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
    registry.register(_Jobs())
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


class _Jobs(Collector):
    """Read from PostgreSQL when asked: the same whichever process answers."""

    @override
    def collect(self) -> Iterator[Metric]:
        now = jobs.pulse()
        by_state = GaugeMetricFamily(
            "kontor_jobs", "Jobs that are not done, by state and class.", labels=("state", "class")
        )
        for (state, job_class), number in now.by_state.items():
            by_state.add_metric((str(state), str(job_class)), number)
        yield by_state
        yield GaugeMetricFamily(
            "kontor_jobs_oldest_pending_seconds",
            "How long the job has been due that has waited longest.",
            value=now.oldest_pending_seconds,
        )
        yield GaugeMetricFamily(
            "kontor_jobs_relay_tick_seconds",
            "Duration of the relay's last round.",
            value=now.relay_tick_seconds,
        )
        if now.relay_silent_seconds is not None:
            yield GaugeMetricFamily(
                "kontor_jobs_relay_silent_seconds",
                "Since the relay's last round.",
                value=now.relay_silent_seconds,
            )
