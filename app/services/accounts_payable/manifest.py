"""What the service tells Kontor about itself."""

from datetime import time

from app.catalogue.service import (
    ChecklistTemplate,
    DocumentTemplate,
    Promise,
    RequestTemplate,
    Service,
    WorkType,
)
from app.kernel.money import Money
from app.services.accounts_payable.books import KEEPING
from app.services.accounts_payable.results import booking_documents
from app.services.accounts_payable.schemas import SupplierInvoiceOrder, SupplierInvoiceValues
from app.services.accounts_payable.steps import read_invoice
from app.services.accounts_payable.texts import finding_text

SERVICE = Service(
    key="accounts_payable",
    title="Accounts payable",
    description="Your suppliers' invoices, checked, coded and ready to book and pay.",
    trade="accounting",
    icon="receipt",
    work_types=(
        WorkType(
            key="supplier_invoice",
            title="Supplier invoice",
            description="XRechnung or ZUGFeRD, or any PDF: one work item for each file.",
            form=SupplierInvoiceOrder,
            values=SupplierInvoiceValues,
            checklist=(
                ChecklistTemplate(key="addressee", title="Addressed to this client", minutes=1),
                ChecklistTemplate(
                    key="amounts", title="Amounts and VAT agree with the paper", minutes=3
                ),
                ChecklistTemplate(
                    key="supplier", title="Supplier and bank account known", minutes=2
                ),
                ChecklistTemplate(key="account", title="Account and cost centre chosen"),
                ChecklistTemplate(key="due", title="Due date and cash discount checked"),
            ),
            document_requests=(
                RequestTemplate(
                    key="proof",
                    title="Proof for an invoice",
                    documents=(
                        DocumentTemplate(title="Order confirmation"),
                        DocumentTemplate(title="Delivery note"),
                    ),
                ),
                RequestTemplate(
                    key="corrected",
                    title="Corrected invoice",
                    documents=(DocumentTemplate(title="Corrected invoice of the supplier"),),
                    days=10,
                ),
            ),
            amount_field="payable",
            four_eyes=True,
            accepts=(".xml", ".pdf", ".png", ".jpg", ".jpeg"),
            needs_document=True,
            one_item_per_document=True,
            automation=read_invoice,
            deliver=booking_documents,
            books=KEEPING,
        ),
    ),
    promise=Promise(
        first_response_seconds=4 * 3600, resolution_business_days=1, cut_off=time(12, 0)
    ),
    price_unit="invoice",
    price=Money(240, "EUR"),
    skills=frozenset({"accounting"}),
    retention_class="voucher",
    finding_text=finding_text,
)
