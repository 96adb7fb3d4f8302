"""What the service tells Kontor about itself."""

from app.catalogue.limited import limited
from app.catalogue.service import ChecklistTemplate, Industry, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.fleet.samples import sample_orders
from app.services.fleet.schemas import FleetOrder, FleetValues
from app.services.fleet.steps import deliver
from app.services.fleet.texts import finding_text

SERVICE = Service(
    key="fleet",
    title="Vehicle maintenance",
    description="Inspections, checks and services of your vehicles: due list and calendar.",
    trade="logistics",
    icon="truck",
    work_types=(
        WorkType(
            key="due_list",
            title="Due list",
            description="A table (CSV, XLSX): number plate, type, first registration, last dates.",
            form=FleetOrder,
            values=FleetValues,
            checklist=(
                ChecklistTemplate(key="papers", title="Dates compared with the vehicles' papers"),
                ChecklistTemplate(key="overdue", title="Overdue vehicles told the client"),
                ChecklistTemplate(key="workshop", title="Workshop appointments asked for"),
            ),
            four_eyes=False,
            accepts=(".csv", ".xlsx", ".txt"),
            needs_document=True,
            automation=limited("app.services.fleet.steps:check"),
            deliver=deliver,
        ),
    ),
    promise=Promise(first_response_seconds=4 * 3600, resolution_business_days=1),
    price_unit="vehicle and month",
    price=Money(180, "EUR"),
    retention_class="letter",
    finding_text=finding_text,
    industries=frozenset({Industry.LOGISTICS, Industry.TELECOM, Industry.RETAIL}),
    samples=sample_orders,
)
