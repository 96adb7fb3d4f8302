"""What the service tells Kontor about itself."""

from app.catalogue.limited import limited
from app.catalogue.service import ChecklistTemplate, Industry, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.network_records.samples import sample_orders
from app.services.network_records.schemas import NetworkOrder, NetworkValues
from app.services.network_records.steps import deliver
from app.services.network_records.texts import finding_text

SERVICE = Service(
    key="network_records",
    title="Network records",
    description="Your address plan without clashes: prefixes, devices, what is free next.",
    trade="it",
    icon="world",
    work_types=(
        WorkType(
            key="address_plan",
            title="Address plan",
            description="Tables (CSV, XLSX): prefixes, devices; an older one shows the changes.",
            form=NetworkOrder,
            values=NetworkValues,
            checklist=(
                ChecklistTemplate(key="clashes", title="Overlaps settled with the client"),
                ChecklistTemplate(key="outside", title="Devices without a prefix explained"),
                ChecklistTemplate(key="given", title="Free prefixes noted with their purpose"),
            ),
            four_eyes=True,
            accepts=(".csv", ".xlsx", ".txt"),
            needs_document=True,
            automation=limited("app.services.network_records.steps:check"),
            deliver=deliver,
        ),
    ),
    promise=Promise(first_response_seconds=3600, resolution_seconds=4 * 3600),
    price_unit="device and month",
    price=Money(60, "EUR"),
    retention_class="letter",
    finding_text=finding_text,
    industries=frozenset({Industry.IT, Industry.TELECOM}),
    samples=sample_orders,
)
