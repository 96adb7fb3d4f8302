"""The wage tax to the cent against two independent executions, contributions at the ceilings."""

import csv
import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from lxml import etree
from pypdf import PdfReader

from app.adapters import storage
from app.catalogue.steps import Deed, DeliveryInput, StepDocument, StepInput, StepResult
from app.documents import queries
from app.kernel.clock import now
from app.services.payroll.books import gather
from app.services.payroll.charts import chart_of
from app.services.payroll.contributions import NoRates, of_employee, rates_of
from app.services.payroll.expressions import BadChart, parsed
from app.services.payroll.flow_chart import FlowChart, read_chart
from app.services.payroll.manifest import SERVICE
from app.services.payroll.results import payroll_documents
from app.services.payroll.samples import STAFF, sample_orders
from app.services.payroll.schemas import (
    NO_ACCOUNT,
    NO_DAY,
    NOT_THE_PARTS,
    OUR_IBAN,
    PayrollValues,
)
from app.services.payroll.steps import check
from tests.conftest import REFERENCE_DATA

PAYROLL = REFERENCE_DATA / "payroll"
needs_data = pytest.mark.skipif(not PAYROLL.is_dir(), reason="the reference data is not here")
D = Decimal
IN = {
    "LZZ": "LZZ", "RE4": "RE4_cent", "STKL": "STKL", "KVZ": "KVZ", "PVZ": "PVZ", "PVS": "PVS",
    "ZKF": "ZKF", "R": "R", "SONSTB": "SONSTB_cent", "JRE4": "JRE4_cent",
}  # fmt: skip
OUT = ("LSTLZZ", "SOLZLZZ", "BK", "STS", "SOLZS")


@cache
def chart(year: int) -> FlowChart:
    return read_chart(file(year).read_bytes())


def file(year: int) -> Path:
    return PAYROLL / "bmf-pap" / f"Lohnsteuer{year}.xml"


@needs_data
def test_every_expected_row_to_the_cent() -> None:
    with (PAYROLL / "pap_expected.csv").open(newline="") as source:
        rows = list(csv.DictReader(source))
    assert len(rows) >= 400
    wrong = []
    for row in rows:
        told = chart(int(row["jahr"])).run({name: D(row[cell]) for name, cell in IN.items()})
        if any(told[name] != D(row[f"{name}_cent"]) for name in OUT):
            wrong.append(row)
    assert wrong == []


@needs_data
def test_the_ministrys_own_table() -> None:
    with (PAYROLL / "bmf_prueftabelle_2026_cells.csv").open(newline="") as source:
        rows = list(csv.DictReader(source))
    assert len(rows) >= 9
    for row in rows:
        given: dict[str, Decimal | int] = {
            "LZZ": 1,
            "RE4": D(row["jahresbrutto_eur"]) * 100,
            "STKL": D(row["stkl"]),
        }
        told = chart(2026).run(given | {"PVZ": D(row["PVZ"]), "KVZ": D(row["KVZ"])})
        assert told["LSTLZZ"] // 100 == D(row["lohnsteuer_jahr_eur"]), row


def kept(gross: str, **more: object) -> tuple[Decimal, ...]:
    values = {"saxony": False, "childless": False, "children": 1, "additional": D("2.9"), **more}
    one = of_employee(D(gross), year=2026, **values)  # type: ignore[arg-type]
    return one.health, one.care, one.pension, one.unemployment


def test_contributions_stop_at_the_ceilings() -> None:
    at, above = kept("8450.00"), kept("9000.00")
    assert at == above == (D("508.59"), D("104.63"), D("785.85"), D("109.85"))
    assert kept("5812.50")[:2] == kept("5812.51")[:2] == at[:2]
    assert kept("8449.00")[2] < at[2]


def test_saxony_splits_care_otherwise_and_children_lower_it() -> None:
    assert kept("3000.00", saxony=True)[1] == D("69.00")
    assert kept("3000.00")[1] == D("54.00")
    assert kept("3000.00", childless=True, children=0)[1] == D("72.00")
    assert kept("3000.00", children=3)[1] == D("39.00")
    assert kept("3000.00", children=9)[1] == kept("3000.00", children=5)[1] == D("24.00")


@needs_data
def test_the_rates_are_those_of_the_years_ordinance() -> None:
    with (PAYROLL / "sv_parameter_2026.csv").open(newline="", encoding="utf-8") as source:
        listed = {row["parameter"]: D(row["wert"]) for row in csv.DictReader(source)}
    rates = rates_of(2026)
    assert {
        "BBG_KV_PV_monat": rates.health_ceiling,
        "BBG_RV_AV_monat": rates.pension_ceiling,
        "KV_gesamt": rates.health,
        "PV_gesamt": rates.care,
        "PV_kinderlos_AN": rates.care_childless,
        "PV_abschlag_je_kind": rates.care_each_child,
        "RV_gesamt": rates.pension,
        "AV_gesamt": rates.unemployment,
        "Minijobgrenze_monat": rates.marginal,
        "Uebergangsbereich_bis": rates.transition,
    }.items() <= listed.items()


def test_a_year_without_a_table_is_not_guessed() -> None:
    with pytest.raises(NoRates):
        rates_of(2019)


@pytest.mark.parametrize(
    "expression",
    ["__import__", "a.exec(1)", "new File(1)", "1 +", "System.exit(0)", "a;b", "'x'"],
)
def test_the_language_of_charts_has_no_other_words(expression: str) -> None:
    with pytest.raises(BadChart):
        parsed(expression)({"a": D(1)})


@pytest.mark.parametrize(
    "content",
    [
        b"", b"<x/>", b"<PAP/>", b'<!DOCTYPE x [<!ENTITY e "e">]><PAP/>',
        b'<PAP><MAIN><SHELL run="x"/></MAIN></PAP>',
    ],
)  # fmt: skip
def test_what_is_no_chart_is_refused(content: bytes) -> None:
    with pytest.raises(BadChart):
        read_chart(content)


def test_a_chart_that_calls_itself_comes_to_an_end() -> None:
    itself = b'<EXECUTE method="M"/>'
    endless = b'<PAP><METHOD name="M">%b</METHOD><MAIN>%b</MAIN></PAP>' % (itself, itself)
    with pytest.raises(BadChart):
        read_chart(endless).run({})


def run(
    *files: tuple[str, bytes],
    month: str = "2026-11",
    books: Mapping[str, Any] | None = None,
    **order: str,
) -> StepResult:
    return check(
        StepInput(
            documents=tuple(
                StepDocument(id=uuid4(), name=name, media_type="", content=content)
                for name, content in files
            ),
            payload={"month": month, **order},
            books=books or {},
            client_name="Bäckerei Sommer GmbH",
            client_locale="de",
            today=date(2026, 11, 25),
        )
    )


def test_without_chart_list_or_rates_it_says_so() -> None:
    staff = sample_orders(date(2026, 11, 25))[0].files[0]
    told = {
        run(staff).findings[0].code,
        run(staff, ("x.xml", b"<PAP/>")).findings[0].code,
        run(staff, month="2019-01").findings[0].code,
    }
    assert told == {"PY-NO-CHART", "PY-CHART-UNKNOWN", "PY-NO-RATES"}


@needs_data
def test_the_kept_chart_is_used_for_every_order(tmp_path: Path) -> None:
    """The provider hands it in once; one of another year, or one that was changed, is not used."""
    where = storage.location()
    storage.configure(url="", folder=str(tmp_path))
    try:
        deed = Deed(
            item_id=uuid4(), number="S-1", at=now(), values={}, payload={"month": "2026-11"}
        )
        assert gather(deed) == {}
        for year in (2025, 2026):
            edition = chart_of(year)
            assert edition is not None
            key = f"official/{edition.sha256}"
            storage.put(queries.store(), key, file(year).read_bytes())
        books = gather(deed)
        assert gather(replace(deed, payload={"month": "2027-01"})) == {}
    finally:
        storage.configure(url=where[0], folder=where[1])
    staff = sample_orders(date(2026, 11, 25))[0].files[0]
    kept = run(staff, books=books)
    assert kept.values == run(staff, ("chart.xml", file(2026).read_bytes())).values
    assert [one.code for one in kept.findings] == ["PY-NO-ACCOUNT"]
    assert run(staff, month="2025-11", books=books).findings[0].code in {
        "PY-NO-CHART", "PY-NO-RATES",
    }  # fmt: skip


@needs_data
def test_net_and_deductions_are_the_gross_and_the_total_is_paid() -> None:
    official = ("chart.xml", file(2026).read_bytes())
    result = run(sample_orders(date(2026, 11, 25))[0].files[0], official)
    assert [one.code for one in result.findings] == ["PY-NO-ACCOUNT"]
    assert result.straight_through
    assert result.units == len(STAFF) - 2
    values = PayrollValues().dump(
        PayrollValues().load({key: read.value for key, read in result.values.items()})
    )
    pdf, payments, archive = payroll_documents(
        DeliveryInput(
            number="S-1", values=values, payload={}, documents=(), client_name="Sommer",
            client_locale="en",
        )
    )  # fmt: skip
    printed = PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    gross = sum(D(row["gross"]) for row in values["payslips"])
    assert {f"{gross:,}", f"{D(values['total']):,}", "2026"} <= set(printed.split())
    with zipfile.ZipFile(io.BytesIO(archive.content)) as slips:
        names = slips.namelist()
        first = PdfReader(io.BytesIO(slips.read(names[0]))).pages[0].extract_text()
    assert names == ["001-Marie-Keller.pdf", "002-Jonas-Brandt.pdf", "003-Ayla-Yilmaz.pdf"]
    marie = values["payslips"][0]
    for key in ("gross", "wage_tax", "health", "pension", "net"):
        assert f"{D(marie[key]):,}" in first, key
    paid = list(csv.reader(payments.content.decode("utf-8-sig").splitlines(), delimiter=";"))[1:]
    assert sum(D(row[2]) for row in paid) == D(values["total"])
    odd = "\r\n".join(
        (
            STAFF[0],
            "Mini;500;1;SH;2,9",
            "Zone;1500;1;SH;2,9",
            "X;9;7;SH;2,9",
            "Short;500",
            "Long;1;500;1;SH;2,9;x",
        )
    )
    codes = [one.code for one in run(("p.csv", odd.encode()), official).findings]
    assert codes[-3:] == ["PY-MARGINAL", "PY-TRANSITION", "PY-NO-ACCOUNT"]
    assert {one.partition("-")[0] for one in codes[:-3]} == {"TABLE"}
    assert SERVICE.work_type("control_run").four_eyes


@needs_data
def test_the_other_wages_tell_what_a_point_parts() -> None:
    official = ("chart.xml", file(2026).read_bytes())
    rows = f"{STAFF[0]}\nA;3.500;1;SH;2,9\nB;4.120,50;1;SH;2,9\n"
    result = run(("p.csv", rows.encode()), official)
    assert [one["gross"] for one in result.values["payslips"].value] == ["3500.00", "4120.50"]
    alone = run(("p.csv", f"{STAFF[0]}\nA;3.500;1;SH;3\n".encode()), official)
    told = {(one.code, one.place) for one in alone.findings}
    assert ("TABLE-OPEN", "p.csv:2 Brutto") in told
    assert alone.values["payslips"].value == []


ACCOUNT = {"iban": "DE89370400440532013000", "account_holder": "Bäckerei Sommer GmbH"}


@needs_data
def test_the_banks_file_pays_the_payslips_total() -> None:
    official = ("chart.xml", file(2026).read_bytes())
    result = run(sample_orders(date(2026, 11, 25))[0].files[0], official, **ACCOUNT)
    assert result.findings == ()
    values = PayrollValues().dump(
        PayrollValues().load({key: read.value for key, read in result.values.items()})
    )
    assert values["execution_date"] == "2026-11-30"
    *_, bank = payroll_documents(
        DeliveryInput(
            number="S-1", values=values, payload={}, documents=(), client_name="Sommer",
            client_locale="de",
        )
    )  # fmt: skip
    assert bank.name == "S-1-pain.001.001.09.xml"
    found = etree.fromstring(bank.content)
    space = {"p": found.nsmap[None]}
    assert found.findtext(".//p:GrpHdr/p:CtrlSum", namespaces=space) == values["total"]
    amounts = [D(str(one.text)) for one in found.iterfind(".//p:InstdAmt", space)]
    assert sum(amounts) == D(values["total"])
    assert len(amounts) == len(values["payslips"])
    assert found.findtext(".//p:CtgyPurp/p:Cd", namespaces=space) == "SALA"
    assert found.findtext(".//p:Dbtr/p:Nm", namespaces=space) == "Baeckerei Sommer GmbH"


@needs_data
def test_nobody_goes_unpaid_unseen() -> None:
    official = ("chart.xml", file(2026).read_bytes())
    wrong = "\r\n".join(STAFF).replace("DE89370400440532013000", "DE88370400440532013000")
    result = run(("p.csv", wrong.encode("cp1252")), official, **ACCOUNT)
    assert [one.code for one in result.findings] == ["PY-IBAN"]
    values = {key: read.value for key, read in result.values.items()}
    assert PayrollValues().validate(values) == {"payslips": [NO_ACCOUNT]}
    sunday = {**values, "execution_date": "2026-11-29"}
    assert PayrollValues().validate(sunday) == {"execution_date": [NO_DAY]}
    assert PayrollValues().validate({**values, "iban": "DE1"}) == {"iban": [OUR_IBAN]}
    rows = [{**row, "health": "1.00"} for row in values["payslips"]]
    assert PayrollValues().validate({**values, "payslips": rows})["payslips"][-1] == NOT_THE_PARTS
    assert "PY-OUR-IBAN" in {
        one.code for one in run(("p.csv", wrong.encode("cp1252")), official, iban="X").findings
    }
