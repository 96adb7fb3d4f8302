"""What the service tells Kontor about itself."""

from app.catalogue.limited import limited
from app.catalogue.service import ChecklistTemplate, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.compliance import results, schemas
from app.services.compliance.samples import sample_orders
from app.services.compliance.texts import finding_text

TABLES = (".csv", ".xlsx", ".txt")

SERVICE = Service(
    key="compliance",
    title="Compliance",
    description="Sanctions lists, retention dates, GDPR requests and the register of processing.",
    trade="accounting",
    icon="shield-check",
    work_types=(
        WorkType(
            key="screening",
            title="Sanctions screening",
            description="A table of names, and the list of the day (EU, OFAC).",
            form=schemas.ScreeningOrder,
            values=schemas.ScreeningValues,
            checklist=(
                ChecklistTemplate(key="list", title="The list is of today"),
                ChecklistTemplate(key="hits", title="Every hit decided, with a reason"),
            ),
            four_eyes=True,
            accepts=TABLES,
            needs_document=True,
            automation=limited("app.services.compliance.steps:screen"),
            deliver=results.deliver_screening,
        ),
        WorkType(
            key="retention",
            title="Retention dates",
            description="A table of records with kind and date: until when each must be kept.",
            form=schemas.RetentionOrder,
            values=schemas.RetentionValues,
            checklist=(
                ChecklistTemplate(key="holds", title="Lawsuits and tax audits are marked"),
                ChecklistTemplate(key="kinds", title="Kinds of records plausible"),
            ),
            four_eyes=True,
            accepts=TABLES,
            needs_document=True,
            automation=limited("app.services.compliance.steps:retain"),
            deliver=results.deliver_retention,
        ),
        WorkType(
            key="gdpr_request",
            title="GDPR request or breach",
            description="Deadlines of a person's request, or of a breach, and what was done.",
            form=schemas.RequestOrder,
            values=schemas.RequestValues,
            checklist=(
                ChecklistTemplate(key="identity", title="Identity of the person checked"),
                ChecklistTemplate(key="answered", title="Answer or notice drafted"),
            ),
            four_eyes=True,
            automation=limited("app.services.compliance.steps:answer"),
            deliver=results.deliver_request,
        ),
        WorkType(
            key="register",
            title="Register of processing (Art. 30)",
            description="A table of activities: gaps are found, the register is written.",
            form=schemas.RegisterOrder,
            values=schemas.RegisterValues,
            checklist=(
                ChecklistTemplate(key="gaps", title="Gaps closed with the client"),
                ChecklistTemplate(key="third", title="Safeguards of third countries noted"),
            ),
            four_eyes=True,
            accepts=TABLES,
            needs_document=True,
            automation=limited("app.services.compliance.steps:register"),
            deliver=results.deliver_register,
        ),
    ),
    promise=Promise(first_response_seconds=2 * 3600, resolution_business_days=1),
    price_unit="name or request",
    price=Money(40, "EUR"),
    retention_class="letter",
    finding_text=finding_text,
    samples=sample_orders,
)
