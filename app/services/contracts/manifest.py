"""What the service tells Kontor about itself."""

from app.catalogue.limited import limited
from app.catalogue.service import ChecklistTemplate, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.contracts.samples import sample_orders
from app.services.contracts.schemas import ContractsOrder, ContractsValues
from app.services.contracts.steps import deliver
from app.services.contracts.texts import finding_text

SERVICE = Service(
    key="contracts",
    title="Contract deadlines",
    description="Your contracts watched: the last day for every notice, reminders, calendar.",
    trade="it",
    icon="calendar",
    work_types=(
        WorkType(
            key="register",
            title="Register of contracts",
            description="A table (CSV, XLSX): contract, start, term, renewal, notice period.",
            form=ContractsOrder,
            values=ContractsValues,
            checklist=(
                ChecklistTemplate(key="terms", title="Terms compared with the signed contracts"),
                ChecklistTemplate(key="missed", title="Missed and close deadlines told the client"),
                ChecklistTemplate(key="given", title="Notices already given are marked"),
            ),
            four_eyes=True,
            accepts=(".csv", ".xlsx", ".txt", ".pdf"),
            needs_document=True,
            automation=limited("app.services.contracts.steps:check"),
            deliver=deliver,
        ),
    ),
    promise=Promise(first_response_seconds=4 * 3600, resolution_business_days=1),
    price_unit="contract and month",
    price=Money(90, "EUR"),
    retention_class="letter",
    finding_text=finding_text,
    samples=sample_orders,
)
