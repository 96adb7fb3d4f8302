"""Answers the question from the table; writes the report."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from marshmallow import EXCLUDE

from app.adapters import pdf
from app.adapters.pdf import printed
from app.catalogue.result_files import Sheet, csv_file, file_name, xlsx_file
from app.catalogue.rows import at, table_of
from app.catalogue.rows import shortened as few
from app.catalogue.steps import (
    DeliveryInput,
    ProposedValue,
    ResultDocument,
    Severity,
    StepDocument,
    StepFinding,
    StepInput,
    StepResult,
)
from app.kernel.spoken import speaker, written
from app.kernel.svg import Bar, Line, bars, lines
from app.kernel.tables import NotAList, read_lines
from app.kernel.text import Text
from app.services.analysis.rules import REST, Answer, Group, answer, place_of, shortened
from app.services.analysis.schemas import Report

MOST_GROUPS: Final = 500
DRAWN: Final = 20
PRINTED: Final = 60
HEADINGS: Final = (Text("Group"), Text("Figure"), Text("Rows"), Text("Share (%)"))


def check(step: StepInput) -> StepResult:
    """The figures by group, and a chart: over time as a line, else as bars."""
    document = table_of(step.documents)
    if document is None:
        missing = StepFinding(code="FILE-MISSING", severity=Severity.ERROR)
        return StepResult(findings=(missing,))
    try:
        (_, heading), *rows = read_lines(document.content)
    except NotAList as reason:
        code = f"TABLE-{str(reason).upper().replace('_', '-')}"
        return StepResult(findings=(at(document, code, Severity.ERROR),))
    if not rows:
        return StepResult(findings=(at(document, "TABLE-NO-ROWS", Severity.ERROR),))
    wish = step.payload
    by, value = (place_of(heading, str(wish.get(key) or "")) for key in ("by", "value"))
    wrong = _unknown(document, heading, step, by=by, value=value)
    if wrong or by is None:
        return StepResult(findings=tuple(wrong))
    measure = str(wish.get("measure") or "sum") if wish.get("value") else "count"
    period = str(wish.get("period") or "none")
    found = answer(rows, by=by, value=value, measure=measure, period=period)
    findings = _about(document, found)
    values = {
        "question": ProposedValue(value=str(wish["question"])),
        "total": ProposedValue(value=str(found.total)),
        "used": ProposedValue(value=found.used, place=document.name),
        "groups": ProposedValue(value=[_row(one) for one in found.groups[:MOST_GROUPS]]),
    }
    picture = _picture(str(wish["question"]), found.groups, period, step.client_locale)
    return StepResult(
        values=values if found.groups else {},
        findings=few(findings),
        documents=(picture,) if found.groups else (),
        title=str(wish["question"])[:200],
        straight_through=bool(found.groups) and not findings,
    )


def _unknown(
    document: StepDocument,
    heading: Sequence[str],
    step: StepInput,
    *,
    by: int | None,
    value: int | None,
) -> list[StepFinding]:
    names = ", ".join(one for one in heading if one.strip())[:300]
    asked = {"by": by, "value": value}
    return [
        at(document, "AN-COLUMN", Severity.ERROR, line=1, found=step.payload[key], names=names)
        for key, place in asked.items()
        if place is None and step.payload.get(key)
    ]


def _about(document: StepDocument, found: Answer) -> list[StepFinding]:
    findings = [
        at(document, "AN-UNREAD", Severity.WARNING, line=line, found=cell[:60])
        for line, cell in found.unread
    ]
    findings += [
        at(document, "AN-OUTLIER", Severity.WARNING, line=line, found=str(value))
        for line, value in found.outliers
    ]
    if len(found.groups) > MOST_GROUPS:
        told = {"count": len(found.groups), "shown": MOST_GROUPS}
        findings.append(StepFinding(code="AN-MANY", severity=Severity.WARNING, params=told))
    return findings


def _row(one: Group) -> dict[str, Any]:
    return {
        "label": one.label[:120],
        "value": str(one.value),
        "rows": one.rows,
        "share": str(one.share),
    }


def _picture(question: str, groups: Sequence[Group], period: str, locale: str) -> ResultDocument:
    if period != "none" and len(groups) > 2:
        row = Line(label=question, values=[one.value for one in groups])
        content = lines(question, [one.label for one in groups], [row])
    else:
        others = speaker(locale)(Text("%(count)s others", count=len(groups) - DRAWN + 1))
        content = bars(
            question,
            [
                Bar(
                    label=others if one.label == REST else one.label,
                    value=one.value,
                    shown=written(one.value, locale),
                )
                for one in shortened(groups, DRAWN)
            ],
        )
    return ResultDocument(name="chart.svg", media_type="image/svg+xml", content=content)


def deliver(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """The approved report as printed page, workbook, CSV and chart."""
    values = Report().load(dict(delivery.values), unknown=EXCLUDE)
    groups = [
        Group(one["label"], one["value"], one["rows"], one["share"]) for one in values["groups"]
    ]
    sheet = Sheet(
        title=Text("Groups"),
        headings=HEADINGS,
        rows=[[one.label, one.value, one.rows, one.share] for one in groups],
    )
    about = Sheet(
        title=Text("Report"),
        headings=(
            *(Text("Your question"), Text("Total"), Text("Rows used"), Text("What it means")),
        ),
        rows=[[values["question"], values["total"], values["used"], values["summary"]]],
    )
    number, locale = delivery.number, delivery.client_locale
    period = str(delivery.payload.get("period") or "none")
    picture = _picture(values["question"], groups, period, locale)
    return (
        ResultDocument(
            name=file_name(number, "report", "pdf"),
            media_type="application/pdf",
            content=printed(_page(delivery, values, groups, picture)),
        ),
        xlsx_file(file_name(number, "report", "xlsx"), [about, sheet], locale=locale),
        csv_file(file_name(number, "report", "csv"), sheet, locale=locale),
        ResultDocument(
            name=file_name(number, "chart", "svg"),
            media_type=picture.media_type,
            content=picture.content,
        ),
    )


def _page(
    delivery: DeliveryInput,
    values: Mapping[str, Any],
    groups: Sequence[Group],
    picture: ResultDocument,
) -> pdf.Sheet:
    """What it means first, then the chart, then the figures; the rest is in the workbook."""
    locale = delivery.client_locale
    say = speaker(locale)
    rows = tuple(
        (one.label, written(one.value, locale), str(one.rows), written(one.share, locale))
        for one in groups[:PRINTED]
    )
    beyond = Text("%(count)s more groups are in the workbook.", count=len(groups) - PRINTED)
    return pdf.Sheet(
        title=values["question"],
        language=locale[:2],
        recipient=(delivery.client_name,),
        facts=(
            (say(Text("Number")), delivery.number),
            (say(Text("Total")), written(values["total"], locale)),
            (say(Text("Rows used")), str(values["used"])),
        ),
        opening=tuple(one for one in values["summary"].splitlines() if one.strip()),
        picture=picture.content.decode(),
        tables=(
            pdf.PrintedTable(
                columns=tuple(
                    pdf.Column(label=say(one), right=at > 0, wide=at == 0)
                    for at, one in enumerate(HEADINGS)
                ),
                rows=rows,
            ),
        ),
        closing=(say(beyond),) if len(groups) > PRINTED else (),
        footer=f"{delivery.client_name} · {delivery.number}",
    )
