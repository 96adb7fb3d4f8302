"""Payment runs: what a bank would refuse is refused here, and the file says what was approved."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from lxml import etree
from sepaxml import SepaTransfer

from app.books import ibans
from app.books.characters import transliterated
from app.books.pain import DEBIT, TRANSFER, debit_file, schema_faults, transfer_file
from app.catalogue.steps import DeliveryInput, Severity, StepDocument, StepInput, StepResult
from app.kernel.law_dates import is_target_day
from app.services.payments import rules, samples
from app.services.payments.due import due_rows, open_item_of, reference_of
from app.services.payments.manifest import SERVICE
from app.services.payments.results import transfer_documents
from app.services.payments.schemas import DebitRun, TransferRun
from app.services.payments.steps import check_debits, check_transfers
from app.services.payments.texts import TEXTS, finding_text
from tests.conftest import REFERENCE_DATA, ROOT

TODAY = date(2026, 11, 25)
AT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
NS = {
    "p": f"urn:iso:std:iso:20022:tech:xsd:{TRANSFER}",
    "d": f"urn:iso:std:iso:20022:tech:xsd:{DEBIT}",
}


def given(text: str, *, encoding: str = "utf-8", **more: Any) -> StepInput:
    payload = {**samples.ACCOUNT, "from_books": False, **more.pop("payload", {})}
    return StepInput(
        documents=(
            StepDocument(
                id=uuid4(), name="liste.csv", media_type="text/csv", content=text.encode(encoding)
            ),
        ),
        payload=payload,
        client_name="Beispiel GmbH",
        client_locale="de",
        today=TODAY,
        **more,
    )


def values(result: StepResult) -> dict[str, Any]:
    return {key: one.value for key, one in result.values.items()}


def errors(result: StepResult) -> dict[str, str]:
    return {one.code: one.place for one in result.findings if one.severity is Severity.ERROR}


def good_run(**change: Any) -> dict[str, Any]:
    run = values(check_transfers(given(samples.GOOD)))
    first = {**run["payments"][0], **change.pop("first", {})}
    run["payments"] = [first, *run["payments"][1:]]
    run["total"] = f"{rules.total(run['payments']):.2f}"
    return {**run, **change}


def test_a_list_becomes_a_run_and_a_file_that_the_schema_takes() -> None:
    result = check_transfers(given(samples.GOOD, encoding="cp1252"))
    assert errors(result) == {}
    assert result.straight_through
    run = values(result)
    assert (run["count"], run["total"], run["execution_date"]) == (4, "4936.40", "2026-11-25")
    assert result.units == 5
    loaded = TransferRun().load(run)
    dumped = TransferRun().dump(loaded)
    content = transfer_file(dumped, dumped["payments"], number="ACME-7", at=AT)
    document = etree.fromstring(content)
    assert schema_faults(document, TRANSFER) == []
    sums = [Decimal(one.text) for one in document.iterfind(".//p:InstdAmt", NS)]
    assert sum(sums) == Decimal("4936.40")
    assert {one.text for one in document.iterfind(".//p:CtrlSum", NS)} == {"4936.40"}
    assert {one.text for one in document.iterfind(".//p:NbOfTxs", NS)} == {"4"}
    assert "Mueller + Soehne KG" in content.decode()
    assert document.findtext(".//p:DbtrAgt//p:Id", namespaces=NS) == "NOTPROVIDED"
    assert document.findtext(".//p:TwnNm", namespaces=NS) == "Hamburg"


def test_another_writer_says_the_same() -> None:
    """The values of sepaxml's file, which was written by somebody else."""
    run = good_run()
    other = SepaTransfer(
        {"name": run["account_holder"], "IBAN": run["iban"], "batch": True, "currency": "EUR"},
        schema=TRANSFER,
        clean=False,
    )
    for row in run["payments"]:
        other.add_payment(
            {
                "name": row["name"],
                "IBAN": row["iban"],
                "amount": int(Decimal(row["amount"]) * 100),
                "execution_date": date.fromisoformat(run["execution_date"]),
                "description": row["purpose"],
                "endtoend_id": row["end_to_end_id"],
            }
        )
    ours = etree.fromstring(transfer_file(run, run["payments"], number="ACME-7", at=AT))
    theirs = etree.fromstring(other.export(validate=False))
    for path in (".//p:InstdAmt", ".//p:CtrlSum", ".//p:IBAN", ".//p:Ustrd", ".//p:EndToEndId"):
        told = [[one.text for one in tree.iterfind(path, NS)] for tree in (ours, theirs)]
        assert told[0] == told[1]


def test_the_faulty_sample_is_refused_in_every_row() -> None:
    result = check_transfers(given(samples.FAULTY))
    found = errors(result)
    assert set(found) == {
        "PAY-IBAN",
        "PAY-ZERO",
        "PAY-E2E-DUPLICATE",
        "PAY-AMOUNT",
        "PAY-ADDRESS-UNSTRUCTURED",
    }
    assert found["PAY-IBAN"] == "liste.csv:2 IBAN"
    assert not result.straight_through
    assert "payments" in TransferRun().validate(values(result))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"first": {"iban": "DE03500105170137075030"}}, "payments"),
        ({"first": {"iban": "US64SVBKUS6S3300958879"}}, "payments"),
        ({"first": {"amount": "0.00"}}, "payments"),
        ({"first": {"amount": "1.001"}}, "payments"),
        ({"first": {"amount": "1000000000.00"}}, "payments"),
        ({"first": {"name": "N" * 71}}, "payments"),
        ({"first": {"name": "Müller"}}, "payments"),
        ({"first": {"town": "", "street": "Hafenstraße 4"}}, "payments"),
        ({"first": {"end_to_end_id": "/A"}}, "payments"),
        ({"execution_date": "2026-11-28"}, "execution_date"),
        ({"execution_date": "2026-12-25"}, "execution_date"),
        ({"execution_date": "2027-01-01"}, "execution_date"),
        ({"execution_date": "2027-03-26"}, "execution_date"),
        ({"count": 5}, "count"),
        ({"total": "4936.41"}, "total"),
        ({"iban": "DE02120300000000202052"}, "iban"),
    ],
)
def test_what_a_bank_would_refuse_is_refused(change: dict[str, Any], field: str) -> None:
    assert field in TransferRun().validate(good_run(**change))
    assert TransferRun().validate(good_run()) == {}


def test_a_comma_inside_an_amount_pays_nothing_wrong() -> None:
    text = "name,iban,amount,purpose\nA,DE02500105170137075030,12,50,Rent\n"
    result = check_transfers(given(text))
    assert errors(result)["PAY-ROW-LONGER"] == "liste.csv:2"
    assert values(result)["payments"] == []


def test_the_other_amounts_tell_what_a_point_parts() -> None:
    head, iban = "Empfänger;IBAN;Betrag;Zweck\n", "DE02300209000106531065"
    result = check_transfers(given(f"{head}A;{iban};2.500;x\nB;{iban};10,50;y\n"))
    assert [one["amount"] for one in values(result)["payments"]] == ["2500", "10.50"]
    alone = errors(check_transfers(given(f"{head}A;{iban};2.500;x\n")))
    assert alone["PAY-AMOUNT"] == "liste.csv:2 Betrag"


def test_the_list_has_the_headings_of_its_reader() -> None:
    delivery = DeliveryInput(
        number="ACME-7", values=good_run(), payload={}, documents=(), client_name="Beispiel GmbH",
        client_locale="de",
    )  # fmt: skip
    head, first, *_ = transfer_documents(delivery)[2].content.decode("utf-8-sig").splitlines()
    assert head == "Name;IBAN;BIC;Betrag;Verwendungszweck;Ende-zu-Ende-Referenz"
    assert "1284,50" in first


def test_two_equal_references_are_refused() -> None:
    run = good_run()
    run["payments"][1]["end_to_end_id"] = run["payments"][0]["end_to_end_id"]
    assert set(TransferRun().validate(run)["payments"]) == {0, 1}


def test_a_day_on_which_target_is_closed_is_found_by_the_check() -> None:
    result = check_transfers(given(samples.GOOD, payload={"execution_date": "2026-12-26"}))
    (found,) = [one for one in result.findings if one.code == "PAY-DAY"]
    assert found.params == {"next": "2026-12-28"}
    past = check_transfers(given(samples.GOOD, payload={"execution_date": "2026-11-24"}))
    assert "PAY-DAY-PAST" in errors(past)


def test_target_days_of_2026() -> None:
    closed = {date(2026, 1, 1), date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1)}
    closed |= {date(2026, 12, 25)}  # 26 December is a Saturday
    weekdays = [d for n in range(365) if (d := date.fromordinal(date(2026, 1, 1).toordinal() + n))]
    assert {d for d in weekdays if d.weekday() < 5 and not is_target_day(d)} == closed


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1234,5", "1234.5"),
        ("12.345.678,00", "12345678.00"),
        ("1.234.567", "1234567"),
        ("1'234.50", "1234.50"),
        ("-5,00", "-5.00"),
        ("1.234", None),
        ("1,234", None),
        ("zwölf", None),
        ("", None),
        ("NaN", None),
    ],
)
def test_amounts_are_read_exactly_or_not_at_all(text: str, amount: str | None) -> None:
    assert rules.amount_of(text) == (None if amount is None else Decimal(amount))


def test_umlauts_become_two_letters_and_not_one() -> None:
    assert transliterated("Äußere Ölmühle & Söhne, Łódź \u2013 5€") == (
        "Aeussere Oelmuehle + Soehne, Lodz - 5EUR"
    )


def test_the_registry_of_ibans() -> None:
    table = REFERENCE_DATA / "bank/iban/registry.txt"
    if not table.is_file():
        pytest.skip(f"no IBAN registry in {table}")
    examples = re.findall(r"\|([A-Z]{2}\d{2}[A-Z0-9]{11,30})\|", table.read_text("utf-8"))
    sepa = {one for one in examples if one[:2] in ibans.SEPA}
    taken = {one for one in sepa if not rules.iban_fault(one)}
    assert len(sepa) >= 30
    assert len(taken) / len(sepa) > 0.9  # 7 of the registry's 116 examples are outdated
    for one in taken:
        wrong = f"{one[:2]}{(int(one[2:4]) + 1) % 100:02d}{one[4:]}"
        assert rules.iban_fault(wrong) == "PAY-IBAN"


def test_the_same_payment_and_the_same_file_are_told() -> None:
    first = check_transfers(given(samples.GOOD))
    known = dict.fromkeys(first.fingerprints, "ACME-1")
    again = check_transfers(given(samples.GOOD, known_fingerprints=known))
    codes = [one.code for one in again.findings]
    assert codes.count("PAY-BEFORE") == 4
    assert codes.count("PAY-SAME-FILE") == 1
    twice = samples.GOOD + samples.GOOD.splitlines()[1] + "\n"
    repeated = check_transfers(given(twice))
    assert [one.params for one in repeated.findings if one.code == "PAY-REPEATED"] == [
        {"other": "liste.csv:2"}
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "PAY-FILE-EMPTY"),
        ("Name;Betrag\nA;1,00\n", "PAY-FILE-COLUMNS"),
        ("PK\x03\x04 no zip", "PAY-FILE-UNREADABLE"),
        ("Name;IBAN;Betrag;Währung\nA;DE02500105170137075030;1,00;USD\n", "PAY-CURRENCY"),
    ],
)
def test_a_wrong_file_gives_a_reason(text: str, code: str) -> None:
    assert code in errors(check_transfers(given(text)))


def item(**change: Any) -> Mapping[str, Any]:
    return {
        "id": str(uuid4()),
        "party": "Mühle Nord GmbH",
        "iban": "DE02500105170137075030",
        "bic": "",
        "reference": "R-1",
        "purpose": "",
        "due_on": "2026-11-20",
        "discount_minor": 0,
        "discount_until": None,
        "amount_minor": 11900,
        "open_minor": 11900,
        "currency": "EUR",
        **change,
    }


def test_what_is_due_is_proposed_and_what_cannot_be_paid_is_said() -> None:
    items = [
        item(),
        item(due_on="2027-01-15"),
        item(due_on="2027-01-15", discount_until="2026-11-30", discount_minor=238),
        item(iban=""),
        item(currency="USD"),
        item(open_minor=-500, amount_minor=-500),
    ]
    payload = {"take_discount": True, "due_until": None}
    rows, said = due_rows(items, payload=payload, day=TODAY)
    assert [row["amount"] for row in rows] == ["119.00", "116.62"]
    assert open_item_of(rows[0]["end_to_end_id"]) is not None
    assert [code for code, _, _ in said] == [
        "PAY-DISCOUNT",
        "PAY-NO-IBAN",
        "PAY-OTHER-CURRENCY",
        "PAY-CREDIT-NOTE",
    ]
    one = uuid4()
    assert (open_item_of(reference_of(one)), len(reference_of(one))) == (one, 35)


def test_direct_debits_need_mandates_and_a_creditor() -> None:
    step = given(samples.DEBITS, payload={"creditor_id": "DE98ZZZ09999999999"})
    run = values(check_debits(step))
    assert DebitRun().validate(run) == {}
    dumped = DebitRun().dump(DebitRun().load(run))
    content = debit_file(dumped, dumped["payments"], number="ACME-9", at=AT)
    document = etree.fromstring(content)
    assert schema_faults(document, DEBIT) == []
    assert [one.text for one in document.iterfind(".//d:SeqTp", NS)] == ["FRST", "RCUR"]
    assert document.findtext(".//d:GrpHdr/d:CtrlSum", namespaces=NS) == "297.50"
    run["creditor_id"] = "DE97ZZZ09999999999"
    run["payments"][0]["mandate_date"] = None
    run["payments"][1]["mandate_id"] = ""
    faults = DebitRun().validate(run)
    assert set(faults) == {"creditor_id", "payments"}
    assert set(faults["payments"]) == {0, 1}


def test_a_direct_debit_is_with_the_bank_a_banking_day_before() -> None:
    payload = {"creditor_id": "DE98ZZZ09999999999"}
    run = values(check_debits(given(samples.DEBITS, payload=payload)))
    assert run["execution_date"] == "2026-11-26"
    assert rules.first_debit_day(date(2026, 11, 27)) == date(2026, 11, 30)
    assert rules.first_debit_day(date(2026, 11, 28)) == date(2026, 12, 1)
    late = given(samples.DEBITS, payload={**payload, "execution_date": "2026-11-25"})
    assert errors(check_debits(late)) == {"PAY-DEBIT-DAY": "execution_date"}


def test_an_unknown_sequence_and_lost_characters_are_told() -> None:
    odd = samples.DEBITS.replace("FRST", "ERST").replace("Café Anker", "漢字")
    found = check_debits(given(odd, payload={"creditor_id": "DE98ZZZ09999999999"}))
    told = {one.code: (one.place, one.params) for one in found.findings}
    assert told["PAY-SEQUENCE"] == ("liste.csv:3", {"found": "ERST"})
    assert told["PAY-LOST"] == ("liste.csv:2", {"before": "漢字", "after": ".."})
    assert [one["sequence"] for one in values(found)["payments"]] == ["RCUR", "RCUR"]


def test_the_slip_and_the_list_go_with_the_file() -> None:
    made = transfer_documents(
        DeliveryInput(
            number="ACME-7",
            values=good_run(),
            payload={},
            documents=(),
            client_name="Beispiel GmbH",
            client_locale="de",
        )
    )
    assert [one.name for one in made] == [
        f"ACME-7-{TRANSFER}.{end}" for end in ("xml", "pdf", "csv")
    ]
    assert made[1].content.startswith(b"%PDF-")
    assert "1284,50" in made[2].content.decode("utf-8-sig")


def test_every_code_has_a_sentence() -> None:
    source = "".join(path.read_text() for path in (ROOT / "app/services/payments").glob("*.py"))
    codes = set(re.findall(r'"(PAY-[A-Z0-9-]+)"', source))
    assert codes == set(TEXTS)
    assert str(finding_text("PAY-NEVER", {})).startswith("The check PAY-NEVER")
    assert str(finding_text("PAY-LONG", {})).startswith("This text has -")


def test_every_sample_may_be_ordered() -> None:
    for sample in samples.orders(TODAY):
        work_type = SERVICE.work_type(sample.type_key)
        assert work_type.form().validate(dict(sample.payload)) == {}
