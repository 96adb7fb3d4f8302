"""The automation of a control run: staff list and chart read, each employee's month worked out."""

from base64 import b64decode
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from app.catalogue.steps import (
    ProposedValue,
    Severity,
    StepDocument,
    StepFinding,
    StepInput,
    StepResult,
)
from app.kernel.law_dates import is_target_day, last_target_day, next_target_day
from app.kernel.sandbox import counted
from app.services.payroll.charts import chart_of
from app.services.payroll.contributions import NoRates, rates_of
from app.services.payroll.expressions import BadChart
from app.services.payroll.flow_chart import FlowChart, read_chart
from app.services.payroll.rules import Payslip, is_payable, payslip
from app.services.payroll.staff import read_staff

VARIANCE: Final = Decimal("0.15")


def check(step: StepInput) -> StepResult:
    """Payslips, findings and sums. Never raises for a file."""
    year = int(str(step.payload["month"])[:4])
    charts = [one for one in step.documents if one.name.lower().endswith(".xml")]
    lists = [one for one in step.documents if not one.name.lower().endswith(".xml")]
    try:
        rates_of(year)
        chart = _chart(step.books.get("chart"), charts, year)
    except Refused as no:
        return StepResult(findings=(_finding(no.args[0], Severity.ERROR, "", **no.params),))
    except NoRates:
        return StepResult(findings=(_finding("PY-NO-RATES", Severity.ERROR, year=year),))
    if not lists:
        return StepResult(findings=(_finding("PY-NO-LIST", Severity.ERROR),))
    staff = read_staff(lists[0], rates_of(year))
    slips = [payslip(one, year=year, chart=chart) for one in counted(staff.employees)]
    findings = [*staff.findings, *_variances(slips, lists[0]), *_other_charts(charts, year)]
    total = sum((slip.net for slip in slips), Decimal(0))
    values: dict[str, Any] = {
        "month": step.payload["month"],
        "payslips": [_row(slip) for slip in slips],
        "total": str(total),
        **_account(step, findings),
    }
    return StepResult(
        values={key: ProposedValue(value=value) for key, value in values.items()},
        findings=tuple(findings),
        units=Decimal(max(1, len(slips))),
        straight_through=bool(slips) and all(one.severity is Severity.INFO for one in findings),
    )


def _account(step: StepInput, findings: list[StepFinding]) -> dict[str, str]:
    """Where wages are paid from and when."""
    iban = str(step.payload.get("iban") or "")
    if not iban:
        findings.append(_finding("PY-NO-ACCOUNT", Severity.INFO, "iban"))
        return {}
    if not is_payable(iban):
        findings.append(_finding("PY-OUR-IBAN", Severity.ERROR, "iban"))
    year, month = (int(part) for part in str(step.payload["month"]).split("-"))
    usual = max(last_target_day(date(year, month, 1)), next_target_day(step.today))
    day = date.fromisoformat(str(step.payload.get("execution_date") or usual))
    if not is_target_day(day):
        known = {"next": next_target_day(day)}
        findings.append(_finding("PY-DAY", Severity.ERROR, "execution_date", **known))
    elif day < step.today:
        findings.append(_finding("PY-DAY-PAST", Severity.ERROR, "execution_date"))
    return {
        "account_holder": str(step.payload.get("account_holder") or step.client_name)[:70],
        "iban": iban,
        "bic": str(step.payload.get("bic") or ""),
        "execution_date": str(day),
    }


class Refused(ValueError):
    """The run cannot be made; `args[0]` is the finding's code."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.params = params


def _chart(kept: str | None, charts: list[StepDocument], year: int) -> FlowChart:
    """The official chart of the year: the provider's, or one among the files; told by its hash."""
    edition = chart_of(year)
    contents = [b64decode(kept)] if kept else []
    for content in [*contents, *(one.content for one in charts)]:
        if edition and sha256(content).hexdigest() == edition.sha256:
            try:
                return read_chart(content)
            except BadChart as bad:
                raise Refused("PY-CHART", why=str(bad)) from None
    raise Refused("PY-CHART-UNKNOWN" if charts else "PY-NO-CHART", year=year)


def _other_charts(charts: list[StepDocument], year: int) -> Iterator[StepFinding]:
    """Handed in beside the one that was used: nobody shall think it counted."""
    edition = chart_of(year)
    for one in charts:
        if edition and sha256(one.content).hexdigest() != edition.sha256:
            yield _finding("PY-CHART-OTHER", Severity.WARNING, one.name, year=year)


def _finding(code: str, severity: Severity, place: str = "", **params: object) -> StepFinding:
    texts = {name: str(value) for name, value in params.items()}
    return StepFinding(code=code, severity=severity, place=place, params=texts)


def _variances(slips: list[Payslip], document: StepDocument) -> Iterator[StepFinding]:
    for slip in slips:
        before = slip.employee.before
        if before and abs(slip.net - before) > before * VARIANCE:
            yield _finding(
                "PY-VARIANCE", Severity.WARNING, f"{document.name}:{slip.employee.line}",
                name=slip.employee.name, net=slip.net, before=before,
            )  # fmt: skip


def _row(slip: Payslip) -> dict[str, str]:
    return {
        "name": slip.employee.name,
        "gross": f"{slip.employee.gross:.2f}",
        "wage_tax": f"{slip.wage_tax:.2f}",
        "solidarity": f"{slip.solidarity:.2f}",
        "church_tax": f"{slip.church_tax:.2f}",
        "tax": f"{slip.wage_tax + slip.solidarity + slip.church_tax:.2f}",
        "health": f"{slip.contributions.health:.2f}",
        "care": f"{slip.contributions.care:.2f}",
        "pension": f"{slip.contributions.pension:.2f}",
        "unemployment": f"{slip.contributions.unemployment:.2f}",
        "contributions": f"{slip.contributions.total:.2f}",
        "net": f"{slip.net:.2f}",
        "iban": slip.employee.iban,
    }
