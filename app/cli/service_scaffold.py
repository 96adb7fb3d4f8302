"""What the folder of a new service begins with: a whole service that counts words."""

from collections.abc import Sequence
from pathlib import Path
from string import Template

INIT = '"""$title."""\n'
MANIFEST = '''"""What the service tells Kontor about itself."""

from app.catalogue.service import ChecklistTemplate, Promise, Service, WorkType
from app.kernel.money import Money
from app.services.$key.rules import finding_text
from app.services.$key.samples import sample_orders
from app.services.$key.schemas import Order, Values
from app.services.$key.steps import check, deliver

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
            accepts=(".txt", ".pdf"),
            automation=check,
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

    words = fields.Integer(
        required=True, validate=validate.Range(min=0), metadata={"label": "Words"}
    )
'''
RULES = '''"""The service's own logic: values in, values out."""

from collections.abc import Mapping

from app.kernel.text import Text

EMPTY = "$key.empty"


def count_words(text: str) -> int:
    """Words between white space."""
    return len(text.split())


def finding_text(code: str, params: Mapping[str, object]) -> Text:
    """The sentence of a finding."""
    if code == EMPTY:
        return Text("%(name)s has no word in it.", name=str(params.get("name", "")))
    return Text(code)
'''
STEPS = '''"""What a computer does for it: reads the files, makes the result."""

import json
from collections.abc import Sequence

from app.catalogue.steps import (
    DeliveryInput,
    ProposedValue,
    ResultDocument,
    Severity,
    StepFinding,
    StepInput,
    StepResult,
)
from app.services.$key.rules import EMPTY, count_words


def check(given: StepInput) -> StepResult:
    """Never raises for a bad file: that is a finding. May run twice."""
    counts = {
        document.name: count_words(document.content.decode("utf-8", "replace"))
        for document in given.documents
    }
    findings = tuple(
        StepFinding(code=EMPTY, severity=Severity.WARNING, place=name, params={"name": name})
        for name, words in counts.items()
        if not words
    )
    return StepResult(
        values={"words": ProposedValue(value=sum(counts.values()))},
        findings=findings,
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


def sample_orders(today: date) -> Sequence[SampleOrder]:
    """Orders as they may have come in lately."""
    return [
        SampleOrder(
            type_key="order",
            payload={"subject": f"$title {today.year}"},
            files=(("notes.txt", b"Four words are here."),),
        )
    ]
'''
TEST = '''"""The service $key: its rules, and what it makes of a file."""

from datetime import date
from uuid import uuid4

from app.catalogue.steps import StepDocument, StepInput
from app.services.$key.manifest import SERVICE
from app.services.$key.rules import EMPTY, count_words
from app.services.$key.steps import check


def given(content: bytes) -> StepInput:
    document = StepDocument(
        id=uuid4(), name="notes.txt", media_type="text/plain", content=content
    )
    return StepInput(
        documents=(document,), payload={}, client_name="", client_locale="de",
        today=date(2026, 1, 2),
    )  # fmt: skip


def test_words_are_counted() -> None:
    assert count_words("one  two\\nthree") == 3
    assert check(given(b"one two")).values["words"].value == 2


def test_an_empty_file_is_a_finding() -> None:
    result = check(given(b" "))
    assert [finding.code for finding in result.findings] == [EMPTY]
    assert not result.straight_through


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
