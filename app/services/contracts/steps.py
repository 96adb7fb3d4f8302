"""Reads a register of contracts and works out the deadlines; writes them as table and calendar."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from marshmallow import EXCLUDE

from app.catalogue.result_files import Entry, Sheet, file_name, ics_file, xlsx_file
from app.catalogue.rows import Column, Table, TypedRow, read_table, table_of
from app.catalogue.steps import (
    DeliveryInput,
    ProposedValue,
    ResultDocument,
    Severity,
    StepFinding,
    StepInput,
    StepResult,
)
from app.kernel.spoken import speaker
from app.kernel.svg import Span, spans
from app.kernel.text import Text
from app.services.contracts.rules import Contract, Deadline, at_stake, deadline, is_clear
from app.services.contracts.schemas import ContractsValues

UNITS: Final = {
    **dict.fromkeys(("months", "monate", "month", "monat", "m"), "months"),
    **dict.fromkeys(("weeks", "wochen", "week", "woche", "w"), "weeks"),
    **dict.fromkeys(("days", "tage", "day", "tag", "d", "t"), "days"),
}
TARGETS: Final = {
    **dict.fromkeys(("end of term", "laufzeitende", "vertragsende", "term"), "term"),
    **dict.fromkeys(("end of month", "monatsende", "month"), "month"),
    **dict.fromkeys(("end of quarter", "quartalsende", "quarter"), "quarter"),
    **dict.fromkeys(("end of year", "jahresende", "year"), "year"),
    **dict.fromkeys(("any time", "jederzeit", "any"), "any"),
}
COLUMNS: Final = (
    Column(key="contract", names=("Vertrag", "Bezeichnung", "Title"), required=True),
    Column(key="partner", names=("Vertragspartner", "Lieferant", "Supplier")),
    Column(key="start", names=("Beginn", "Vertragsbeginn"), kind="date", required=True),
    Column(key="term_months", names=("Laufzeit Monate", "Mindestlaufzeit"), kind="whole"),
    Column(key="renewal_months", names=("Verlängerung Monate", "Verlängerung"), kind="whole"),
    Column(key="notice", names=("Kündigungsfrist", "Notice period"), kind="whole", required=True),
    Column(key="notice_unit", names=("Einheit", "Unit"), choices=UNITS),
    Column(key="notice_to", names=("Kündigung zum", "Notice to"), choices=TARGETS),
    Column(key="monthly_cost", names=("Kosten je Monat", "Cost per month"), kind="amount"),
    Column(key="given_on", names=("Gekündigt am", "Notice given on"), kind="date"),
)
TERMS: Final = frozenset({"term_months", "renewal_months", "notice_unit", "notice_to"})
"""What nobody guesses: a term that cannot be read leaves the contract to a person."""
SOON: Final = timedelta(days=60)
_WARN: Final = Severity.WARNING


def check(step: StepInput) -> StepResult:
    """The deadline of every contract that the register states clearly."""
    document = table_of(step.documents)
    if document is None:
        missing = StepFinding(code="FILE-MISSING", severity=Severity.ERROR)
        return StepResult(findings=(missing,))
    table = read_table(document, COLUMNS)
    state = str(step.payload.get("state") or "BE")
    findings, rows = list(table.findings), []
    for row in table.rows:
        contract = _contract(row)
        found = None
        if is_clear(contract) and not row.unread & TERMS:
            found = deadline(contract, today=step.today, state=state)
            rows.append(_value(row, contract, found))
        findings += _findings(table, row, contract, found, step.today)
    findings += _doubles(table)
    rows.sort(key=lambda one: one["last_notice"] or one["ends_on"])
    values = {
        "as_of": ProposedValue(value=step.today.isoformat()),
        "remind_days": ProposedValue(value=step.payload.get("remind_days") or 30),
        "deadlines": ProposedValue(value=rows, place=document.name),
    }
    return StepResult(
        values=values if rows else {},
        findings=tuple(findings),
        documents=(_picture(rows, step.today, step.client_locale),) if rows else (),
        units=Decimal(max(len(rows), 1)),
        straight_through=bool(rows) and all(one.severity is Severity.INFO for one in findings),
    )


def _contract(row: TypedRow) -> Contract:
    return Contract(
        start=row["start"],
        term_months=row["term_months"] or 0,
        renewal_months=row["renewal_months"] or 0,
        notice_count=row["notice"],
        notice_unit=row["notice_unit"] or "months",
        notice_to=row["notice_to"] or "term",
    )


def _value(row: TypedRow, contract: Contract, found: Deadline) -> dict[str, Any]:
    cost = row["monthly_cost"]
    if row["given_on"]:  # it ends, and nothing is left to be watched
        found = Deadline(
            ends_on=_given_end(contract, row["given_on"]),
            last_notice=None,
            safe_day=None,
            post_by=None,
        )
    days = {
        name: day.isoformat() if (day := getattr(found, name)) else None
        for name in ("ends_on", "last_notice", "safe_day", "post_by")
    }
    is_watched = cost is not None and found.last_notice is not None
    stake = f"{at_stake(contract, cost):.2f}" if is_watched else None
    return {
        "contract": row["contract"][:120],
        "partner": (row["partner"] or "")[:120],
        **days,
        "at_stake": stake,
    }


def _given_end(contract: Contract, given_on: date) -> date:
    """The end that a notice received that day leads to."""
    return deadline(contract, today=given_on, state="").ends_on


def _findings(
    table: Table, row: TypedRow, contract: Contract, found: Deadline | None, today: date
) -> Iterator[StepFinding]:
    def say(code: str, severity: Severity, column: str, **params: object) -> StepFinding:
        told = {"contract": row["contract"][:80]} | {
            name: one.isoformat() if isinstance(one, date) else one for name, one in params.items()
        }
        return table.finding(code, severity, row.line, column, **told)

    if found is None:
        yield say("CT-UNCLEAR", Severity.ERROR, "term_months")
    elif found.last_notice is None:
        over = found.ends_on < today
        yield say(
            "CT-ENDED" if over else "CT-ENDS", Severity.INFO, "term_months", end=found.ends_on
        )
    elif row["given_on"]:
        last_end = _given_end(contract, row["given_on"])
        yield say("CT-GIVEN", Severity.INFO, "given_on", given=row["given_on"], end=last_end)
    else:
        yield from _watched(say, contract, found, found.last_notice, today)


def _watched(
    say: Any, contract: Contract, found: Deadline, last: date, today: date
) -> Iterator[StepFinding]:
    if found.missed_end:
        yield say("CT-MISSED", _WARN, "start", missed=found.missed_end, end=found.ends_on)
    if contract.notice_to != "any" and last - today <= SOON:
        yield say("CT-SOON", _WARN, "notice", last=last)
    if found.safe_day != last:
        yield say("CT-HOLIDAY", Severity.INFO, "notice", last=last, safe=found.safe_day)
    if contract.notice_unit == "months" and 0 < contract.renewal_months <= contract.notice_count:
        yield say("CT-LONG-NOTICE", _WARN, "notice")


def _doubles(table: Table) -> Iterator[StepFinding]:
    seen: dict[tuple[str, str], int] = {}
    for row in table.rows:
        name = (row["contract"].casefold(), (row["partner"] or "").casefold())
        if name in seen:
            told = {"contract": row["contract"][:80], "partner": row["partner"] or "-"}
            yield table.finding("CT-DOUBLE", _WARN, row.line, "contract", first=seen[name], **told)
        seen.setdefault(name, row.line)


def _picture(rows: Sequence[Mapping[str, Any]], today: date, locale: str) -> ResultDocument:
    """The next fifteen months: until when notice can be given, and the end it leads to."""
    drawn = []
    for row in rows[:40]:
        end = date.fromisoformat(str(row["ends_on"]))
        last = date.fromisoformat(str(row["last_notice"] or row["ends_on"]))
        near = last - today <= SOON
        stretches = [(today, last, "warn" if near else "good"), (last, end, "faint")]
        drawn.append(
            Span(
                label=str(row["contract"]),
                stretches=[(a, b, tone) for a, b, tone in stretches if a <= b],  # type: ignore[misc]
                marks=[(last, "bad" if near else "calm")],
                note=str(row["partner"]),
            )
        )
    title = speaker(locale)(Text("Until when notice can be given"))
    picture = spans(title, drawn, start=today, end=today + timedelta(days=456), today=today)
    return ResultDocument(name="deadlines.svg", media_type="image/svg+xml", content=picture)


def deliver(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """Table, calendar with reminders, and picture of the approved deadlines."""
    values = ContractsValues().load(dict(delivery.values), unknown=EXCLUDE)
    say = speaker(delivery.client_locale)
    rows = values["deadlines"]
    sheet = Sheet(
        title=Text("Deadlines"),
        headings=(
            *(Text("Contract"), Text("Partner"), Text("Can end on"), Text("Notice received by")),
            *(Text("Working day before"), Text("Post letter by"), Text("Cost of renewal")),
        ),
        rows=[
            [
                *(one["contract"], one["partner"], one["ends_on"], one["last_notice"]),
                *(one["safe_day"], one["post_by"], one["at_stake"]),
            ]
            for one in rows
        ],
    )
    entries = [
        Entry(
            key=f"{delivery.client_name}/{one['partner']}/{one['contract']}/{one['last_notice']}",
            day=one["safe_day"] or one["last_notice"],
            summary=say(Text("Last day for notice: %(contract)s", contract=one["contract"])),
            note=say(
                Text(
                    "Partner: %(partner)s. Ends on %(end)s.",
                    partner=one["partner"] or "-",
                    end=one["ends_on"],
                )
            ),
            remind_days=(values["remind_days"], 7, 1),
        )
        for one in rows
        if one["last_notice"]
    ]
    number = delivery.number
    return (
        xlsx_file(file_name(number, "deadlines", "xlsx"), [sheet], locale=delivery.client_locale),
        ics_file(file_name(number, "deadlines", "ics"), entries),
    )
