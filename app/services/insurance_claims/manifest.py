"""What the service tells Kontor about itself."""

from app.catalogue.limited import limited
from app.catalogue.service import (
    ChecklistTemplate,
    DocumentTemplate,
    Industry,
    Promise,
    RequestTemplate,
    Service,
    WorkType,
)
from app.kernel.money import Money
from app.services.insurance_claims.results import claim_documents
from app.services.insurance_claims.samples import sample_orders
from app.services.insurance_claims.schemas import ClaimOrder, ClaimValues
from app.services.insurance_claims.texts import finding_text

SERVICE = Service(
    key="insurance_claims",
    title="Insurance claims",
    description="Bills with insurers: what is missing, until when they answer, what they left out.",
    trade="health",
    icon="report-money",
    work_types=(
        WorkType(
            key="claim",
            title="Insurance claim",
            description="Policy, bill and the insurer's statement: form, CSV, XLSX or FHIR.",
            form=ClaimOrder,
            values=ClaimValues,
            checklist=(
                ChecklistTemplate(key="policy", title="Policy covers the treatment"),
                ChecklistTemplate(key="complete", title="Documents complete and legible"),
                ChecklistTemplate(key="decided", title="Every line decided, with a reason"),
                ChecklistTemplate(key="deadline", title="Deadline checked"),
            ),
            document_requests=(
                RequestTemplate(
                    key="claim",
                    title="Documents for the insurer",
                    documents=(
                        DocumentTemplate(title="Policy with tariff"),
                        DocumentTemplate(title="The insurer's statement"),
                        DocumentTemplate(title="Consent to talk to the insurer"),
                    ),
                ),
            ),
            four_eyes=True,
            accepts=(".csv", ".xlsx", ".txt", ".json", ".pdf", ".png", ".jpg", ".jpeg"),
            automation=limited("app.services.insurance_claims.steps:check_case"),
            deliver=claim_documents,
        ),
    ),
    promise=Promise(first_response_seconds=4 * 3600, resolution_business_days=2),
    price_unit="case",
    price=Money(1450, "EUR"),
    skills=frozenset({"patient_billing"}),
    retention_class="letter",
    health_data=True,
    finding_text=finding_text,
    industries=frozenset({Industry.HEALTH}),
    samples=sample_orders,
)
