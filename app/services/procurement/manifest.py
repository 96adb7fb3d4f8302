"""What the service tells Kontor about itself."""

from app.catalogue.limited import limited
from app.catalogue.service import ChecklistTemplate, Industry, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.procurement.samples import sample_orders
from app.services.procurement.schemas import ProcurementOrder, ProcurementValues
from app.services.procurement.steps import deliver
from app.services.procurement.texts import finding_text

SERVICE = Service(
    key="procurement",
    title="Procurement",
    description="Order, delivery and invoice compared line by line before you pay.",
    trade="logistics",
    icon="clipboard-check",
    work_types=(
        WorkType(
            key="three_way_match",
            title="Three-way match",
            description="Order, despatch advices and invoices in UBL or CII (Peppol, XRechnung).",
            form=ProcurementOrder,
            values=ProcurementValues,
            checklist=(
                ChecklistTemplate(key="papers", title="All papers of the order are there"),
                ChecklistTemplate(key="deviations", title="Deviations settled with the supplier"),
            ),
            four_eyes=True,
            accepts=(".xml", ".pdf"),
            needs_document=True,
            automation=limited("app.services.procurement.steps:check"),
            deliver=deliver,
        ),
    ),
    promise=Promise(first_response_seconds=4 * 3600, resolution_business_days=1),
    price_unit="order",
    price=Money(350, "EUR"),
    retention_class="voucher",
    finding_text=finding_text,
    industries=frozenset({Industry.RETAIL, Industry.IT, Industry.TELECOM, Industry.LOGISTICS}),
    samples=sample_orders,
)
