"""The ladder of service credits in the editor of terms: which promise, how late, what it costs."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.desk.terms_forms import number, plain, shown
from app.kernel.errors import Invalid
from app.kernel.text import Text
from app.sla.rules.policy import Metric
from app.web.promise_texts import metric_title

SPARE = 3
MOST = 12
COLUMNS = ("credit_metric", "credit_hours", "credit_percent")
BOTH = "resolution first_response"
CHOICES = (BOTH, "resolution", "first_response", "next_response")
_MOST_HOURS = Decimal(10_000)


def choices(rows: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
    """What a step may be about, and what these are about."""
    others = [row["credit_metric"] for row in rows if _is_known(row["credit_metric"])]
    return [(key, _said(key)) for key in dict.fromkeys([*CHOICES, *others])]


def _is_known(key: str) -> bool:
    return bool(key) and set(key.split(" ")) <= set(Metric)


def _said(key: str) -> str:
    return " · ".join(metric_title(Metric(name)) for name in key.split())


def rows_of(credits_: Mapping[str, Any]) -> list[dict[str, str]]:
    """A row for each step of the ladder, and some empty ones."""
    rows = [_row(clause) for clause in credits_.get("clauses") or ()]
    return [*rows, *[dict.fromkeys(COLUMNS, "") for _n in range(SPARE)]]


def _row(clause: Mapping[str, Any]) -> dict[str, str]:
    minutes = int(clause.get("from_minutes", 0))
    return {
        "credit_metric": " ".join(clause.get("metrics", ())),
        "credit_hours": shown(Decimal(minutes) / 60) if minutes else "",
        "credit_percent": shown(Decimal(clause["percent"])) if "percent" in clause else "",
    }


def sent(form: MultiDict[str, str]) -> list[dict[str, str]]:
    """The rows as they were typed."""
    lists = {name: form.getlist(name)[:MOST] for name in COLUMNS}
    count = max(map(len, lists.values()))
    return [
        {name: values[n] if n < len(values) else "" for name, values in lists.items()}
        for n in range(count)
    ]


def ladder(rows: Sequence[Mapping[str, str]], cap: str) -> dict[str, Any]:
    """What was agreed on credits; nothing where no step has a percentage. Raises Invalid."""
    clauses = [_clause(row) for row in rows if row["credit_percent"].strip()]
    if not clauses:
        return {}
    most = number(cap.strip() or "100", "credit_cap")
    if not 0 < most <= 100:
        raise Invalid(fields={"credit_cap": [Text("Between 0 and 100 per cent.")]})
    return {"clauses": clauses, "cap_percent": plain(most)}


def _clause(row: Mapping[str, str]) -> dict[str, Any]:
    metric = row["credit_metric"] or BOTH
    if not _is_known(metric):
        raise Invalid(fields={"credit_percent": [Text("This choice is not offered.")]})
    percent = number(row["credit_percent"], "credit_percent")
    if not 0 < percent <= 100:
        raise Invalid(fields={"credit_percent": [Text("Between 0 and 100 per cent.")]})
    hours = number(row["credit_hours"] or "0", "credit_hours")
    if not 0 <= hours <= _MOST_HOURS:
        raise Invalid(fields={"credit_hours": [Text("Please give a number.")]})
    minutes = round(hours * 60)
    step: dict[str, Any] = {"from_minutes": minutes} if minutes else {}
    name = f"late-{minutes}" if minutes else "late"
    return {"name": name, "metrics": metric.split(), "percent": plain(percent), **step}


def in_words(credits_: Mapping[str, Any]) -> list[str]:
    """The ladder for people."""
    clauses = credits_.get("clauses")
    if not clauses:
        return []
    most = format_decimal(Decimal(credits_.get("cap_percent", "100")))
    together = _("All together at most %(percent)s %% of the month", percent=most)
    return [*map(_step_in_words, clauses), together]


def _step_in_words(clause: Mapping[str, Any]) -> str:
    about = {
        "promise": _said(" ".join(clause["metrics"])),
        "percent": format_decimal(Decimal(clause["percent"])),
    }
    if not (minutes := int(clause.get("from_minutes", 0))):
        return _("%(promise)s, late: %(percent)s %% of the month", **about)
    hours = format_decimal(Decimal(minutes) / 60)
    return _(
        "%(promise)s, late by %(hours)s hours and more: %(percent)s %% of the month",
        hours=hours, **about,
    )  # fmt: skip


def differences(
    rows: Sequence[Mapping[str, str]], saved: Mapping[str, Any]
) -> list[tuple[str, str, str]]:
    """Where what was typed and what a colleague saved are not the same."""
    mine = "; ".join(_plain(row) for row in rows if row["credit_percent"])
    theirs = "; ".join(_plain(_row(one)) for one in saved.get("clauses") or ())
    same = mine == theirs
    return [] if same else [(_("Service credits"), mine or "\N{EN DASH}", theirs or "\N{EN DASH}")]


def _plain(row: Mapping[str, str]) -> str:
    return " · ".join(row[name] for name in COLUMNS if row[name])
