"""The step as a job runs it: real child processes with real limits."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from app.catalogue.service import Service
from app.catalogue.steps import Severity, StepDocument, StepInput, StepResult
from app.kernel.sandbox import Failure, Outcome
from app.services.accounts_payable import steps
from app.services.accounts_payable.manifest import SERVICE
from app.services.accounts_payable.reader_process import read_document, request
from app.services.accounts_payable.samples import sample


def document(name: str, content: bytes | None = None) -> StepDocument:
    body = sample(name) if content is None else content
    return StepDocument(id=uuid4(), name=name, media_type="application/xml", content=body)


def run(*documents: StepDocument, client: str = "Nordlicht GmbH", **more: Any) -> StepResult:
    return steps.read_invoice(
        StepInput(
            documents=documents,
            payload=more.get("payload", {"cost_centre": "400", "chart": "SKR04"}),
            client_name=client,
            client_locale="de",
            today=date(2026, 11, 21),
            known_fingerprints=more.get("known", {}),
        )
    )


def codes(result: StepResult) -> list[str]:
    return [one.code for one in result.findings]


def test_a_good_invoice_goes_straight_through() -> None:
    result = run(document("shop-flyers.xml"))
    assert result.straight_through
    assert result.findings == ()
    assert result.title == "Druckerei Elbe OHG · DE-26-2019"
    assert result.values["gross"].value == "386.75"
    assert result.values["chart"].value == "SKR04"
    assert result.values["cost_centre"].value == "400"
    assert result.values["due_date"].place.startswith("BT-9 ")


def test_a_hybrid_pdf_is_read() -> None:
    result = run(document("bakery-boxes.pdf"), client="Bäckerei Sommer")
    assert result.straight_through
    assert result.values["invoice_number"].value == "PN26-3390"


def test_the_same_invoice_again_in_other_bytes_names_the_first_item() -> None:
    first = run(document("bakery-flour.xml"), client="Bäckerei Sommer GmbH")
    known = dict.fromkeys(first.fingerprints, "BAEK-1007")
    again = run(document("bakery-flour-again.xml"), client="Bäckerei Sommer GmbH", known=known)
    assert codes(again) == ["AP-DUPLICATE"]
    assert again.findings[0].params["reference"] == "BAEK-1007"
    assert not again.straight_through
    assert again.values["gross"].value == "1319.31"


def test_a_scan_handed_in_twice_is_known_by_its_bytes() -> None:
    first = run(document("practice-gloves-paper.pdf"), client="Praxis Dr. Wolf")
    assert codes(first) == ["AP-PDF-WITHOUT-XML"]
    assert first.values == {}
    known = dict.fromkeys(first.fingerprints, "PRAX-3")
    again = run(document("practice-gloves-paper.pdf"), client="Praxis Dr. Wolf", known=known)
    assert codes(again) == ["AP-SAME-FILE", "AP-PDF-WITHOUT-XML"]


def test_a_delivery_note_beside_the_invoice_is_no_finding() -> None:
    result = run(document("practice-gloves-paper.pdf"), document("shop-flyers.xml"))
    assert result.straight_through


def test_two_invoices_in_one_order_are_told() -> None:
    result = run(document("shop-flyers.xml"), document("shop-flyers-other-addressee.xml"))
    assert codes(result)[:1] == ["AP-SEVERAL-INVOICES"]
    assert result.values["invoice_number"].value == "DE-26-2019"


def test_no_file_at_all() -> None:
    assert codes(run()) == ["AP-NO-DOCUMENT"]


def test_a_broken_file_ends_as_a_finding_on_its_document() -> None:
    broken = document("shop-flyers-truncated.xml")
    result = run(broken)
    assert codes(result) == ["AP-XML-CUT"]
    assert result.findings[0].severity is Severity.ERROR
    assert result.findings[0].document_id == broken.id


def test_a_hundred_faults_at_most() -> None:
    content = sample("shop-flyers.xml")
    line_start = content.index(b"<cac:InvoiceLine>")
    line_end = content.index(b"</cac:InvoiceLine>") + len(b"</cac:InvoiceLine>")
    lines = content[line_start:line_end].replace(b">C62<", b"><").replace(b"0.0390", b"9.99") * 200
    result = run(document("many.xml", content[:line_start] + lines + b"</Invoice>"))
    assert len(result.findings) == steps.MAX_FINDINGS
    assert result.findings[0].severity is Severity.ERROR


@pytest.mark.parametrize(
    ("limit", "value", "code"),
    [("SECONDS", 0.05, "AP-READER-TIME"), ("MEGABYTES", 20, "AP-READER-")],
)
def test_a_reader_out_of_time_or_memory_ends_as_a_finding(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: float, code: str
) -> None:
    monkeypatch.setattr(steps, limit, value)
    result = run(document("shop-flyers.xml"))
    assert result.values == {}
    assert codes(result)[0].startswith(code)
    assert result.fingerprints[0].startswith("file:")


@pytest.mark.parametrize("output", [b"", b"{", b"[]", b'{"findings": [{}]}', b'{"findings": 7}'])
def test_nonsense_from_the_child_is_a_finding(
    monkeypatch: pytest.MonkeyPatch, output: bytes
) -> None:
    monkeypatch.setattr(steps, "run_limited", lambda *_, **__: Outcome(output=output))
    assert codes(run(document("shop-flyers.xml"))) == ["AP-READER-CRASH"]


def test_every_failure_has_a_finding() -> None:
    assert set(steps.FAILURES) == set(Failure)


def test_a_wrong_chart_falls_back() -> None:
    result = run(document("shop-flyers.xml"), payload={"chart": "SKR99"})
    assert result.values["chart"].value == "SKR03"


def test_the_child_answers_json() -> None:
    order = {
        "today": "2026-11-21",
        "client_name": "X",
        "cost_centre": "",
        "order_number": "",
        "chart": "SKR03",
    }
    answer = read_document(request(b"no file\nat all", filename="x", order=order))
    assert b"AP-NOT-AN-INVOICE-FILE" in answer


def test_the_manifest_is_whole() -> None:
    assert isinstance(SERVICE, Service)
    work_type = SERVICE.work_type("supplier_invoice")
    assert work_type.automation is steps.read_invoice
    assert work_type.four_eyes
    assert len({one.key for one in work_type.checklist}) == len(work_type.checklist)
