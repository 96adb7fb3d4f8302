"""What the folder of a new service begins with: a whole service that adds up a list."""

from collections.abc import Sequence
from pathlib import Path
from string import Template

INIT = '"""$title."""\n'
MANIFEST = '''"""What the service tells Kontor about itself."""

from app.catalogue.limited import limited
from app.catalogue.service import ChecklistTemplate, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.$key.rules import finding_text
from app.services.$key.samples import sample_orders
from app.services.$key.schemas import Order, Values
from app.services.$key.steps import deliver

SERVICE = Service(
    key="$key",
    title="$title",
    description="$title: what a client reads before ordering.",
    trade="$trade",
    icon="briefcase",
    work_types=(
        WorkType(
            key="order",
            title="$title",
            description="$title: what has to be handed in.",
            form=Order,
            values=Values,
            checklist=(
                ChecklistTemplate(key="complete", title="Complete and readable"),
                ChecklistTemplate(key="checked", title="Values checked against the source"),
            ),
            four_eyes=True,
            accepts=(".csv", ".xlsx"),
            needs_document=True,
            automation=limited("app.services.$key.steps:check"),
            deliver=deliver,
        ),
    ),
    promise=Promise(first_response_seconds=4 * 3600, resolution_business_days=2),
    price_unit="order",
    price=Money(1000, "EUR"),
    finding_text=finding_text,
    samples=sample_orders,
)
'''
SCHEMAS = '''"""The order form, and the values a clerk checks."""

from marshmallow import Schema, fields, validate


class Order(Schema):
    """What the client tells us."""

    subject = fields.String(
        required=True, validate=validate.Length(min=1, max=200), metadata={"label": "Subject"}
    )


class Values(Schema):
    """What comes of it."""

    entries = fields.Integer(
        required=True, validate=validate.Range(min=0), metadata={"label": "Entries"}
    )
    total = fields.Decimal(
        required=True, places=2, as_string=True, metadata={"label": "Total", "widget": "amount"}
    )
'''
RULES = '''"""The service's own logic: values in, values out."""

from collections.abc import Iterable
from decimal import Decimal

from app.catalogue.finding_texts import finding_texts
from app.catalogue.rows import Column
from app.kernel.text import Text

COLUMNS = (
    Column(key="name", names=("Name", "Bezeichnung"), required=True),
    Column(key="amount", names=("Betrag", "Amount"), kind="amount", required=True),
)
"""Found by their headings, in any order; the first name is the one that findings use."""
NEGATIVE = "$key.negative"
finding_text = finding_texts({NEGATIVE: Text("The amount in line %(line)s is below zero.")})
"""The sentences of findings; those of reading tables and files come along."""


def total(amounts: Iterable[Decimal]) -> Decimal:
    """What they come to, to the cent."""
    return sum(amounts, Decimal(0)).quantize(Decimal("0.01"))
'''
STEPS = '''"""What a computer does for it: reads the files, makes the result."""

import json
from collections.abc import Sequence

from app.catalogue.rows import read_table
from app.catalogue.steps import (
    DeliveryInput,
    ProposedValue,
    ResultDocument,
    Severity,
    StepFinding,
    StepInput,
    StepResult,
)
from app.services.$key.rules import COLUMNS, NEGATIVE, total


def check(given: StepInput) -> StepResult:
    """Never raises for a bad file: that is a finding. May run twice."""
    tables = [read_table(document, COLUMNS) for document in given.documents]
    findings = [one for table in tables for one in table.findings]
    findings += [
        table.finding(NEGATIVE, Severity.WARNING, row.line, "amount")
        for table in tables
        for row in table.rows
        if row["amount"] < 0
    ]
    if not tables:
        findings.append(StepFinding(code="FILE-MISSING", severity=Severity.ERROR))
    amounts = [row["amount"] for table in tables for row in table.rows]
    values = {
        "entries": ProposedValue(value=len(amounts)),
        "total": ProposedValue(value=str(total(amounts))),
    }
    return StepResult(
        values=values if amounts else {},
        findings=tuple(findings),
        straight_through=not findings,
    )


def deliver(given: DeliveryInput) -> Sequence[ResultDocument]:
    """The result as a file, made from the approved values."""
    content = json.dumps(dict(given.values), ensure_ascii=False, indent=2).encode()
    return [
        ResultDocument(name=f"{given.number}.json", media_type="application/json", content=content)
    ]
'''
SAMPLES = '''"""Work that the demo shows of it."""

from collections.abc import Sequence
from datetime import date

from app.catalogue.samples import SampleOrder

LIST = b"Name;Betrag\\r\\nErste;12,50\\r\\nZweite;7,30\\r\\n"


def sample_orders(today: date) -> Sequence[SampleOrder]:
    """Orders as they may have come in lately."""
    return [
        SampleOrder(
            type_key="order",
            payload={"subject": f"$title {today.year}"},
            files=(("list.csv", LIST),),
        )
    ]
'''
TEST = '''"""The service $key: its rules, what it makes of a file, and what it hands over."""

import json
from datetime import date
from uuid import uuid4

import pytest

from app.catalogue.steps import DeliveryInput, StepDocument, StepInput
from app.kernel.sandbox import files_of_our_own
from app.services.$key.manifest import SERVICE
from app.services.$key.rules import NEGATIVE
from app.services.$key.samples import LIST
from app.services.$key.steps import check


def given(content: bytes) -> StepInput:
    document = StepDocument(id=uuid4(), name="list.csv", media_type="text/csv", content=content)
    return StepInput(
        documents=(document,), payload={}, client_name="", client_locale="de",
        today=date(2026, 1, 2),
    )  # fmt: skip


def test_a_list_is_added_up() -> None:
    result = check(given(LIST))
    assert result.values["entries"].value == 2
    assert result.values["total"].value == "19.80"
    assert result.straight_through


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"Name;Betrag\\nErste;-1,00\\n", NEGATIVE),
        (b"Name;Betrag\\nErste;much\\n", "TABLE-CELL-AMOUNT"),
        (b"Foo;Bar\\n1;2\\n", "TABLE-COLUMN"),
        (b"PK\\x03\\x04half", "TABLE-UNREADABLE"),
    ],
)
def test_a_bad_file_is_a_finding_with_a_sentence(content: bytes, code: str) -> None:
    result = check(given(content))
    assert code in {finding.code for finding in result.findings}
    assert not result.straight_through
    assert SERVICE.finding_text is not None
    assert code not in str(SERVICE.finding_text(code, {}))


def test_the_worker_finds_the_check_and_the_result_is_handed_over() -> None:
    work_type = SERVICE.work_type("order")
    assert work_type.automation is not None
    assert work_type.deliver is not None
    with files_of_our_own():
        read = work_type.automation(given(LIST))
    values = {key: one.value for key, one in read.values.items()}
    (made,) = work_type.deliver(
        DeliveryInput(
            number="A-1", values=values, payload={}, documents=(), client_name="",
            client_locale="de",
        )
    )  # fmt: skip
    assert json.loads(made.content) == {"entries": 2, "total": "19.80"}


def test_its_samples_can_be_ordered() -> None:
    assert SERVICE.samples is not None
    for sample in SERVICE.samples(date(2026, 1, 2)):
        assert SERVICE.work_type(sample.type_key).form().validate(dict(sample.payload)) == {}
'''


def lay_out(root: Path, *, key: str, title: str, trade: str) -> Sequence[Path]:
    """Write the folder and its tests; the files made, none where the folder is there already."""
    folder, tests = root / "app/services" / key, root / "tests/app/services" / key
    if folder.exists():
        return []
    files = {
        folder / "__init__.py": INIT,
        folder / "manifest.py": MANIFEST,
        folder / "schemas.py": SCHEMAS,
        folder / "rules.py": RULES,
        folder / "steps.py": STEPS,
        folder / "samples" / "__init__.py": SAMPLES,
        tests / f"test_{key}.py": TEST,
    }
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        text = Template(content).substitute(key=key, title=title, trade=trade)
        path.write_text(text, encoding="utf-8")
    return list(files)
