"""The sample files are what their maker writes, and each fault is found exactly."""

from datetime import date
from pathlib import Path

import pytest

from app.services.accounts_payable.reading import read_file
from app.services.accounts_payable.rules import Context, check
from app.services.accounts_payable.samples import contents, make, names, sample

TODAY = date(2026, 11, 21)
CLIENTS = {
    "logistics": "Alpha Logistik KG",
    "bakery": "Bäckerei Sommer GmbH",
    "practice": "Praxis Dr. Wolf",
    "shop": "Nordlicht GmbH",
}
FAULTS = {
    "shop-flyers-cent-too-much.xml": {"BR-CO-15"},
    "shop-flyers-truncated.xml": {"AP-XML-CUT"},
    "shop-flyers-other-addressee.xml": {"AP-OTHER-ADDRESSEE"},
    "practice-gloves-wrong-iban.xml": {"AP-IBAN"},
    "practice-gloves-paper.pdf": {"AP-PDF-WITHOUT-XML"},
    "logistics-diesel-wrong-vat-id.xml": {"AP-VAT-ID"},
    "practice-software.xml": {"AP-OVERDUE"},
}


def test_the_files_are_what_the_maker_writes(tmp_path: Path) -> None:
    make.main(tmp_path)
    assert {one.name for one in tmp_path.iterdir()} == set(names())
    for name in names():
        assert (tmp_path / name).read_bytes() == sample(name), name


@pytest.mark.parametrize("name", names())
def test_a_sample_has_its_fault_and_no_other(name: str) -> None:
    reading = read_file(sample(name), name)
    findings = {one.code for one in reading.findings}
    if reading.invoice is not None:
        client = CLIENTS[name.partition("-")[0]]
        context = Context(today=TODAY, client_names=(client,))
        findings |= {one.code for one in check(reading.invoice, context=context)}
    assert findings == FAULTS.get(name, set())


def test_the_sums_are_those_of_the_specification() -> None:
    for name, specification in (
        ("logistics-freight.xml", contents.FREIGHT),
        ("logistics-tyres.pdf", contents.TYRE_SET),
        ("bakery-flour.xml", contents.FLOUR),
    ):
        invoice = read_file(sample(name)).invoice
        assert invoice is not None
        totals = invoice.totals
        assert (totals.net, totals.tax, totals.gross) == (
            specification.net,
            specification.tax,
            specification.gross,
        )
