"""What the service tells Kontor about itself."""

from app.catalogue.limited import limited
from app.catalogue.service import ChecklistTemplate, Industry, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.shipments.samples import sample_orders
from app.services.shipments.schemas import ShipmentsOrder, ShipmentsValues
from app.services.shipments.steps import deliver
from app.services.shipments.texts import finding_text

SERVICE = Service(
    key="shipments",
    title="Shipment tracking",
    description="Where every parcel and pallet is, and which of them need somebody.",
    trade="logistics",
    icon="timeline",
    work_types=(
        WorkType(
            key="tracking",
            title="Shipments of a day",
            description="DESADV, IFTSTA, EPCIS or a list: a status for each unit, exceptions told.",
            form=ShipmentsOrder,
            values=ShipmentsValues,
            checklist=(
                ChecklistTemplate(key="files", title="Reports of all carriers are there"),
                ChecklistTemplate(key="asked", title="Carriers asked about every exception"),
                ChecklistTemplate(key="told", title="Receivers told of delays", mandatory=False),
            ),
            four_eyes=False,
            accepts=(".edi", ".txt", ".json", ".jsonld", ".xml", ".csv", ".xlsx"),
            needs_document=True,
            automation=limited("app.services.shipments.steps:check"),
            deliver=deliver,
        ),
    ),
    promise=Promise(first_response_seconds=2 * 3600, resolution_seconds=4 * 3600),
    price_unit="shipment",
    price=Money(45, "EUR"),
    retention_class="letter",
    finding_text=finding_text,
    industries=frozenset({Industry.LOGISTICS, Industry.RETAIL}),
    samples=sample_orders,
)
