"""One employee's month: wage tax by the official chart, contributions, net."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Final

from app.books.ibans import in_sepa, is_iban
from app.services.payroll.contributions import CENT, Contributions, of_employee
from app.services.payroll.flow_chart import FlowChart

CHURCH_EIGHT: Final = frozenset({"BY", "BW"})
"""Bavaria and Baden-Württemberg take 8 percent church tax, the other states 9."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Employee:
    """A line of the staff list."""

    line: int
    name: str
    gross: Decimal
    tax_class: int
    state: str
    additional: Decimal
    church: bool = False
    allowances: Decimal = Decimal(0)
    childless: bool = False
    children: int = 0
    iban: str = ""
    before: Decimal | None = None
    """Net of the month before, for the variance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payslip:
    """What the month comes to, in euro."""

    employee: Employee
    wage_tax: Decimal
    solidarity: Decimal
    church_tax: Decimal
    contributions: Contributions

    @property
    def deductions(self) -> Decimal:
        tax = self.wage_tax + self.solidarity + self.church_tax
        return tax + self.contributions.total

    @property
    def net(self) -> Decimal:
        return self.employee.gross - self.deductions


def is_payable(iban: str) -> bool:
    """Whether wages can be paid to it by SEPA."""
    return is_iban(iban) and in_sepa(iban)


def payslip(employee: Employee, *, year: int, chart: FlowChart) -> Payslip:
    """The month of one employee. Raises NoRates, BadChart."""
    saxony = employee.state == "SN"
    told = chart.run(
        {
            "LZZ": 2,
            "RE4": int(employee.gross * 100),
            "STKL": employee.tax_class,
            "ZKF": employee.allowances,
            "R": int(employee.church),
            "KVZ": employee.additional,
            "PVZ": int(employee.childless),
            "PVS": int(saxony),
            "PVA": max(0, min(employee.children, 5) - 1),
        }
    )
    rate = 8 if employee.state in CHURCH_EIGHT else 9
    church = told["BK"] * rate / 10_000 if employee.church else Decimal(0)
    return Payslip(
        employee=employee,
        wage_tax=told["LSTLZZ"] / 100,
        solidarity=told["SOLZLZZ"] / 100,
        church_tax=church.quantize(CENT, ROUND_DOWN),
        contributions=of_employee(
            employee.gross,
            year=year,
            additional=employee.additional,
            saxony=saxony,
            childless=employee.childless,
            children=employee.children,
        ),
    )
