"""What the service tells Kontor about itself."""

from app.catalogue.service import (
    ChecklistTemplate,
    DocumentTemplate,
    Promise,
    RequestTemplate,
    Service,
    WorkType,
)
from app.kernel.money import Money
from app.services.general_request.rules import answer_document
from app.services.general_request.schemas import GeneralAnswer, GeneralRequest

SERVICE = Service(
    key="general_request",
    title="General request",
    description="Anything else our team may do for you: tell us in your own words.",
    trade="general",
    icon="message",
    work_types=(
        WorkType(
            key="request",
            title="Request",
            description="Free text, with files if you like.",
            form=GeneralRequest,
            values=GeneralAnswer,
            checklist=(
                ChecklistTemplate(key="understood", title="Request understood and complete"),
                ChecklistTemplate(key="done", title="Work done"),
                ChecklistTemplate(key="explained", title="Result explained to the client"),
            ),
            document_requests=(
                RequestTemplate(
                    key="month",
                    title="Papers of a month",
                    documents=(
                        DocumentTemplate(title="Bank statements of the month"),
                        DocumentTemplate(title="Cash book of the month"),
                        DocumentTemplate(title="Receipts that are still missing"),
                    ),
                ),
            ),
            four_eyes=False,
            deliver=answer_document,
        ),
    ),
    promise=Promise(first_response_seconds=4 * 3600, resolution_business_days=2),
    price_unit="request",
    price=Money(1500, "EUR"),
)
