"""What the service tells Kontor about itself."""

from app.catalogue.limited import limited
from app.catalogue.service import ChecklistTemplate, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.data_processing.samples import sample_orders
from app.services.data_processing.schemas import TableOrder, TableValues
from app.services.data_processing.texts import finding_text

SERVICE = Service(
    key="data_processing",
    title="Data processing",
    description="Your tables, checked cell by cell: a clean file, the faulty rows, duplicates.",
    trade="data",
    icon="database",
    work_types=(
        WorkType(
            key="table",
            title="Clean a table",
            description="CSV in any dialect, XLSX, XLS or ODS: one work item for each file.",
            form=TableOrder,
            values=TableValues,
            checklist=(
                ChecklistTemplate(key="aside", title="Rows set aside looked at"),
                ChecklistTemplate(key="duplicates", title="Duplicates looked at"),
                ChecklistTemplate(key="sample", title="A sample compared with the source"),
            ),
            four_eyes=False,
            accepts=(".csv", ".txt", ".xlsx", ".xls", ".ods"),
            needs_document=True,
            one_item_per_document=True,
            automation=limited("app.services.data_processing.steps:check"),
        ),
    ),
    promise=Promise(first_response_seconds=4 * 3600, resolution_business_days=1),
    price_unit="1,000 rows",
    price=Money(350, "EUR"),
    retention_class="letter",
    finding_text=finding_text,
    samples=sample_orders,
)
