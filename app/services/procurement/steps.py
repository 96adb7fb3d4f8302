"""Reads the papers and compares them; writes the comparison."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from marshmallow import EXCLUDE

from app.catalogue.result_files import Sheet, csv_file, file_name, xlsx_file
from app.catalogue.rows import at, shortened
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
from app.kernel.text import Text
from app.services.procurement.in_effect import Told, in_effect
from app.services.procurement.rules import (
    DESPATCH,
    INVOICE,
    ORDER,
    Match,
    Paper,
    Tolerance,
    match,
    references,
    total_difference,
)
from app.services.procurement.schemas import ProcurementValues
from app.services.procurement.ubl import NotAPaper, read_paper

MILD: Final = frozenset({"not_billed", "delivered_less"})


def check(step: StepInput) -> StepResult:
    """Every line of the order against what came and what is billed."""
    given, findings = _papers(step.documents)
    papers, told = in_effect(given)
    findings += [_about(one) for one in told]
    findings += _missing(papers)
    if not any(one.kind == ORDER for one in papers):
        return StepResult(findings=tuple(findings))
    tolerance = Tolerance(
        Decimal(str(step.payload.get("quantity_tolerance") or 0)),
        Decimal(str(step.payload.get("price_tolerance") or 0)),
    )
    matches = match(papers, tolerance)
    findings += [found for one in matches for found in _of_line(one)]
    order = next(one for one in papers if one.kind == ORDER)
    severe = any(one.severity is not Severity.INFO for one in findings)
    values = {
        "order_number": ProposedValue(value=order.number),
        "seller": ProposedValue(value=order.seller),
        "verdict": ProposedValue(value="deviation" if severe else "ok"),
        "difference": ProposedValue(value=f"{total_difference(matches):.2f}"),
        "lines": ProposedValue(value=[_row(one) for one in matches]),
    }
    return StepResult(
        values=values,
        findings=shortened(findings),
        title=" · ".join(one for one in (order.seller, order.number) if one)[:200],
        straight_through=not findings,
    )


def _papers(documents: Sequence[StepDocument]) -> tuple[list[Paper], list[StepFinding]]:
    papers, findings = [], []
    for document in documents:
        try:
            papers.append(read_paper(document.content))
        except NotAPaper as reason:
            code = f"PR-{str(reason).upper()}"
            severity = Severity.INFO if code == "PR-RESPONSE" else Severity.ERROR
            findings.append(at(document, code, severity))
    return papers, findings


def _about(one: Told) -> StepFinding:
    severity = Severity.INFO if one.what == "changed" else Severity.ERROR
    params = {"paper": one.paper, "order": one.order}
    return StepFinding(code=f"PR-{one.what.upper()}", severity=severity, params=params)


def _missing(papers: Sequence[Paper]) -> Iterator[StepFinding]:
    kinds = {one.kind for one in papers}
    for kind, code, severity in (
        (ORDER, "PR-NO-ORDER", Severity.ERROR),
        (DESPATCH, "PR-NO-DESPATCH", Severity.WARNING),
        (INVOICE, "PR-NO-INVOICE", Severity.WARNING),
    ):
        if kind not in kinds:
            yield StepFinding(code=code, severity=severity)
    for paper, found in references(papers).items():
        told = {"paper": paper, "found": found}
        yield StepFinding(code="PR-OTHER-ORDER", severity=Severity.ERROR, params=told)
    currencies = sorted({one.currency for one in papers if one.currency})
    if len(currencies) > 1:
        told = {"found": ", ".join(currencies)}
        yield StepFinding(code="PR-CURRENCY", severity=Severity.ERROR, params=told)
    yield from _misstated(papers)


def _misstated(papers: Sequence[Paper]) -> Iterator[StepFinding]:
    """Billed lines whose own sum is not quantity times price."""
    for paper in papers:
        for line in paper.lines:
            if line.stated is None or line.worked_out is None:
                continue
            yield StepFinding(
                code="PR-LINE-AMOUNT",
                severity=Severity.WARNING,
                place=f"{paper.number} {line.number}",
                params={
                    "line": line.number,
                    "name": line.name[:80],
                    "stated": f"{line.stated:.2f}",
                    "worked_out": f"{line.worked_out:.2f}",
                },
            )


def _of_line(one: Match) -> Iterator[StepFinding]:
    told = {
        "line": one.line,
        "name": one.name[:80],
        "item": one.item[:60],
        "ordered": _plain(one.ordered),
        "delivered": _plain(one.delivered),
        "invoiced": _plain(one.invoiced),
        "price": _price(one.price_invoiced),
        "agreed": _price(one.price_ordered),
    }
    for problem in one.problems:
        severity = Severity.WARNING if problem in MILD else Severity.ERROR
        code = f"PR-{problem.upper().replace('_', '-')}"
        place = f"OrderLine {one.line}" if one.line else one.item
        yield StepFinding(code=code, severity=severity, place=place, params=told)


def _plain(value: Decimal | None) -> str:
    return f"{value.normalize():f}" if value is not None else ""


def _price(value: Decimal | None) -> str:
    """With its cents, and with more places where it has them."""
    plain = _plain(value)
    return plain if len(plain.partition(".")[2]) > 1 or value is None else f"{value:.2f}"


def _row(one: Match) -> dict[str, Any]:
    return {
        "line": one.line,
        "item": one.item[:60],
        "name": one.name[:120],
        "ordered": _plain(one.ordered),
        "delivered": _plain(one.delivered),
        "invoiced": _plain(one.invoiced),
        "price_ordered": _plain(one.price_ordered) or None,
        "price_invoiced": _plain(one.price_invoiced) or None,
        "difference": f"{one.difference:.2f}",
    }


def deliver(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """The approved comparison as workbook and CSV."""
    values = ProcurementValues().load(dict(delivery.values), unknown=EXCLUDE)
    keys = (
        *("line", "item", "name", "ordered", "delivered", "invoiced", "price_ordered"),
        *("price_invoiced", "difference", "settled"),
    )
    sheet = Sheet(
        title=Text("Three-way match"),
        headings=(
            *(Text("Line"), Text("Article"), Text("Name"), Text("Ordered"), Text("Delivered")),
            *(Text("Billed"), Text("Price ordered"), Text("Price billed")),
            *(Text("Billed too much"), Text("Settled how?")),
        ),
        rows=[[one[key] for key in keys] for one in values["lines"]],
    )
    number, locale = delivery.number, delivery.client_locale
    return (
        xlsx_file(file_name(number, "match", "xlsx"), [sheet], locale=locale),
        csv_file(file_name(number, "match", "csv"), sheet, locale=locale),
    )
