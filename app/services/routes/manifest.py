"""What the service tells Kontor about itself."""

from app.catalogue.limited import limited
from app.catalogue.service import ChecklistTemplate, Industry, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.routes.results import deliver
from app.services.routes.samples import sample_orders
from app.services.routes.schemas import RouteOrder, RouteValues
from app.services.routes.texts import finding_text

SERVICE = Service(
    key="routes",
    title="Route planning",
    description="Stops with windows and loads become tours: plan, tour sheets, calendar, picture.",
    trade="logistics",
    icon="map-pin",
    work_types=(
        WorkType(
            key="tours",
            title="Tours of a day",
            description="Stops as CSV or XLSX: name, latitude, longitude, load, from, to, minutes.",
            form=RouteOrder,
            values=RouteValues,
            checklist=(
                ChecklistTemplate(key="left", title="Stops without a tour told the client"),
                ChecklistTemplate(key="drivers", title="Drivers and vehicles assigned"),
                ChecklistTemplate(key="limits", title="Breaks and driving times kept"),
            ),
            four_eyes=False,
            accepts=(".csv", ".xlsx"),
            needs_document=True,
            automation=limited("app.services.routes.steps:check"),
            deliver=deliver,
        ),
    ),
    promise=Promise(first_response_seconds=1800, resolution_seconds=2 * 3600),
    price_unit="stop",
    price=Money(35, "EUR"),
    skills=frozenset({"dispatch"}),
    retention_class="letter",
    finding_text=finding_text,
    industries=frozenset({Industry.LOGISTICS, Industry.RETAIL}),
    samples=sample_orders,
)
