"""What the service tells Kontor about itself."""

from app.catalogue.limited import limited
from app.catalogue.service import ChecklistTemplate, Industry, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.invoicing.books import KEEPING
from app.services.invoicing.samples import sample_orders
from app.services.invoicing.schemas import InvoicingOrder, InvoicingValues
from app.services.invoicing.steps import deliver
from app.services.invoicing.texts import finding_text

SERVICE = Service(
    key="invoicing",
    title="Invoicing",
    description="Your invoices to your customers, as XRechnung and ZUGFeRD, with gapless numbers.",
    trade="accounting",
    icon="file-invoice",
    work_types=(
        WorkType(
            key="invoice",
            title="Invoice to a customer",
            description="Positions as a form, CSV or XLSX become an e-invoice and its page.",
            form=InvoicingOrder,
            values=InvoicingValues,
            checklist=(
                ChecklistTemplate(
                    key="service", title="Positions agree with order and proof of service"
                ),
                ChecklistTemplate(key="customer", title="Customer, address and reference checked"),
                ChecklistTemplate(key="vat", title="VAT case checked"),
                ChecklistTemplate(key="number", title="Invoice number is the next one"),
            ),
            amount_field="gross",
            four_eyes=True,
            accepts=(".csv", ".xlsx"),
            automation=limited("app.services.invoicing.steps:check"),
            deliver=deliver,
            books=KEEPING,
        ),
    ),
    promise=Promise(first_response_seconds=4 * 3600, resolution_business_days=1),
    price_unit="invoice",
    price=Money(290, "EUR"),
    skills=frozenset({"accounting"}),
    retention_class="voucher",
    finding_text=finding_text,
    industries=frozenset({Industry.IT, Industry.FINANCE, Industry.LOGISTICS, Industry.TELECOM}),
    samples=sample_orders,
)
