"""Statements are proved by their balances; what is matched surely is right."""

import csv
import re
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app.catalogue.steps import DeliveryInput, Severity, StepDocument, StepInput, StepResult
from app.services.reconciliation import samples
from app.services.reconciliation.journal import ACCOUNTS, Chart, Decision, journal_of
from app.services.reconciliation.manifest import SERVICE
from app.services.reconciliation.matching import Matcher, Movement, Ordered, Owed
from app.services.reconciliation.reader_process import read_statements
from app.services.reconciliation.results import statement_documents
from app.services.reconciliation.schemas import Reconciliation
from app.services.reconciliation.statement import Reading
from app.services.reconciliation.steps import reconcile
from app.services.reconciliation.texts import TEXTS, finding_text
from tests.app.services.reconciliation.labelled import lines, open_items
from tests.conftest import REFERENCE_DATA, ROOT

BANK = REFERENCE_DATA / "bank"
TODAY = date(2026, 11, 25)
needs_reference = pytest.mark.skipif(not BANK.is_dir(), reason=f"no bank statements in {BANK}")


def expected(name: str) -> list[tuple[int, dict[str, str]]]:
    """Rows of a table of expected values, each with the statement's place in its file."""
    table, counted = BANK / name, defaultdict[str, int](int)
    if not table.is_file():
        return []
    found = []
    for row in csv.DictReader(table.read_text("utf-8").splitlines()):
        found.append((int(row.get("statement_no") or counted[row["file"]]), row))
        counted[row["file"]] += 1
    return found


def step(*files: tuple[str, bytes], **books: Any) -> StepInput:
    return StepInput(
        documents=tuple(
            StepDocument(id=uuid4(), name=name, media_type="text/plain", content=content)
            for name, content in files
        ),
        payload={"chart": "SKR03", "bank_account": "1200"},
        client_name="Beispiel GmbH",
        client_locale="de",
        today=TODAY,
        books=books,
    )


def codes(result: StepResult, severity: Severity = Severity.ERROR) -> list[str]:
    return [one.code for one in result.findings if one.severity is severity]


def proved(reading: Reading, place: int) -> bool:
    return place < len(reading.statements) and reading.statements[place].balances


CAMT = expected("camt_expected.csv")
MT940 = expected("mt940_expected.csv")


@needs_reference
@pytest.mark.parametrize(
    ("place", "row"),
    [pytest.param(place, row, id=f"{row['file']}-{place}") for place, row in CAMT + MT940],
)
def test_what_balances_is_proved_and_everything_else_is_flagged(
    place: int, row: dict[str, str]
) -> None:
    path = BANK / row["file"]
    reading = read_statements(path.read_bytes())
    balanced = row["balances"] == "yes"
    assert proved(reading, place) == balanced
    flagged = set(codes(reconcile(step((f"{path.stem}.sta", path.read_bytes())))))
    if not balanced:
        assert flagged
        return
    statement = reading.statements[place]
    movement = row.get("sum") or row["sum_signed(RC=-,RD=+)"]
    assert statement.opening == Decimal(row["opening"])
    assert statement.movement == Decimal(movement)
    assert statement.closing == Decimal(row["closing"])
    assert statement.entries == int(row["entries"])


@needs_reference
def test_the_tables_were_there() -> None:
    assert (len(CAMT), len(MT940)) == (24, 19)
    assert sum(row["balances"] == "yes" for _, row in CAMT + MT940) == 15


@needs_reference
def test_every_file_of_the_folder_is_read_without_an_exception() -> None:
    paths = [path for path in BANK.rglob("*") if path.is_file() and "iban" not in path.parts]
    assert len(paths) > 40
    for path in paths:
        read_statements(path.read_bytes())


def camt(entries: str, *, closing: str, kind: str = "053") -> bytes:
    root = {"053": "BkToCstmrStmt", "052": "BkToCstmrAcctRpt"}[kind]
    return (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.08"><{root}><Stmt>'
        "<Id>1</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{balance('OPBD', '100.00')}{balance('CLBD', closing)}{entries}</Stmt></{root}></Document>"
    ).encode()


def balance(kind: str, amount: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt>"
        "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-24</Dt></Dt></Bal>"
    )


def entry(amount: str, sign: str, *, more: str = "", status: str = "BOOK") -> str:
    return (
        f"<Ntry><Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{more}"
        f"<Sts><Cd>{status}</Cd></Sts><BookgDt><Dt>2026-11-24</Dt></BookgDt></Ntry>"
    )


@pytest.mark.parametrize(("closing", "turned"), [("90.00", False), ("110.00", True)])
def test_the_sign_of_a_reversal_is_the_one_that_balances(closing: str, *, turned: bool) -> None:
    content = camt(entry("10.00", "DBIT", more="<RvslInd>true</RvslInd>"), closing=closing)
    (statement,) = read_statements(content).statements
    assert (statement.balances, statement.reversed_by_balance) == (True, turned)


def test_what_is_only_pending_does_not_count() -> None:
    content = camt(entry("10.00", "CRDT", status="PDNG"), closing="100.00")
    (statement,) = read_statements(content).statements
    assert (statement.balances, statement.lines) == (True, [])


def test_an_entry_of_several_payments_becomes_several_lines() -> None:
    part = "<TxDtls><Amt Ccy='EUR'>{}</Amt><RmtInf><Ustrd>{}</Ustrd></RmtInf></TxDtls>"
    details = f"<NtryDtls>{part.format('4.00', 'A')}{part.format('6.00', 'B')}</NtryDtls>"
    content = camt(entry("10.00", "DBIT").replace("</Ntry>", f"{details}</Ntry>"), closing="90.00")
    (statement,) = read_statements(content).statements
    assert [(str(line.amount), line.purpose) for line in statement.lines] == [
        ("-4.00", "A"),
        ("-6.00", "B"),
    ]
    assert (statement.entries, statement.balances) == (1, True)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", "REC-XML-DOCTYPE"),
        (b"<Document><half", "REC-XML-BROKEN"),
        (b"<Invoice/>", "REC-NOT-CAMT"),
        (camt("", closing="1.0x"), "REC-XML-VALUE"),
        (camt("", closing="100.00", kind="052"), "REC-CAMT-052"),
        (b"hello", "REC-NOT-MT940"),
        (b":20:1\n:25:1/2\n:28C:1/1\n:34F:EUR0,\n:61:190109C9,00FTRFNONREF\n", "REC-MT942"),
        (b"", "REC-NOT-MT940"),
        (samples.mt940(TODAY, closing="10612,81"), "REC-BALANCE"),
        (camt(entry("1.00", "CRDT"), closing="100.00"), "REC-BALANCE"),
    ],
)
def test_a_wrong_file_gives_a_reason(content: bytes, code: str) -> None:
    assert code in codes(reconcile(step(("a.sta", content))))


def test_reversed_credits_of_mt940_take_money_away() -> None:
    content = (
        b":20:A\r\n:25:1\r\n:28C:1\r\n:60F:C261124EUR10,00\r\n:61:2611241124RC5,00NTRFNONREF\r\n"
        b":61:2611241124RD2,00NTRFNONREF\r\n:62F:C261124EUR7,00\r\n"
    )
    (statement,) = read_statements(content).statements
    assert statement.balances


def test_years_turn_between_value_and_booking() -> None:
    content = b":20:A\r\n:60F:C251231EUR0,00\r\n:61:2512310102C1,00NTRFX\r\n:62F:C260102EUR1,00\r\n"
    (statement,) = read_statements(content).statements
    assert statement.lines[0].booked_on == date(2026, 1, 2)


def test_umlauts_of_windows_are_read() -> None:
    content = samples.mt940(TODAY).decode().replace("DR WEISS", "Müller").encode("cp1252")
    (statement,) = read_statements(content).statements
    assert statement.lines[1].party == "Müller"


def test_the_sample_is_matched_with_its_list() -> None:
    files = (("auszug.sta", samples.mt940(TODAY)), ("offen.csv", samples.OPEN.encode()))
    result = reconcile(step(*files))
    assert codes(result) == []
    values = {key: one.value for key, one in result.values.items()}
    assert (values["count"], values["matched"]) == (5, 3)
    kinds = [(record["match"]["kind"], record["match"]["sure"]) for record in result.records]
    assert kinds == [
        ("number", True),
        ("account", True),
        ("name", False),
        ("number", True),
        ("charge", False),
    ]
    assert Reconciliation().validate(values) == {}
    assert values["doubtful"][1]["account"] == "4970"
    assert result.units == 5


def test_importing_twice_adds_nothing() -> None:
    first = reconcile(step(("a.sta", samples.mt940(TODAY))))
    known = [record["fingerprint"] for record in first.records]
    again = reconcile(step(("b.sta", samples.mt940(TODAY)), known=known))
    assert again.records == ()
    assert codes(again) == ["REC-SAME-STATEMENT"]
    for files in (
        (("c.sta", samples.mt940(TODAY) * 2),),
        (("c.sta", samples.mt940(TODAY)), ("copy.sta", samples.mt940(TODAY))),
    ):
        twice = reconcile(step(*files))
        assert codes(twice, Severity.WARNING) == ["REC-TWICE", "REC-DOUBTFUL"]
        assert len(twice.records) == 5


def test_two_equal_movements_of_one_statement_are_two() -> None:
    head, *lines = samples.mt940(TODAY).decode().split(":61:")
    result = reconcile(step(("a.sta", ":61:".join([head, lines[0], *lines]).encode())))
    assert len({one["fingerprint"] for one in result.records}) == 6


def test_several_accounts_and_another_currency_are_told() -> None:
    euros = camt(entry("10.00", "CRDT"), closing="10.00")
    dollars = euros.replace(b"EUR", b"USD")
    assert not {"REC-ACCOUNTS", "REC-CURRENCY"} & set(codes(reconcile(step(("a.xml", euros)))))
    warned = codes(reconcile(step(("a.xml", dollars))), Severity.WARNING)
    assert ("REC-CURRENCY" in warned, "REC-ACCOUNTS" in warned) == (True, False)
    other = ("b.sta", samples.mt940(TODAY))
    result = reconcile(step(("a.xml", euros), other))
    (told,) = [one for one in result.findings if one.code == "REC-ACCOUNTS"]
    assert told.params["accounts"].endswith("12030000/0000202051")


def test_one_sum_for_many_names_each_of_them() -> None:
    parts = [
        ["a", -100, 0, "70001", "R-1", "payable", "Mühle KG"],
        ["b", -50, 0, "70002", "R-2", "payable"],
    ]
    line = {
        "position": 0, "amount_minor": -150, "party": "", "purpose": "SAMMELUEBERWEISUNG",
        "end_to_end_id": "", "match": {"kind": "file", "sure": True, "parts": parts},
    }  # fmt: skip
    entries = journal_of([line], {}, accounts=ACCOUNTS[Chart.SKR03]).entries
    texts = [(one.reference, one.text) for one in entries]
    assert texts == [("R-1", "Mühle KG SAMMELUEBERWEISUNG"), ("R-2", "SAMMELUEBERWEISUNG")]


def test_precision_on_a_labelled_set_is_99_percent() -> None:
    """Sure matches that are right, of all sure ones; the doubtful go to a person."""
    owed = open_items(4_000)
    labelled = lines(owed, 4_500)
    matcher = Matcher(owed, [])
    sure = right = payable = 0
    for one in labelled:
        match = matcher.match(one.line)
        payable += bool(one.truth)
        if match.sure:
            sure += 1
            right += {part.open_item_id for part in match.parts} == one.truth
    assert right / sure >= 0.99, (right, sure)
    assert right / payable >= 0.6, (right, payable)  # part, name and typo are for people


@pytest.mark.parametrize("kind", ["part", "name", "other_number", "foreign"])
def test_what_one_sign_alone_says_is_never_sure(kind: str) -> None:
    owed = open_items(500)
    matcher = Matcher(owed, [])
    of_this_kind = [one.line for one in lines(owed, 500) if one.kind == kind]
    assert len(of_this_kind) > 10
    assert not any(matcher.match(line).sure for line in of_this_kind)


def ordered(reference: str, amount: int, open_item_id: str = "") -> Ordered:
    return Ordered(
        end_to_end_id=reference,
        amount=amount,
        currency="EUR",
        file="f",
        file_number="ACME-7",
        execute_on=TODAY,
        open_item_id=open_item_id,
    )


def paying(amount: int, **more: str) -> Movement:
    texts = {"party": "", "iban": "", "text": "", "end_to_end_id": "", "batch_id": "", **more}
    return Movement(booked_on=TODAY, amount=amount, currency="EUR", **texts)


def owing(key: str, expected: int, discount: int = 0) -> Owed:
    return Owed(
        id=key, expected=expected, currency="EUR", party="", iban="", number=key, discount=discount
    )


def test_our_own_payments_come_back_by_reference_or_as_one_amount() -> None:
    owed = [owing("a", -11900, -238), owing("b", -500)]
    orders = [ordered("E1", -11662, "a"), ordered("E2", -500, "b")]
    found = Matcher(owed, orders).match(paying(-12162, batch_id="ACME-7-1"))
    assert (found.kind, found.sure, found.orders) == ("file", True, ["E1", "E2"])
    assert [(part.paid, part.discount) for part in found.parts] == [(-11662, -238), (-500, 0)]
    single = Matcher(owed, orders)
    assert single.match(paying(-500, end_to_end_id="e2")).sure
    assert not single.match(paying(-11900, end_to_end_id="E1")).sure
    assert Matcher(owed, orders).match(paying(-12162, iban="DE1")).kind == "none"


def test_every_line_is_booked_in_full_against_the_bank() -> None:
    files = (("auszug.sta", samples.mt940(TODAY)), ("offen.csv", samples.OPEN.encode()))
    records = reconcile(step(*files)).records
    decisions = {2: Decision(take=True), 4: Decision(account="4970")}
    accounts = ACCOUNTS[Chart.SKR03]
    for chosen in ({}, decisions):
        journal = journal_of(records, chosen, accounts=accounts)
        moved = sum(
            one.amount * (1 if one.debit == "1200" else -1)
            for one in journal.entries
            if "1200" in (one.debit, one.credit)
        )
        assert moved == sum(record["amount_minor"] for record in records) == 61280
    assert journal.in_clearing == []
    assert journal_of(records, {}, accounts=accounts).in_clearing == [2, 4]


def test_the_results_are_journal_open_list_and_report() -> None:
    result = reconcile(step(("auszug.sta", samples.mt940(TODAY))))
    lines_kept = [dict(record) for record in result.records]
    made = statement_documents(
        DeliveryInput(
            number="ACME-8",
            values={key: one.value for key, one in result.values.items()},
            payload={},
            documents=(),
            client_name="Beispiel GmbH",
            client_locale="de",
            books={"lines": lines_kept},
        )
    )
    journal, unplaced, report = (one.content for one in made)
    assert journal.decode("utf-8-sig").count("\r\n") == 6
    assert unplaced.decode("utf-8-sig").count("\r\n") == 5
    assert "-1284,50" in unplaced.decode("utf-8-sig")
    assert report.startswith(b"%PDF-")


def test_every_code_has_a_sentence() -> None:
    folder: Path = ROOT / "app/services/reconciliation"
    source = "".join(path.read_text() for path in folder.glob("*.py"))
    assert set(re.findall(r'"(REC-[A-Z0-9-]+)"', source)) == set(TEXTS)
    assert str(finding_text("REC-NEVER", {})).startswith("The check REC-NEVER")


def test_every_sample_may_be_ordered() -> None:
    for sample in samples.orders(TODAY):
        assert SERVICE.work_type(sample.type_key).form().validate(dict(sample.payload)) == {}
