"""What the service tells Kontor about itself."""

from datetime import time

from app.catalogue.service import ChecklistTemplate, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.reconciliation.books import KEEPING
from app.services.reconciliation.results import statement_documents
from app.services.reconciliation.samples import orders
from app.services.reconciliation.schemas import Reconciliation, StatementOrder
from app.services.reconciliation.steps import reconcile
from app.services.reconciliation.texts import finding_text

SERVICE = Service(
    key="reconciliation",
    title="Bank statements",
    description="Your statements proved by their balances, every line matched with what is open.",
    trade="banking",
    icon="exchange",
    work_types=(
        WorkType(
            key="statement",
            title="Bank statement",
            description="camt.053, MT940 or your bank's CSV; a list of open items if you keep it.",
            form=StatementOrder,
            values=Reconciliation,
            checklist=(
                ChecklistTemplate(key="balance", title="Balances agree with the bank"),
                ChecklistTemplate(key="doubtful", title="Doubtful lines decided"),
                ChecklistTemplate(key="clearing", title="What waits in clearing was asked about"),
            ),
            four_eyes=True,
            accepts=(".xml", ".sta", ".mt940", ".940", ".txt", ".csv", ".xlsx"),
            needs_document=True,
            automation=reconcile,
            deliver=statement_documents,
            books=KEEPING,
        ),
    ),
    promise=Promise(
        first_response_seconds=4 * 3600, resolution_business_days=1, cut_off=time(12, 0)
    ),
    price_unit="line",
    price=Money(12, "EUR"),
    skills=frozenset({"accounting"}),
    retention_class="voucher",
    finding_text=finding_text,
    samples=orders,
)
