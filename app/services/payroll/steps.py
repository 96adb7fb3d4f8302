"""The automation of a control run: staff list and chart read, each employee's month worked out."""

from base64 import b64decode
from collections.abc import Iterator, Mapping
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
from app.kernel.law_dates import last_target_day, next_target_day
from app.kernel.numerals import decimal_sign, money_of, number_of
from app.kernel.sandbox import counted
from app.kernel.tables import NotAList, Row, read_list
from app.services.payroll.charts import chart_of
from app.services.payroll.contributions import NoRates, rates_of
from app.services.payroll.expressions import BadChart
from app.services.payroll.flow_chart import FlowChart, read_chart
from app.services.payroll.rules import STATES, Employee, Payslip, is_payable, payslip

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("mitarbeiter", "employee", "name"),
    "gross": ("brutto",),
    "tax_class": ("steuerklasse", "stkl", "taxclass"),
    "state": ("bundesland", "land"),
    "additional": ("zusatzbeitrag", "kvz"),
    "church": ("kirchensteuer", "kirche"),
    "allowances": ("kinderfreibetrag", "zkf"),
    "childless": ("kinderlos",),
    "children": ("kinder", "kinderunter25"),
    "iban": (),
    "before": ("nettovormonat", "vormonat"),
}
NEEDED: Final = frozenset({"name", "gross", "tax_class", "state", "additional"})
YES: Final = frozenset({"1", "x", "ja", "yes", "true"})
VARIANCE: Final = Decimal("0.15")


def check(step: StepInput) -> StepResult:
    """Payslips, findings and sums. Never raises for a file."""
    year = int(str(step.payload["month"])[:4])
    charts = [one for one in step.documents if one.name.lower().endswith(".xml")]
    lists = [one for one in step.documents if not one.name.lower().endswith(".xml")]
    try:
        rates_of(year)
        chart = _chart(step.books.get("chart"), charts, year)
        rows = _rows(lists)
    except Refused as no:
        return StepResult(findings=(_finding(no.args[0], Severity.ERROR, "", **no.params),))
    except NoRates:
        return StepResult(findings=(_finding("PY-NO-RATES", Severity.ERROR, year=year),))
    findings: list[StepFinding] = []
    slips = list(_payslips(rows, lists[0], chart, year, findings))
    findings += _variances(slips, lists[0])
    total = sum((slip.net for slip in slips), Decimal(0))
    values: dict[str, Any] = {
        "month": step.payload["month"],
        "payslips": [_row(slip) for slip in slips],
        "total": str(total),
        **_account(step, slips, findings, lists[0]),
    }
    return StepResult(
        values={key: ProposedValue(value=value) for key, value in values.items()},
        findings=tuple(findings),
        units=Decimal(max(1, len(slips))),
        straight_through=bool(slips) and all(one.severity is Severity.INFO for one in findings),
    )


def _account(
    step: StepInput, slips: list[Payslip], findings: list[StepFinding], document: StepDocument
) -> dict[str, str]:
    """Where wages are paid from and when; what would keep an employee from being paid."""
    findings += [
        _finding(
            "PY-IBAN",
            Severity.ERROR,
            f"{document.name}:{slip.employee.line}",
            name=slip.employee.name,
        )
        for slip in slips
        if not is_payable(slip.employee.iban)
    ]
    iban = str(step.payload.get("iban") or "")
    if not iban:
        findings.append(_finding("PY-NO-ACCOUNT", Severity.INFO, "iban"))
        return {}
    if not is_payable(iban):
        findings.append(_finding("PY-OUR-IBAN", Severity.ERROR, "iban"))
    year, month = (int(part) for part in str(step.payload["month"]).split("-"))
    usual = max(last_target_day(date(year, month, 1)), next_target_day(step.today))
    day = step.payload.get("execution_date") or usual
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


def _rows(lists: list[StepDocument]) -> list[Row]:
    if not lists:
        raise Refused("PY-NO-LIST")
    try:
        found, rows = read_list(lists[0].content, COLUMNS)
    except NotAList:
        raise Refused("PY-LIST") from None
    if missing := NEEDED - found:
        wanted = sorted(COLUMNS[one][0].capitalize() for one in missing)
        raise Refused("PY-COLUMNS", columns=", ".join(wanted))
    return rows


def _finding(code: str, severity: Severity, place: str = "", **params: object) -> StepFinding:
    texts = {name: str(value) for name, value in params.items()}
    return StepFinding(code=code, severity=severity, place=place, params=texts)


def _payslips(
    rows: list[Row],
    document: StepDocument,
    chart: FlowChart,
    year: int,
    findings: list[StepFinding],
) -> Iterator[Payslip]:
    rates = rates_of(year)
    amounts = (row.cells.get(key, "") for row in rows for key in ("gross", "before"))
    decimal = decimal_sign(amounts)
    for row in counted(rows):
        place = f"{document.name}:{row.line}"
        try:
            one = _employee(row, decimal)
        except (ValueError, ArithmeticError):
            findings.append(_finding("PY-LINE", Severity.ERROR, place, line=row.line))
            continue
        if one.gross < rates.transition:
            code = "PY-MARGINAL" if one.gross <= rates.marginal else "PY-TRANSITION"
            findings.append(_finding(code, Severity.ERROR, place, line=row.line, gross=one.gross))
            continue
        yield payslip(one, year=year, chart=chart)


def _employee(row: Row, decimal: str) -> Employee:
    """Raises ValueError, ArithmeticError."""
    cells = row.cells
    before = cells.get("before") or ""
    one = Employee(
        line=row.line,
        name=cells["name"],
        gross=_money(cells["gross"], decimal),
        tax_class=int(cells["tax_class"]),
        state=cells["state"].upper(),
        additional=_number(cells["additional"]),
        church=cells.get("church", "").casefold() in YES,
        allowances=_number(cells.get("allowances") or "0"),
        childless=cells.get("childless", "").casefold() in YES,
        children=int(cells.get("children") or 0),
        iban=cells.get("iban", ""),
        before=_money(before, decimal) if before else None,
    )
    if not (1 <= one.tax_class <= 6 and one.state in STATES and one.gross > 0 and one.name):
        raise ValueError(row.line)
    return one


def _money(text: str, decimal: str) -> Decimal:
    """Raises ValueError."""
    return _known(money_of(text, decimal=decimal))


def _number(text: str) -> Decimal:
    """Raises ValueError."""
    return _known(number_of(text))


def _known(number: Decimal | None) -> Decimal:
    if number is None:
        raise ValueError
    return number


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
