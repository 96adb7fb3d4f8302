"""What the service tells Kontor about itself."""

from datetime import time

from app.catalogue.service import ChecklistTemplate, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.payments.books import DEBITS, TRANSFERS
from app.services.payments.results import debit_documents, transfer_documents
from app.services.payments.samples import orders
from app.services.payments.schemas import DebitOrder, DebitRun, TransferOrder, TransferRun
from app.services.payments.steps import check_debits, check_transfers
from app.services.payments.texts import finding_text

CHECKLIST = (
    ChecklistTemplate(key="payees", title="Payees and their accounts are known"),
    ChecklistTemplate(key="sum", title="Number and sum agree with the order"),
    ChecklistTemplate(key="twice", title="Nothing is paid twice"),
    ChecklistTemplate(key="day", title="Day of execution and cut-off of the bank"),
)

SERVICE = Service(
    key="payments",
    title="Payments",
    description="Invoices that are due and your own lists, checked, approved by two people, as a "
    "file for your bank.",
    trade="banking",
    icon="wallet",
    work_types=(
        WorkType(
            key="transfer_run",
            title="Credit transfers",
            description="What is due and what your list says becomes a pain.001 file.",
            form=TransferOrder,
            values=TransferRun,
            checklist=CHECKLIST,
            four_eyes=True,
            accepts=(".csv", ".xlsx", ".txt"),
            automation=check_transfers,
            deliver=transfer_documents,
            books=TRANSFERS,
        ),
        WorkType(
            key="debit_run",
            title="Direct debits",
            description="Your list of amounts and mandates becomes a pain.008 file.",
            form=DebitOrder,
            values=DebitRun,
            checklist=CHECKLIST,
            four_eyes=True,
            accepts=(".csv", ".xlsx", ".txt"),
            needs_document=True,
            automation=check_debits,
            deliver=debit_documents,
            books=DEBITS,
        ),
    ),
    promise=Promise(
        first_response_seconds=2 * 3600, resolution_business_days=0, cut_off=time(14, 0)
    ),
    price_unit="payment",
    price=Money(45, "EUR"),
    skills=frozenset({"payments"}),
    retention_class="voucher",
    finding_text=finding_text,
    samples=orders,
)
