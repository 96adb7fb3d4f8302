"""Mails in, tickets with proposals out."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any, Final

from app.catalogue.rows import shortened
from app.catalogue.steps import ProposedValue, Severity, StepFinding, StepInput, StepResult
from app.services.customer_service.judging import LEVELS, urgency
from app.services.customer_service.reading import pasted, read_files
from app.services.customer_service.replies import GAP, reply
from app.services.customer_service.tickets import (
    Ticket,
    is_own,
    order_number,
    own_addresses,
    tickets,
)

TARGET_HOURS: Final = 24
MOST_WORDS: Final = 4_000
SHOWN: Final = "%Y-%m-%d %H:%M"
_ERROR, _WARN = Severity.ERROR, Severity.WARNING


def answer(step: StepInput) -> StepResult:
    """Every thread in which a customer wrote, as a ticket with a reply. Never raises for a file."""
    letters, orders, findings = read_files(step.documents)
    typed = pasted(step.payload)
    letters += [typed] if typed else []
    if not letters:
        findings.append(StepFinding(code="CS-NO-MAIL", severity=Severity.ERROR))
        return StepResult(findings=shortened(findings))
    own = own_addresses(str(step.payload.get("own") or ""), letters)
    latest = max((one.sent_at for one in letters if one.sent_at), default=_midday(step))
    target = int(step.payload.get("target_hours") or TARGET_HOURS)
    found = tickets(letters, own=own, at=max(latest, _midday(step)), target_hours=target)
    rows = [_row(one, orders, step) for one in found]
    for one, row in zip(found, rows, strict=True):
        findings += _findings(one, row, target=target, knows_orders=bool(orders))
    rows.sort(key=lambda row: -LEVELS.index(row["urgency"]))
    if not found:
        findings.append(StepFinding(code="CS-ONLY-OURS", severity=Severity.WARNING))
    return StepResult(
        values={
            "tickets": ProposedValue(value=rows),
            "contacts": ProposedValue(value=[row for one in found for row in _contacts(one)]),
            "own": ProposedValue(value=", ".join(sorted(own))),
        },
        findings=shortened(findings),
        units=Decimal(max(len(found), 1)),
        title=_title(rows),
    )


def _title(rows: Sequence[Mapping[str, Any]]) -> str:
    """The most urgent subject, and how many more there are."""
    if not rows:
        return ""
    more = f" (+{len(rows) - 1})" if len(rows) > 1 else ""
    return f"{rows[0]['subject'] or rows[0]['customer']}{more}"


def _midday(step: StepInput) -> datetime:
    """The moment at which waiting is measured: a day has no hour of its own."""
    return datetime.combine(step.today, time(12), tzinfo=UTC)


def _row(one: Ticket, orders: Mapping[str, Mapping[str, Any]], step: StepInput) -> dict[str, Any]:
    asked = one.asked
    said = "\n\n".join(letter.text for letter in (one.waiting or [asked]))
    number = order_number(f"{asked.subject}\n{said}", orders)
    level = urgency(one.judged.kind, one.pressure)
    name = asked.sender_name.strip("\"' ")
    needed = bool(one.waiting)
    response = one.response_hours
    return {
        "ticket": one.number,
        "customer": (name or asked.sender)[:120],
        "address": asked.sender[:200],
        "subject": asked.subject[:200],
        "language": one.judged.language,
        "kind": one.judged.kind,
        "why": ", ".join(one.judged.words)[:200],
        "urgency": level,
        "order": number[:60],
        "since": one.since.strftime(SHOWN) if one.since else "",
        "response_hours": None if response is None else str(response),
        "letters": len(one.letters),
        "question": said[:MOST_WORDS],
        "send": "reply" if needed else "none",
        "reply": reply(
            one.judged.kind,
            one.judged.language,
            name=name,
            company=step.client_name,
            order=orders.get(number),
            order_number=number,
        )
        if needed
        else "",
        "message_id": ""
        if asked.message_id.startswith(("form:", "sha256:"))
        else asked.message_id[:500],
    }


def _contacts(one: Ticket) -> list[dict[str, Any]]:
    return [
        {
            "ticket": one.number,
            "at": letter.sent_at.strftime(SHOWN) if letter.sent_at else "",
            "direction": "out" if is_own(letter, one.own) else "in",
            "person": (letter.sender_name or letter.sender)[:120],
            "text": " ".join(letter.text.split())[:300],
        }
        for letter in one.letters
    ]


def _findings(
    one: Ticket, row: Mapping[str, Any], *, target: int, knows_orders: bool
) -> Sequence[StepFinding]:
    pressing, kind = one.pressure, one.judged.kind
    took = one.response_hours or Decimal(0)
    lost = knows_orders and not row["order"] and kind in ("delivery", "return")
    told: tuple[tuple[bool, str, Severity, dict[str, object]], ...] = (
        (bool(pressing.threats), "THREAT", _ERROR, {"words": ", ".join(pressing.threats)}),
        (bool(pressing.pressing), "PRESSING", _WARN, {"words": ", ".join(pressing.pressing)}),
        (pressing.unanswered > 1, "AGAIN", _WARN, {"count": pressing.unanswered}),
        (pressing.late, "LATE", _ERROR, {"since": row["since"], "target": target}),
        (took > target, "WAS-LATE", _WARN, {"hours": str(took), "target": target}),
        (kind == "privacy", "PRIVACY", _WARN, {}),
        (GAP in row["reply"], "GAP", _WARN, {}),
        (one.judged.language == "other", "LANGUAGE", _WARN, {}),
        (lost, "WHICH-ORDER", _WARN, {}),
    )
    return [
        StepFinding(code=f"CS-{code}", severity=severity, place=f"#{one.number}", params=params)
        for holds, code, severity, params in told
        if holds
    ]
