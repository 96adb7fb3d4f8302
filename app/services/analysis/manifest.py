"""What the service tells Kontor about itself."""

from app.catalogue.limited import limited
from app.catalogue.service import ChecklistTemplate, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.analysis.samples import sample_orders
from app.services.analysis.schemas import Question, Report
from app.services.analysis.steps import deliver
from app.services.analysis.texts import finding_text

SERVICE = Service(
    key="analysis",
    title="Data analysis",
    description="A question to your table, answered by figures, a chart and what it means.",
    trade="data",
    icon="chart-bar",
    work_types=(
        WorkType(
            key="report",
            title="Report from a table",
            description="A table (CSV, XLSX), the column to group by and the one with figures.",
            form=Question,
            values=Report,
            checklist=(
                ChecklistTemplate(key="question", title="The figures answer the question"),
                ChecklistTemplate(key="outliers", title="Odd figures asked about"),
                ChecklistTemplate(key="meaning", title="What it means is written down"),
            ),
            four_eyes=True,
            accepts=(".csv", ".xlsx", ".txt"),
            needs_document=True,
            automation=limited("app.services.analysis.steps:check"),
            deliver=deliver,
        ),
    ),
    promise=Promise(first_response_seconds=4 * 3600, resolution_business_days=3),
    price_unit="report",
    price=Money(4900, "EUR"),
    retention_class="letter",
    finding_text=finding_text,
    samples=sample_orders,
)
