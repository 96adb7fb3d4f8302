"""What the service tells Kontor about itself."""

from app.catalogue.limited import limited
from app.catalogue.service import ChecklistTemplate, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.payroll.books import KEEPING
from app.services.payroll.charts import CHARTS
from app.services.payroll.results import payroll_documents
from app.services.payroll.samples import sample_orders
from app.services.payroll.schemas import PayrollOrder, PayrollValues
from app.services.payroll.texts import finding_text

SERVICE = Service(
    key="payroll",
    title="Payroll control run",
    description="Wage tax by the official flow chart, contributions, payslips and variances.",
    trade="hr",
    icon="users",
    work_types=(
        WorkType(
            key="control_run",
            title="Control run of a month",
            description="Staff list (CSV, XLSX); the official flow chart of the year is ours.",
            form=PayrollOrder,
            values=PayrollValues,
            checklist=(
                ChecklistTemplate(key="changes", title="Entries, exits and changes taken over"),
                ChecklistTemplate(key="variances", title="Variances to the month before explained"),
                ChecklistTemplate(key="payments", title="Bank accounts compared with master data"),
            ),
            four_eyes=True,
            accepts=(".csv", ".xlsx", ".xml"),
            needs_document=True,
            automation=limited("app.services.payroll.steps:check"),
            deliver=payroll_documents,
            books=KEEPING,
        ),
    ),
    promise=Promise(first_response_seconds=4 * 3600, resolution_business_days=3),
    price_unit="payslip",
    price=Money(890, "EUR"),
    skills=frozenset({"payroll"}),
    retention_class="wages",
    finding_text=finding_text,
    official_files=CHARTS,
    samples=sample_orders,
)
