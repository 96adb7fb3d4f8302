"""Every public reference invoice: read completely and to the cent, the bad ones with a reason."""

import time
from decimal import Decimal
from pathlib import Path

import pytest

from app.services.accounts_payable.findings import Severity
from app.services.accounts_payable.reading import read_file
from tests.app.services.accounts_payable.reference import (
    EINVOICE,
    all_findings,
    amount,
    expected_rows,
    files,
    name,
    needs_reference,
    serious,
)

pytestmark = needs_reference

READABLE = [row for row in expected_rows() if row["invoice_id"]]
UNREADABLE = [row for row in expected_rows() if not row["invoice_id"]]
NO_TAX_TOTAL = Decimal(0)


@pytest.mark.parametrize("row", READABLE, ids=lambda row: row["file"])
def test_id_net_tax_gross_and_due_equal_the_expected_totals(row: dict[str, str]) -> None:
    invoice = read_file((EINVOICE / row["file"]).read_bytes(), row["file"]).invoice
    assert invoice is not None
    totals = invoice.totals
    assert invoice.id == row["invoice_id"]
    assert len([line for line in invoice.lines if line.counts]) == int(row["lines"])
    assert totals.line_sum == amount(row["line_total"])
    assert totals.net == amount(row["net"])
    # an invoice without VAT may leave its total out: the table then says 0
    assert (totals.tax if totals.tax is not None else NO_TAX_TOTAL) == amount(row["tax"])
    assert totals.gross == amount(row["gross"])
    assert totals.payable == amount(row["due"])


@pytest.mark.parametrize("row", UNREADABLE, ids=lambda row: row["file"])
def test_what_is_no_invoice_says_so(row: dict[str, str]) -> None:
    reading = read_file((EINVOICE / row["file"]).read_bytes(), row["file"])
    assert reading.invoice is None
    assert serious(list(reading.findings))


def test_the_table_was_there() -> None:
    assert len(READABLE) == 133
    assert len(UNREADABLE) == 3


@pytest.mark.parametrize("path", files("xrechnung-testsuite"), ids=name)
def test_a_valid_xrechnung_has_no_error(path: Path) -> None:
    errors = [one for one in all_findings(path.read_bytes()) if one.severity is Severity.ERROR]
    assert errors == []


@pytest.mark.parametrize(
    "path",
    [path for path in files("zugferd-corpus", suffix=".pdf") if path.parent.name != "unstructured"],
    ids=name,
)
def test_every_hybrid_pdf_yields_its_xml(path: Path) -> None:
    reading = read_file(path.read_bytes(), path.name)
    assert reading.invoice is not None
    assert reading.invoice.id
    assert reading.xml_name.lower().endswith(".xml")


@pytest.mark.parametrize(
    "path",
    [path for path in files("zugferd-corpus") if "fail" in path.parts or "not_" in path.name],
    ids=name,
)
def test_every_file_meant_to_be_wrong_gives_a_reason(path: Path) -> None:
    assert serious(all_findings(path.read_bytes(), path.name))


@pytest.mark.parametrize(
    "row", [row for row in READABLE if row["arithmetic_breaks"]], ids=lambda row: row["file"]
)
def test_the_known_arithmetic_breaks_are_found(row: dict[str, str]) -> None:
    found = {one.code for one in all_findings((EINVOICE / row["file"]).read_bytes())}
    assert {f"BR-{one}" for one in row["arithmetic_breaks"].split()} <= found


def test_every_file_of_the_rule_tests_is_read_without_an_exception() -> None:
    paths = files("xrechnung-rule-tests", "en16931-rule-tests", "en16931-examples")
    assert len(paths) > 300
    for path in paths:
        all_findings(path.read_bytes(), path.name)


def test_reading_and_checking_takes_milliseconds() -> None:
    paths = files("xrechnung-testsuite", "zugferd-corpus")
    started = time.perf_counter()
    for path in paths:
        all_findings(path.read_bytes(), path.name)
    assert (time.perf_counter() - started) / len(paths) < 0.25  # seconds; 4 ms when idle
