"""What the service tells Kontor about itself."""

from app.catalogue.limited import limited
from app.catalogue.service import ChecklistTemplate, Industry, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.appointments.samples import sample_orders
from app.services.appointments.schemas import AppointmentsOrder, AppointmentsValues
from app.services.appointments.steps import deliver
from app.services.appointments.texts import finding_text

SERVICE = Service(
    key="appointments",
    title="Appointments",
    description="Clashes and free times in your calendars, appointments with reminders.",
    trade="health",
    icon="calendar-event",
    work_types=(
        WorkType(
            key="free_times",
            title="Free times",
            description="Calendars as .ics, one file for each doctor or room.",
            form=AppointmentsOrder,
            values=AppointmentsValues,
            checklist=(
                ChecklistTemplate(key="clashes", title="Clashes solved with the practice"),
                ChecklistTemplate(key="given", title="References entered, no names"),
            ),
            four_eyes=False,
            accepts=(".ics",),
            needs_document=True,
            automation=limited("app.services.appointments.steps:check"),
            deliver=deliver,
        ),
    ),
    promise=Promise(first_response_seconds=3600, resolution_seconds=2 * 3600),
    price_unit="appointment",
    price=Money(45, "EUR"),
    retention_class="letter",
    health_data=True,
    finding_text=finding_text,
    industries=frozenset({Industry.HEALTH}),
    samples=sample_orders,
)
