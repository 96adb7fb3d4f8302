"""What the service tells Kontor about itself."""

from datetime import time

from app.catalogue.service import ChecklistTemplate, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.ledger_handover.books import KEEPING
from app.services.ledger_handover.results import handover_documents
from app.services.ledger_handover.samples import orders
from app.services.ledger_handover.schemas import Handover, HandoverOrder
from app.services.ledger_handover.steps import check
from app.services.ledger_handover.texts import finding_text

SERVICE = Service(
    key="ledger_handover",
    title="Hand-over to the tax adviser",
    description="Bookings of a period as a DATEV batch, and as an export for the tax audit.",
    trade="accounting",
    icon="book",
    work_types=(
        WorkType(
            key="period",
            title="Hand over a period",
            description="What you accepted here, and lists of bookings if you add some.",
            form=HandoverOrder,
            values=Handover,
            checklist=(
                ChecklistTemplate(key="complete", title="The period is complete"),
                ChecklistTemplate(key="sums", title="Sums agree with the accounts"),
                ChecklistTemplate(key="numbers", title="Adviser and client number are right"),
            ),
            four_eyes=True,
            accepts=(".csv", ".xlsx"),
            automation=check,
            deliver=handover_documents,
            books=KEEPING,
        ),
    ),
    promise=Promise(
        first_response_seconds=4 * 3600, resolution_business_days=2, cut_off=time(12, 0)
    ),
    price_unit="booking",
    price=Money(35, "EUR"),
    skills=frozenset({"accounting"}),
    retention_class="voucher",
    finding_text=finding_text,
    samples=orders,
)
