"""What the service tells Kontor about itself."""

from app.catalogue.limited import limited
from app.catalogue.service import ChecklistTemplate, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.hr_leave.results import deliver_leave, deliver_onboarding
from app.services.hr_leave.samples import sample_orders
from app.services.hr_leave.schemas import (
    LeaveOrder,
    LeaveValues,
    OnboardingOrder,
    OnboardingValues,
)
from app.services.hr_leave.texts import finding_text

SERVICE = Service(
    key="hr_leave",
    title="Leave and onboarding",
    description="Leave balances by the law, absences in working days, duties for new colleagues.",
    trade="hr",
    icon="users",
    work_types=(
        WorkType(
            key="balances",
            title="Leave balances",
            description="Tables (CSV, XLSX): people with entry and days; absences from and to.",
            form=LeaveOrder,
            values=LeaveValues,
            checklist=(
                ChecklistTemplate(key="people", title="Entries and leavers complete"),
                ChecklistTemplate(key="expired", title="Expired days and notices clarified"),
                ChecklistTemplate(key="sick", title="Sick notes seen for days given back"),
            ),
            four_eyes=True,
            accepts=(".csv", ".xlsx", ".txt"),
            needs_document=True,
            automation=limited("app.services.hr_leave.steps:check_leave"),
            deliver=deliver_leave,
        ),
        WorkType(
            key="onboarding",
            title="New colleague",
            description="Everything that has to be done, with the day of law for each.",
            form=OnboardingOrder,
            values=OnboardingValues,
            checklist=(
                ChecklistTemplate(key="papers", title="Papers asked for"),
                ChecklistTemplate(key="registered", title="Registration prepared"),
            ),
            four_eyes=False,
            automation=limited("app.services.hr_leave.steps:check_onboarding"),
            deliver=deliver_onboarding,
        ),
    ),
    promise=Promise(first_response_seconds=4 * 3600, resolution_business_days=1),
    price_unit="employee and month",
    price=Money(150, "EUR"),
    retention_class="letter",
    finding_text=finding_text,
    samples=sample_orders,
)
