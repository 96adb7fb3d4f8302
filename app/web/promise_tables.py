"""The report on promises for a spreadsheet."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from flask import Response, current_app
from flask_babel import gettext as _

from app.sla import reports
from app.sla.reports import Ending
from app.sla.rules.policy import Metric
from app.web import promise_reports
from app.web.promise_reports import service_title
from app.web.promise_texts import ending_title, metric_title
from app.web.promise_times import share_text

EXPORT = 20_000
"""Promises of one export; more are found month by month."""


def as_csv(name: str, *, zone: str, metrics: Iterable[Metric]) -> Response:
    """Months, services and metrics with their figures, for a spreadsheet."""
    wanted, _words = promise_reports.behind(zone=zone, metrics=metrics)
    heads = [_("Month"), _("Service"), _("Promise"), _("Met in per cent")]
    rows = [
        [
            f"{line.month:%Y-%m}",
            service_title(line.service_key),
            metric_title(line.metric),
            share_text(line.figures.share),
            *(line.figures[ending] for ending in Ending),
        ]
        for line in reports.by_month(wanted, zone=zone)
    ]
    return _csv(name, [*heads, *map(ending_title, Ending)], rows)


def items_as_csv(
    name: str, *, zone: str, metrics: Iterable[Metric], link: Callable[[UUID], str]
) -> Response:
    """The promises behind a figure, for a spreadsheet; times in UTC."""
    # The configured address: a request's own Host header is anybody's word.
    address = current_app.config["SETTINGS"].base_url
    wanted, _words = promise_reports.behind(zone=zone, metrics=metrics)
    heads = [
        _("Number"), _("Title"), _("Promise"), _("How it ended"), _("Begun"), _("Due"),
        _("Done"), _("Late since"), _("Explanation"),
    ]  # fmt: skip
    shown, _mark = promise_reports.outcomes(wanted, limit=EXPORT)
    rows = [
        [
            one.number, one.title, metric_title(one.metric), ending_title(one.ending),
            *map(_utc, (one.outcome.started_at, one.outcome.due_at, one.outcome.finished_at,
                        one.outcome.breached_at)),
            address + link(one.outcome.subject_id),
        ]
        for one in shown
    ]  # fmt: skip
    return _csv(name, heads, rows)


def _utc(at: datetime | None) -> str:
    return "" if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _csv(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    # OWASP, CSV injection: a spreadsheet must not take a title for a formula.
    writer.writerows([[_plain(str(cell)) for cell in row] for row in rows])
    response = Response(out.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text
