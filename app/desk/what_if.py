"""What if a client's agreement or calendar had been another one: ask, wait, compare."""

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.identity.permissions import Permission
from app.jobs import enqueue
from app.kernel.clock import now
from app.kernel.errors import Invalid
from app.kernel.money import Money
from app.kernel.text import Text
from app.sla import drafts_of_today, reports, what_if_runs
from app.sla.what_if_runs import Question
from app.sla.what_if_tasks import KIND
from app.web import promise_reports
from app.web.access import current_actor, requires
from app.web.errors import say
from app.web.field_texts import field_text
from app.web.htmx import polled
from app.web.schema_forms import plain_number
from app.work import portal_queries
from app.work.index import number_of

blueprint = Blueprint(
    "desk_what_if", __name__, url_prefix="/desk/c/<client>/what-if", template_folder="templates"
)
MOST = 200_000
"""Characters of a draft: a calendar of ten years has less."""


@blueprint.url_defaults
def _same_client(_endpoint: str, values: dict[str, Any]) -> None:
    if g.get("client") is not None:
        values.setdefault("client", g.client.slug)


@blueprint.app_template_filter("stored_money")
def stored_money(amount: str, currency: str) -> Money:
    """An amount as an answer keeps it."""
    return Money.of(Decimal(amount), currency)


@blueprint.get("")
@requires(Permission.SLA_AGREE)
def form() -> ResponseReturnValue:
    """The question, filled with the last quarter and what is agreed today."""
    return _form(_prefilled(), {})


def _form(values: dict[str, str], errors: dict[str, list[str]]) -> str:
    return render_template(
        "desk/what_if/form.html",
        client=g.client,
        values=values,
        errors=errors,
        services=[(key, promise_reports.service_title(key)) for key in reports.services_measured()],
        runs=what_if_runs.latest(),
    )


def _prefilled() -> dict[str, str]:
    first, following = reports.last_quarter(now().astimezone(ZoneInfo(g.client.zone)).date())
    held = drafts_of_today.held()
    return {
        "first": first.isoformat(),
        "last": date.fromordinal(following.toordinal() - 1).isoformat(),
        "service": "",
        "agreement": _pretty(held.agreement),
        "calendar": _pretty(held.calendar),
        "fee": "",
        "percent": "5",
        "cap_percent": "15",
    }


@blueprint.post("")
@requires(Permission.SLA_AGREE)
def ask() -> ResponseReturnValue:
    """Work a small question out at once; a large one is a job, and its page waits for it."""
    values = {name: request.form.get(name, "")[:MOST] for name in _prefilled()}
    try:
        question = _question(values)
        run = what_if_runs.ask(actor=current_actor(), question=question)
    except Invalid as faulty:
        errors = {
            name: [field_text(text) for text in texts] for name, texts in faulty.fields.items()
        }
        return _form(values, errors or {"agreement": [say(faulty.text)]}), 422
    if what_if_runs.is_small(run):
        what_if_runs.work_out(run.id)
    else:
        enqueue(KIND, args={"run_id": run.id})
    return redirect(url_for(".answer", run_id=run.id), 303)


def _question(values: dict[str, str]) -> Question:
    """Only what differs from today's terms is asked: an unchanged draft is as it was."""
    first, last = _day(values, "first"), _day(values, "last")
    following = date.fromordinal(last.toordinal() + 1)
    since, until = reports.period(first, following=following, zone=g.client.zone)
    agreement, calendar = (_json(values, name) for name in ("agreement", "calendar"))
    return Question(
        since=since,
        until=until,
        service_key=values["service"],
        agreement=None if drafts_of_today.is_agreed(agreement) else agreement,
        calendar=None if drafts_of_today.is_calendar(calendar) else calendar,
        credits=_credits(values),
    )


def _day(values: dict[str, str], name: str) -> date:
    try:
        return date.fromisoformat(values[name])
    except ValueError:
        raise Invalid(fields={name: [Text("Please enter a date.")]}) from None


def _json(values: dict[str, str], name: str) -> Any:
    upload = request.files.get(f"{name}_file")
    text = upload.read(MOST).decode("utf-8", "replace") if upload else ""
    text = text or values[name]
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid(fields={name: [Text("This is not JSON.")]}) from None


def _credits(values: dict[str, str]) -> dict[str, Any] | None:
    if not values["fee"].strip():
        return None
    written = re.fullmatch(r"(\d{1,9})(?:[.,](\d{1,2}))?", values["fee"].strip())
    if written is None:
        text = Text("Please enter an amount like 1200 or 1200.50.")
        raise Invalid(fields={"fee": [text]})
    fee = int(written[1]) * 100 + int((written[2] or "").ljust(2, "0"))
    clause = {
        "name": "each breach",
        "metrics": ["first_response", "next_response", "resolution"],
        "percent": plain_number(values["percent"]),
    }
    cap = plain_number(values["cap_percent"])
    return {"fee_minor": fee, "currency": "EUR", "clauses": [clause], "cap_percent": cap}


@blueprint.get("/<uuid:run_id>")
@requires(Permission.SLA_AGREE)
def answer(run_id: UUID) -> ResponseReturnValue:
    """The comparison, or how far it is."""
    run = what_if_runs.find(run_id)
    shown = {"run": run, "client": g.client, "question": Question.from_json(run.question)}
    if run.answer is not None:
        ids = {UUID(one["subject_id"]) for one in run.answer["differences"]}
        items = portal_queries.items_by_id(ids)
        shown["items"] = {str(key): (number_of(one), one.title) for key, one in items.items()}
    if request.headers.get("HX-Request"):
        return polled(render_template("desk/what_if/_answer.html", **shown))
    return render_template("desk/what_if/answer.html", **shown)


def _pretty(value: Any) -> str:
    """JSON as a person writes it: hours, and what holds nothing else on one line."""
    if value is None:
        return ""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    text = re.sub(r"\{\s*\"seconds\": (\d+)\s*\}", _hours, text)
    flat = re.compile(r"(?:\[[^\[\]{}]*\]|\{[^\[\]{}]*\})")
    text = flat.sub(_on_one_line, text)
    return re.sub(r"\[\s+(\[[^\[\]]*\])\s+\]", r"[\1]", text)


def _hours(found: re.Match[str]) -> str:
    seconds = int(found[1])
    return f'{{"hours": {seconds // 3600}}}' if seconds % 3600 == 0 else found[0]


def _on_one_line(found: re.Match[str]) -> str:
    return " ".join(found[0].split()).replace("[ ", "[").replace(" ]", "]")
