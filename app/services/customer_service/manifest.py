"""What the service tells Kontor about itself."""

from app.catalogue.limited import limited
from app.catalogue.service import ChecklistTemplate, Industry, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.customer_service.results import ticket_documents
from app.services.customer_service.samples import sample_orders
from app.services.customer_service.schemas import TicketOrder, TicketValues
from app.services.customer_service.texts import finding_text

SERVICE = Service(
    key="customer_service",
    title="Customer service",
    description="Customers' mails become tickets with kind, urgency and a reply to approve.",
    trade="customer",
    icon="headset",
    work_types=(
        WorkType(
            key="tickets",
            title="Customers' mails",
            description="Mails (.eml, .mbox) or a message, and a table of orders if there is one.",
            form=TicketOrder,
            values=TicketValues,
            checklist=(
                ChecklistTemplate(key="urgent", title="Urgent tickets looked at first"),
                ChecklistTemplate(key="facts", title="Facts in the replies checked"),
            ),
            four_eyes=True,
            accepts=(".eml", ".mbox", ".txt", ".csv", ".xlsx"),
            automation=limited("app.services.customer_service.steps:answer"),
            deliver=ticket_documents,
        ),
    ),
    promise=Promise(first_response_seconds=3600, resolution_seconds=8 * 3600),
    price_unit="ticket",
    price=Money(390, "EUR"),
    skills=frozenset({"customer_service"}),
    retention_class="letter",
    finding_text=finding_text,
    industries=frozenset({Industry.TELECOM, Industry.RETAIL, Industry.IT}),
    samples=sample_orders,
)
