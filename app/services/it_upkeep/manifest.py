"""What the service tells Kontor about itself."""

from app.catalogue.limited import limited
from app.catalogue.service import ChecklistTemplate, Industry, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.it_upkeep import results, schemas
from app.services.it_upkeep.reachability import check_reachability
from app.services.it_upkeep.samples import sample_orders
from app.services.it_upkeep.texts import finding_text

SERVICE = Service(
    key="it_upkeep",
    title="IT upkeep",
    description="Certificates before they expire, hosts that answer, a review of who may get in.",
    trade="it",
    icon="certificate",
    work_types=(
        WorkType(
            key="certificates",
            title="Certificates",
            description="Certificates as PEM or DER: end, key, names, hosts without one.",
            form=schemas.CertificatesOrder,
            values=schemas.CertificatesValues,
            checklist=(
                ChecklistTemplate(key="expired", title="Expired certificates told at once"),
                ChecklistTemplate(key="renewal", title="Renewals assigned"),
            ),
            four_eyes=False,
            accepts=(".pem", ".crt", ".cer", ".der"),
            needs_document=True,
            automation=limited("app.services.it_upkeep.steps:check_certificates"),
            deliver=results.deliver_certificates,
        ),
        WorkType(
            key="reachability",
            title="Hosts over the network",
            description="Do hosts answer (HTTP, TCP), how fast, and with which certificate?",
            form=schemas.ReachabilityOrder,
            values=schemas.ReachabilityValues,
            checklist=(
                ChecklistTemplate(key="down", title="Hosts that do not answer told at once"),
                ChecklistTemplate(key="allowed", title="All hosts belong to the client"),
            ),
            four_eyes=False,
            accepts=(),
            automation=check_reachability,
            deliver=results.deliver_reachability,
        ),
        WorkType(
            key="access_review",
            title="Access review",
            description="A table (CSV, XLSX): user, system, role, last sign-in, second factor.",
            form=schemas.AccessOrder,
            values=schemas.AccessValues,
            checklist=(
                ChecklistTemplate(key="leavers", title="Access of leavers revoked"),
                ChecklistTemplate(key="decided", title="Every doubtful account decided"),
            ),
            four_eyes=True,
            accepts=(".csv", ".xlsx", ".txt"),
            needs_document=True,
            automation=limited("app.services.it_upkeep.steps:check_access"),
            deliver=results.deliver_access,
        ),
    ),
    promise=Promise(first_response_seconds=3600, resolution_business_days=1),
    price_unit="asset and month",
    price=Money(120, "EUR"),
    retention_class="letter",
    finding_text=finding_text,
    industries=frozenset({Industry.IT, Industry.TELECOM, Industry.FINANCE}),
    samples=sample_orders,
)
