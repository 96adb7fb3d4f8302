"""What the service tells Kontor about itself."""

from app.catalogue.limited import limited
from app.catalogue.service import ChecklistTemplate, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.mailroom.books import KEEPING
from app.services.mailroom.samples import sample_orders
from app.services.mailroom.schemas import MailroomOrder, MailroomValues
from app.services.mailroom.steps import deliver
from app.services.mailroom.texts import finding_text

SERVICE = Service(
    key="mailroom",
    title="Mailroom",
    description="Letters, mails and scans told apart, read for what matters, and handed on.",
    trade="general",
    icon="mail-opened",
    is_searched=False,
    work_types=(
        WorkType(
            key="incoming",
            title="Incoming mail of a day",
            description="Mails (.eml), PDF, scans, texts; a batch is parted at separator pages.",
            form=MailroomOrder,
            values=MailroomValues,
            checklist=(
                ChecklistTemplate(key="kinds", title="Kinds and senders checked"),
                ChecklistTemplate(key="deadlines", title="Deadlines checked against the letters"),
                ChecklistTemplate(key="handed_on", title="Letters handed on"),
            ),
            four_eyes=False,
            accepts=(".eml", ".pdf", ".txt", ".docx", ".png", ".jpg", ".jpeg", ".tif", ".msg"),
            needs_document=True,
            automation=limited("app.services.mailroom.steps:check"),
            deliver=deliver,
            books=KEEPING,
        ),
    ),
    promise=Promise(first_response_seconds=2 * 3600, resolution_seconds=4 * 3600),
    price_unit="item",
    price=Money(65, "EUR"),
    retention_class="letter",
    finding_text=finding_text,
    samples=sample_orders,
)
