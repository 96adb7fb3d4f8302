"""The report on promises as a page shows it: filters of the address, months, sums, CSV."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _

from app.catalogue.service import service
from app.kernel.clock import month_of, now
from app.kernel.errors import NotFound
from app.sla import reports
from app.sla.reports import Ending, Figures, Line, Wanted
from app.sla.rules.clock_state import Split
from app.sla.rules.policy import Metric
from app.web.promise_texts import ending_title, metric_title
from app.web.promise_times import month_text, share_text
from app.work import portal_queries
from app.work.index import number_of

MONTHS = 12
PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table: its name, its figures, and what a link to its items needs."""

    title: str
    figures: Figures
    keys: Mapping[str, str]

    @property
    def share(self) -> str:
        """In per cent, rounded down."""
        return share_text(self.figures.share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the page shows."""

    months: Sequence[Row]
    """The newest first, back to the first in which something was counted."""
    groups: Sequence[Row]
    """Per service and metric over all shown months."""
    total: Row
    split: Split
    """Of the resolutions that ended in these months."""
    zone: str
    services: Sequence[tuple[str, str]]
    metrics: Sequence[tuple[str, str]]
    service: str
    metric: str
    has_any: bool
    bars: Sequence[tuple[str, list[int]]]
    """For the chart, the oldest first, at least half a year: met, and not met or late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOutcome:
    """One promise behind a figure."""

    number: str
    title: str
    metric: Metric
    ending: Ending
    outcome: Any


def _bar(figures: Figures) -> list[int]:
    return [figures[Ending.MET], figures[Ending.BREACHED] + figures[Ending.OPEN_BREACHED]]


def report(*, zone: str, metrics: Iterable[Metric]) -> Report:
    """The last twelve months in that zone, filtered by the address's service and metric.

    `metrics`: those this reader may see. Raises NotFound for one that is not among them.
    """
    allowed = list(metrics)
    service_key, metric = request.args.get("service", ""), request.args.get("metric", "")
    firsts = _firsts(zone)
    since, until = _span(firsts[0], firsts[-1], zone)
    wanted = Wanted(
        since=since, until=until, service_key=service_key, metrics=_metrics(metric, allowed)
    )
    lines = reports.by_month(wanted, zone=zone)
    # Months before anything was promised would be a column of noughts.
    begun = min((line.month for line in lines), default=firsts[-1])
    kept = {key: text for key, text in (("service", service_key), ("metric", metric)) if text}
    return Report(
        months=[_month(first, lines, kept) for first in reversed(firsts) if first >= begun],
        bars=[
            (month_text(f"{first:%Y-%m}")[:3], _bar(_month(first, lines, {}).figures))
            for first in firsts
            if first >= min(begun, firsts[-6])
        ],
        groups=_groups(lines),
        total=Row(
            title=_("All together"),
            figures=reports.together(line.figures for line in lines),
            keys=kept,
        ),
        split=reports.splits_together(
            line.split for line in lines if line.metric is Metric.RESOLUTION
        ),
        zone=zone,
        services=[(key, service_title(key)) for key in reports.services_measured()],
        metrics=[(one.value, metric_title(one)) for one in allowed],
        service=service_key,
        metric=metric,
        has_any=bool(lines) or reports.first_counted() is not None,
    )


def _month(first: date, lines: Sequence[Line], kept: Mapping[str, str]) -> Row:
    month = f"{first:%Y-%m}"
    return Row(
        title=month_text(month),
        figures=reports.together(line.figures for line in lines if line.month == first),
        keys={**kept, "month": month},
    )


def _groups(lines: Sequence[Line]) -> list[Row]:
    pairs = sorted({(line.service_key, line.metric) for line in lines})
    return [
        Row(
            title=f"{service_title(key)} · {metric_title(metric)}",
            figures=reports.together(
                line.figures for line in lines if (line.service_key, line.metric) == (key, metric)
            ),
            keys={"service": key, "metric": metric.value},
        )
        for key, metric in pairs
    ]


def _metrics(name: str, allowed: Sequence[Metric]) -> frozenset[Metric]:
    if not name:
        return frozenset(allowed)
    if name not in {one.value for one in allowed}:
        raise NotFound("There is no such page.")
    return frozenset({Metric(name)})


def _firsts(zone: str) -> list[date]:
    """The first days of the shown months, the oldest first."""
    today = now().astimezone(ZoneInfo(zone)).date()
    return [_months_on(today, -back) for back in range(MONTHS - 1, -1, -1)]


def _months_on(day: date, count: int) -> date:
    months = day.year * 12 + day.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def _span(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    return reports.period(first, following=_months_on(last, 1), zone=zone)


def behind(*, zone: str, metrics: Iterable[Metric]) -> tuple[Wanted, str]:
    """What the address asks to see behind a figure, and that in words. Raises NotFound."""
    args = request.args
    ending = args.get("ending", "")
    if ending and ending not in set(Ending):
        raise NotFound("There is no such page.")
    firsts = _firsts(zone)
    first, last = firsts[0], firsts[-1]
    if month := args.get("month", ""):
        first = last = _month_asked(month)
    since, until = _span(first, last, zone)
    wanted = Wanted(
        since=since,
        until=until,
        service_key=args.get("service", ""),
        metrics=_metrics(args.get("metric", ""), list(metrics)),
        ending=Ending(ending) if ending else None,
    )
    words = [
        ending_title(ending) if ending else "",
        month_text(month) if month else _("the last twelve months"),
        service_title(wanted.service_key) if wanted.service_key else "",
        metric_title(args["metric"]) if args.get("metric") else "",
    ]
    return wanted, " · ".join(word for word in words if word)


def _month_asked(month: str) -> date:
    try:
        return month_of(month)
    except ValueError:
        raise NotFound("There is no such month.") from None


def outcomes(wanted: Wanted, *, limit: int = PAGE) -> tuple[list[ShownOutcome], str | None]:
    """One page of the promises behind a figure, and the mark of the next page."""
    found = reports.outcomes(wanted, before=_before(), limit=limit + 1)
    items = portal_queries.items_by_id({one.subject_id for one in found})
    shown = [
        ShownOutcome(
            number=number_of(items[one.subject_id]),
            title=items[one.subject_id].title,
            metric=one.metric,
            ending=reports.ending_of(one),
            outcome=one,
        )
        for one in found[:limit]
        if one.subject_id in items
    ]
    last = found[limit - 1] if len(found) > limit else None
    mark = None if last is None else f"{last.counted_at.isoformat()}~{last.clock_id}~{last.cycle}"
    return shown, mark


def _before() -> tuple[datetime, UUID, int] | None:
    mark = request.args.get("before", "")
    if not mark:
        return None
    try:
        at, clock_id, cycle = mark.split("~")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError(at)
        return moment, UUID(clock_id), int(cycle)
    except ValueError:
        raise NotFound("There is no such page.") from None


def kept_filters(*, without: str = "") -> dict[str, Any]:
    """The address's own filters, for links; nothing else of it."""
    names = ("month", "service", "metric", "ending")
    return {name: request.args[name] for name in names if name != without and name in request.args}


def service_title(service_key: str) -> str:
    """`Accounts payable`; the key itself where the service is gone."""
    try:
        return _(service(service_key).title)
    except NotFound:
        return service_key or _("without a service")
