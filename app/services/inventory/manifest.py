"""What the service tells Kontor about itself."""

from app.catalogue.limited import limited
from app.catalogue.service import ChecklistTemplate, Industry, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.inventory.samples import sample_orders
from app.services.inventory.schemas import InventoryOrder, InventoryValues
from app.services.inventory.steps import deliver
from app.services.inventory.texts import finding_text

SERVICE = Service(
    key="inventory",
    title="Inventory and orders",
    description="What will be needed, when to reorder, how much: an order proposal for your stock.",
    trade="logistics",
    icon="package",
    work_types=(
        WorkType(
            key="order_proposal",
            title="Order proposal",
            description="A table (CSV, XLSX): articles with demand by month or week, or movements.",
            form=InventoryOrder,
            values=InventoryValues,
            checklist=(
                ChecklistTemplate(
                    key="history", title="History complete, actions and returns known"
                ),
                ChecklistTemplate(key="dead", title="Items without demand told the client"),
                ChecklistTemplate(key="orders", title="Quantities and values plausible"),
            ),
            four_eyes=True,
            accepts=(".csv", ".xlsx", ".txt"),
            needs_document=True,
            automation=limited("app.services.inventory.steps:check"),
            deliver=deliver,
        ),
    ),
    promise=Promise(first_response_seconds=4 * 3600, resolution_business_days=2),
    price_unit="article and month",
    price=Money(15, "EUR"),
    retention_class="letter",
    finding_text=finding_text,
    industries=frozenset({Industry.RETAIL, Industry.LOGISTICS}),
    samples=sample_orders,
)
