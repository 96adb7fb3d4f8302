"""The staff list of a month: each line as an employee, or the reason why it is none."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from app.catalogue.rows import Column, Table, TypedRow, read_table
from app.catalogue.steps import Severity, StepDocument, StepFinding
from app.kernel.law_dates import STATE_WORDS
from app.services.payroll.contributions import Rates
from app.services.payroll.rules import Employee, is_payable

CLASSES: Final = ("I", "II", "III", "IV", "V", "VI")
CHURCH: Final = {
    **dict.fromkeys(("ja", "j", "x", "1", "yes", "y", "true", "ev", "rk", "rk/ev", "ev/rk"), "yes"),
    **dict.fromkeys(("nein", "n", "0", "-", "no", "false", "keine", "none", "vd"), "no"),
}
"""Lists say yes and no, or the creed as on the certificate of wage tax."""
COLUMNS: Final = (
    Column(key="name", names=("Mitarbeiter", "Employee"), required=True),
    Column(
        key="gross",
        names=("Brutto", "Bruttolohn", "Bruttogehalt"),
        kind="amount",
        required=True,
        strict=True,
    ),
    Column(
        key="tax_class",
        names=("Steuerklasse", "StKl", "Tax class"),
        required=True,
        choices={
            word: str(number)
            for number, roman in enumerate(CLASSES, start=1)
            for word in (str(number), roman.casefold())
        },
    ),
    Column(
        key="state",
        names=("Bundesland", "Land", "State"),
        required=True,
        choices=STATE_WORDS,
    ),
    Column(
        key="additional",
        names=("Zusatzbeitrag", "KVZ", "Additional contribution"),
        kind="amount",
        required=True,
        strict=True,
    ),
    Column(
        key="church",
        names=("Kirchensteuer", "Kirche", "Konfession", "Church tax"),
        strict=True,
        choices=CHURCH,
    ),
    Column(
        key="allowances",
        names=("Kinderfreibetrag", "ZKF", "Allowances"),
        kind="amount",
        strict=True,
    ),
    Column(key="childless", names=("Kinderlos", "Childless"), kind="yes", strict=True),
    Column(key="children", names=("Kinder", "Kinder unter 25"), kind="whole", strict=True),
    Column(key="insurance", names=("Krankenversicherung", "KV", "Health insurance")),
    Column(key="iban"),
    Column(key="before", names=("Netto Vormonat", "Vormonat"), kind="amount", strict=True),
)
MOST_ADDITIONAL: Final = 6
"""Percent. No fund asks for as much (4.4 at most in 2026): what is higher lost its comma."""
PRIVATE: Final = ("privat", "pkv")


@dataclass(slots=True)
class Staff:
    """Who can be paid by the run, and what was found about the others."""

    employees: list[Employee] = field(default_factory=list)
    findings: list[StepFinding] = field(default_factory=list)


def read_staff(document: StepDocument, rates: Rates) -> Staff:
    """Never raises for a file."""
    table = read_table(document, COLUMNS)
    staff = Staff(findings=list(table.findings))
    seen: dict[tuple[str, str], int] = {}
    for row in table.rows:
        one = _employee(row)
        found = list(_faults(one, str(row["insurance"] or ""), table, rates))
        staff.findings += found
        if found:
            continue
        earlier = seen.setdefault((one.name.casefold(), one.iban), one.line)
        if earlier != one.line:
            staff.findings.append(
                _about(table, one, "PY-TWICE", "name", Severity.WARNING, earlier=earlier)
            )
        staff.findings += _payable(table, one)
        staff.employees.append(one)
    return staff


def _employee(row: TypedRow) -> Employee:
    return Employee(
        line=row.line,
        name=row["name"],
        gross=row["gross"],
        tax_class=int(row["tax_class"]),
        state=row["state"],
        additional=row["additional"],
        church=row["church"] == "yes",
        allowances=row["allowances"] or Decimal(0),
        childless=bool(row["childless"]),
        children=row["children"] or 0,
        iban=row["iban"] or "",
        before=row["before"],
    )


def _faults(one: Employee, insurance: str, table: Table, rates: Rates) -> Iterator[StepFinding]:
    """What keeps the month from being worked out."""
    if one.gross <= 0 or one.gross * 100 % 1:
        yield _about(table, one, "PY-GROSS", "gross", gross=one.gross)
    elif one.gross <= rates.marginal:
        yield _about(table, one, "PY-MARGINAL", "gross", gross=f"{one.gross:.2f}")
    elif one.gross < rates.transition:
        yield _about(table, one, "PY-TRANSITION", "gross", gross=f"{one.gross:.2f}")
    if not 0 <= one.additional <= MOST_ADDITIONAL:
        yield _about(table, one, "PY-ADDITIONAL", "additional", found=one.additional)
    if one.childless and one.children > 0:
        yield _about(table, one, "PY-CHILDLESS", "childless", children=one.children)
    if insurance.casefold().startswith(PRIVATE):
        yield _about(table, one, "PY-PRIVATE", "insurance")


def _payable(table: Table, one: Employee) -> Iterator[StepFinding]:
    if not is_payable(one.iban):
        yield _about(table, one, "PY-IBAN", "iban")


def _about(
    table: Table,
    one: Employee,
    code: str,
    column: str,
    severity: Severity = Severity.ERROR,
    **params: Any,
) -> StepFinding:
    texts = {key: str(value) for key, value in params.items()}
    return table.finding(code, severity, line=one.line, column=column, name=one.name, **texts)
