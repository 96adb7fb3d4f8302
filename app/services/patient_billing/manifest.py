"""What the service tells Kontor about itself."""

from app.catalogue.limited import limited
from app.catalogue.service import ChecklistTemplate, Industry, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.patient_billing.results import bill_documents
from app.services.patient_billing.samples import sample_orders
from app.services.patient_billing.schemas import PatientBillOrder, PatientBillValues
from app.services.patient_billing.texts import finding_text

SERVICE = Service(
    key="patient_billing",
    title="Patient billing",
    description="Private bills under the German fee schedule for doctors (GOÄ), exact to the cent.",
    trade="health",
    icon="heart-handshake",
    work_types=(
        WorkType(
            key="patient_bill",
            title="Patient bill",
            description="Services as a form, CSV or XLSX, or a finished bill as FHIR to check.",
            form=PatientBillOrder,
            values=PatientBillValues,
            checklist=(
                ChecklistTemplate(key="patient", title="Patient and address agree with the record"),
                ChecklistTemplate(key="services", title="Services agree with the record"),
                ChecklistTemplate(key="reasons", title="Reasons for raised factors hold"),
                ChecklistTemplate(key="total", title="Total and date of payment checked"),
            ),
            four_eyes=True,
            accepts=(".csv", ".xlsx", ".json", ".pdf"),
            automation=limited("app.services.patient_billing.steps:check_bill"),
            deliver=bill_documents,
        ),
    ),
    promise=Promise(first_response_seconds=4 * 3600, resolution_business_days=2),
    price_unit="bill",
    price=Money(490, "EUR"),
    skills=frozenset({"patient_billing"}),
    retention_class="voucher",
    health_data=True,
    finding_text=finding_text,
    industries=frozenset({Industry.HEALTH}),
    samples=sample_orders,
)
