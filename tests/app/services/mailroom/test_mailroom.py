"""The mailroom: kinds of labelled letters, facts of real invoices, batches, scans, bad files."""

import csv
import io
import stat
import zipfile
from datetime import date
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

import pypdf
import pytest
from PIL import Image
from python_calamine import CalamineWorkbook

from app.catalogue.limited import limited
from app.catalogue.steps import DeliveryInput, Severity, StepDocument, StepInput, StepResult
from app.kernel.sandbox import files_of_our_own
from app.services.mailroom import facts, ocr, reading, steps
from app.services.mailroom.assigning import DEPARTMENTS, service_for
from app.services.mailroom.kinds import WEIGHTS, Kind, kind_of
from app.services.mailroom.manifest import SERVICE
from app.services.mailroom.reading import NotALetter, is_separator, letters, page_texts
from app.services.mailroom.samples import batch, mail, sample_orders
from app.services.mailroom.schemas import MailroomValues
from app.services.mailroom.steps import deliver
from app.services.mailroom.texts import KINDS
from tests.conftest import REFERENCE_DATA

TODAY = date(2026, 11, 25)
LETTERS = Path(__file__).with_name("letters.csv")
"""Made by us, with the kind a person would give them."""
EINVOICE = REFERENCE_DATA / "einvoice"
NO_DATA = pytest.mark.skipif(not REFERENCE_DATA.exists(), reason="no reference data")


def run(*files: tuple[str, bytes], **more: Any) -> StepResult:
    automation = SERVICE.work_types[0].automation
    assert automation is not None
    step = StepInput(
        documents=tuple(a_file(name, content) for name, content in files),
        payload={"received_on": None},
        client_name="C",
        client_locale="de",
        today=TODAY,
        **more,
    )
    with files_of_our_own():
        return automation(step)


def a_file(name: str, content: bytes) -> StepDocument:
    return StepDocument(id=uuid4(), name=name, media_type="", content=content)


def codes(result: StepResult) -> set[str]:
    return {one.code for one in result.findings}


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("L", (400, 200), 255).save(out, "PNG")
    return out.getvalue()


def scan() -> bytes:
    out = io.BytesIO()
    Image.new("L", (400, 200), 255).save(out, "PDF")
    return out.getvalue()


def test_labelled_letters_get_the_kind_a_person_gives_them() -> None:
    with LETTERS.open() as file:
        _, *rows = csv.reader(file, delimiter=";")
    verdicts = [(Kind(kind), kind_of(text, heading=subject)) for kind, subject, text in rows]
    right = [one for kind, one in verdicts if one.kind is kind]
    sure = [(kind, one) for kind, one in verdicts if one.is_sure]
    assert len(right) / len(verdicts) >= 0.95
    assert sum(kind is one.kind for kind, one in sure) / len(sure) >= 0.98
    assert len(sure) / len(verdicts) >= 0.85
    assert all(one.why for one in right if one.kind is not Kind.OTHER)
    assert {kind for kind, _ in verdicts} == set(Kind)


@NO_DATA
def test_real_invoices_are_told_and_read() -> None:
    with (EINVOICE / "expected_totals.csv").open() as file:
        expected = {row["file"]: row for row in csv.DictReader(file)}
    seen = told = dated = numbered = paid = known = 0
    for path in sorted(EINVOICE.rglob("*.pdf")):
        text = "\n".join(page_texts(path.read_bytes(), None))
        found = facts.facts_of(text, today=TODAY)
        seen += 1
        told += kind_of(text, heading=text[:400]).kind is Kind.INVOICE
        dated += found.dated is not None
        row = expected.get(str(path.relative_to(EINVOICE)))
        if row and row["invoice_id"]:
            known += 1
            numbered += found.number == row["invoice_id"]
            due = {abs(Decimal(row[key])) for key in ("due", "gross") if row[key]}
            paid += found.amount is not None and abs(found.amount) in due
    assert seen >= 30
    assert (told, dated) == (seen, seen)
    assert numbered / known >= 0.9
    assert paid / known >= 0.95


@NO_DATA
def test_files_that_are_no_letters_are_not_taken_for_any() -> None:
    paths = sorted((REFERENCE_DATA / "documents").rglob("*.pdf"))
    (locked,) = [path for path in paths if "password" in path.name]
    with pytest.raises(NotALetter, match="locked"):
        letters(a_file("a.pdf", locked.read_bytes()), see=None)
    for path in paths:
        if path != locked:
            (letter,) = letters(a_file(path.name, path.read_bytes()), see=None)
            verdict = kind_of(letter.text, heading=letter.text[:400])
            assert verdict.kind is Kind.OTHER, path


@NO_DATA
def test_quotes_of_real_mails_are_left_out() -> None:
    paths = sorted((REFERENCE_DATA / "mail").rglob("*.eml"))
    assert len(paths) >= 6
    for path in paths:
        (letter,) = letters(a_file(path.name, path.read_bytes()), see=None)
        assert letter.sender
        assert "\n>" not in letter.text, path


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Hamburg, den 12. März 2026", date(2026, 3, 12)),
        ("Rechnungsdatum: 05.11.2026 Lieferung 01.10.2026", date(2026, 11, 5)),
        ("Date: November 3, 2026", date(2026, 11, 3)),
        ("London, 3 November 2026", date(2026, 11, 3)),
        ("dated 2026-11-03", date(2026, 11, 3)),
        ("Sitzung am 24.12.2026, Datum 1.11.26", date(2026, 11, 1)),
        ("am 31.02.2026", None),
        ("kein Datum", None),
        ("Datum: 3. apr\u0131l 2026", None),
    ],
)
def test_dates(text: str, day: date | None) -> None:
    assert facts.letter_date(text, today=TODAY) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("zahlbar bis zum 10.12.2026", date(2026, 12, 10)),
        ("spätestens am 1. Dezember 2026", date(2026, 12, 1)),
        ("please reply by 12 December 2026", date(2026, 12, 12)),
        ("innerhalb von 14 Tagen", date(2026, 12, 9)),
        ("binnen eines Monats", date(2026, 12, 25)),
        ("innerhalb von zwei\r\nWochen", date(2026, 12, 9)),
        ("within 10 days or by 2026-12-01", date(2026, 12, 1)),
        ("gültig bis zum 01.01.2020", None),
        ("ohne Frist", None),
        ("innerhalb von e\u0131ner Woche", None),
    ],
)
def test_deadlines(text: str, day: date | None) -> None:
    assert facts.deadline_of(text, since=TODAY) == day


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("Netto 1.000,00 EUR\nRechnungsbetrag: 1.190,00 EUR", "1190.00"),
        ("Total 100.00\nAmount due: EUR 1,040.50", "1040.50"),
        ("Gesamt 12,00 € und gesamt 30,00 €", "30.00"),
        ("Wir überweisen 250,00 € und 90,00 €.", "250.00"),
        ("Version 2.10 von gestern", None),
    ],
)
def test_amounts(text: str, amount: str | None) -> None:
    assert facts.amount_of(text) == (Decimal(amount) if amount else None)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Kundennummer: 77\nRechnungsnummer: R-2026/11", "R-2026/11"),
        ("Aktenzeichen 12/445-B.", "12/445-B"),
        ("Invoice no. INV-2291", "INV-2291"),
        ("Ihre Vertragsnummer: WV-5521", "WV-5521"),
        ("Rechnung vom 05.11.2026", ""),
        ("Rechnung\r\n80333 München", ""),
    ],
)
def test_numbers(text: str, number: str) -> None:
    assert facts.number_of(text) == number


def test_a_day_of_the_demo() -> None:
    services = [
        {"title": "Kreditorenbuchhaltung", "words": "Your suppliers' invoices, checked"},
        {"title": "Vertragsfristen", "words": "Contracts, notice: contract deadlines"},
    ]
    result = run(*sample_orders(TODAY)[0].files, books={"services": services})
    rows = result.values["letters"].value
    assert [row["kind"] for row in rows] == [
        "invoice", "authority", "reminder", "notice", "application", "complaint", "sick_note",
    ]  # fmt: skip
    assert [row["letter"] for row in rows[:4]] == [
        f"postfach.pdf ({number})" for number in (1, 3, 5, 7)
    ]
    first = rows[0]
    assert (first["number"], first["amount"]) == ("SW-88123", "490.28")
    assert (first["dated"], first["deadline"]) == ("2026-11-22", "2026-11-30")
    assert (first["sender"], first["department"]) == (
        "Stadtwerke Beispielstadt GmbH",
        "accounting",
    )
    assert first["service"] == "Kreditorenbuchhaltung"
    assert rows[1]["deadline"] == "2026-12-22"
    assert (rows[3]["number"], rows[3]["service"]) == ("WV-5521", "Vertragsfristen")
    assert (rows[5]["sender"], rows[5]["dated"]) == ("Paul Reed", "2026-11-22")
    assert "rechnung" in first["why"]
    assert {"MR-SPLIT", "MR-SOON"} <= codes(result)
    assert [one.name for one in result.documents] == [
        "postfach-01-invoice.pdf",
        "postfach-02-authority.pdf",
        "postfach-03-reminder.pdf",
        "postfach-04-notice.pdf",
    ]
    part = pypdf.PdfReader(io.BytesIO(result.documents[1].content))
    assert len(part.pages) == 1
    assert "Finanzamt" in part.pages[0].extract_text()


def test_what_nobody_can_read_has_its_line_in_the_register() -> None:
    result = run(("brief.pdf", b"%PDF-1.4 half"), ("mail.msg", b"\xd0\xcf\x11\xe0" * 99))
    assert codes(result) == {"MR-BROKEN", "MR-MSG"}
    rows = result.values["letters"].value
    assert [row["letter"] for row in rows] == ["brief.pdf", "mail.msg"]
    MailroomValues().load({key: one.value for key, one in result.values.items()})
    assert not result.straight_through


def test_labels_are_no_part_of_sender_and_subject() -> None:
    text = "Name: Muster GmbH\nBetreff: Rechnung 12\nGesamtbetrag 12,00 EUR"
    (row,) = run(("a.txt", text.encode())).values["letters"].value
    assert (row["letter"], row["sender"], row["subject"]) == (
        "a.txt", "Muster GmbH", "Rechnung 12",
    )  # fmt: skip


def test_what_stays_in_its_batch_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = run(*sample_orders(TODAY)[0].files)
    first = len(whole.documents[0].content)
    monkeypatch.setattr(steps, "MOST_CUT", first)
    result = run(*sample_orders(TODAY)[0].files)
    assert len(result.documents) == 1
    told = [one for one in result.findings if one.code == "MR-NOT-PARTED"]
    assert [one.params["letter"] for one in told] == ["postfach.pdf (3)"]


def test_the_register_has_every_letter_and_its_deadlines() -> None:
    result = run(*sample_orders(TODAY)[0].files)
    given = DeliveryInput(
        number="A-1",
        values={key: one.value for key, one in result.values.items()},
        payload={},
        documents=(),
        client_name="C",
        client_locale="de",
    )
    MailroomValues().load(given.values)
    (register,) = deliver(given)
    book = CalamineWorkbook.from_filelike(io.BytesIO(register.content))
    assert book.sheet_names == ["Posteingang", "Fristen"]
    assert len(book.get_sheet_by_index(0).to_python()) == 8
    days = [row[7] for row in book.get_sheet_by_index(1).to_python()[1:]]
    assert days == sorted(days)
    assert len(days) == 4


def test_a_quoted_invoice_does_not_make_a_complaint_an_invoice() -> None:
    text = "This is unacceptable, I want a refund.\n\n> Invoice no. 1\n> Total due: 900.00 EUR"
    content = mail("Re: Invoice 1", text, sender="a@example.org", on=TODAY)
    (row,) = run(("a.eml", content)).values["letters"].value
    assert row["kind"] == "complaint"
    assert row["amount"] is None


def test_an_attachment_speaks_for_its_mail_and_a_broken_one_is_told() -> None:

    message = message_from_bytes(
        mail("Unterlagen", "anbei.", sender="a@example.org", on=TODAY), policy=policy.default
    )
    assert isinstance(message, EmailMessage)
    invoice = batch(("Rechnung", ("Rechnungsnummer: X-1", "Rechnungsbetrag: 10,00 EUR")))
    for name, content in (("x.pdf", invoice), ("y.pdf", b"%PDF-1.4 half"), ("z.png", picture())):
        message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    result = run(("a.eml", message.as_bytes()))
    (row,) = result.values["letters"].value
    assert (row["kind"], row["number"]) == ("invoice", "X-1")
    told = {one.params["found"] for one in result.findings if one.code == "MR-ATTACHMENT"}
    assert told == {"y.pdf"} | ({"z.png"} if ocr.program() is None else set())


@pytest.mark.skipif(ocr.program() is not None, reason="here scans can be read")
def test_a_scan_is_told_where_nobody_can_read_it() -> None:
    for name, content in (("a.png", picture()), ("a.pdf", scan())):
        result = run((name, content))
        (finding,) = result.findings
        assert (finding.code, finding.params["count"] is True) == ("MR-SCAN", False)
        assert not result.straight_through
        (row,) = result.values["letters"].value
        assert row["kind"] == "other"


def test_a_scan_is_read_where_tesseract_is(tmp_path: Path) -> None:
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\ncat > /dev/null\necho 'Mahnung: 2. Mahnung, Mahngebühr'\n")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)

    def see(content: bytes) -> str:
        return ocr.words_of(content, tesseract=str(program))

    for name, content in (("a.png", picture()), ("a.pdf", scan())):
        (letter,) = letters(a_file(name, content), see=see)
        assert kind_of(letter.text).kind is Kind.REMINDER
    assert ocr.words_of(b"", tesseract=str(tmp_path / "none")) == ""


def test_looking_at_scans_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, looked = [0.0], list[float]()

    def slow(_: bytes, *, tesseract: str, seconds: float) -> str:
        looked.append(seconds)
        clock[0] += seconds
        return tesseract

    monkeypatch.setattr(reading, "monotonic", lambda: clock[0])
    monkeypatch.setattr(ocr, "program", lambda: "words")
    monkeypatch.setattr(ocr, "words_of", slow)
    see = reading.eyes()
    assert see is not None
    assert [see(b"") for _ in range(4)] == ["words", "words", "", ""]
    assert sum(looked) == ocr.IN_ALL


def test_nothing_of_it_is_searched() -> None:
    assert not SERVICE.is_searched, "sick notes come by mail too"


def test_a_page_number_is_no_subject() -> None:
    (row,) = (
        run(("a.txt", b"1 / 1\n\nIhre Rechnung\nGesamtbetrag 1,00 EUR")).values["letters"].value
    )
    assert row["subject"] == "Ihre Rechnung"


def test_separator_pages() -> None:
    for text in ("TRENNBLATT", " Trennseite 3 ", "Separator page", "PATCH T", "patch-code 2"):
        assert is_separator(text)
    for text in ("", "Trennblatt für Ihre Unterlagen", "Separator pages are useful", "Patch notes"):
        assert not is_separator(text)


def a_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b"<w:t>a</w:t>" * 20_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"  ", "MR-EMPTY"),
        ("a.pdf", b"%PDF-1.7 half a file", "MR-BROKEN"),
        ("a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 100, "MR-MSG"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 100, "MR-KIND"),
        ("a.exe", b"MZ\x90", "MR-KIND"),
        ("a.docx", b"PK\x03\x04 half", "MR-BROKEN"),
        ("a.eml", b"\x00\x01\x02", "MR-BROKEN"),
        ("a.txt", "Schöne Grüße".encode("cp1252"), "MR-OTHER"),
        ("a.txt", "Reklamation oder Mahnung?".encode("utf-16"), "MR-UNSURE"),
    ],
)
def test_hostile_and_half_files_give_a_finding(name: str, content: bytes, code: str) -> None:
    result = run((name, content))
    assert code in codes(result)
    assert not result.straight_through


def test_a_bomb_and_a_flood_leave_the_limited_process_alive() -> None:
    automation = limited("app.services.mailroom.steps:check")
    flood = b"From: a@example.org\nSubject: x\n\n" + b"bis zum " * 200_000
    step = StepInput(
        documents=(a_file("a.docx", a_bomb()), a_file("b.eml", flood)),
        payload={},
        client_name="C",
        client_locale="de",
        today=TODAY,
    )
    result = automation(step)
    assert not {"READER-TIME", "READER-CRASH"} & codes(result)
    assert len(result.values["letters"].value) >= 1 or "READER-MEMORY" in codes(result)


def test_the_same_letter_again_is_told() -> None:
    content = sample_orders(TODAY)[1].files[0]
    (mark,) = run(content).fingerprints
    again = run(content, known_fingerprints={mark: "ACME-3"})
    assert "MR-DUPLICATE" in codes(again)
    assert Severity.ERROR not in {one.severity for one in again.findings}


def test_every_kind_has_words_and_somebody_to_go_to() -> None:
    assert set(KINDS) == set(Kind) == set(DEPARTMENTS)
    assert set(WEIGHTS) == set(Kind) - {Kind.OTHER}
    assert service_for(Kind.INVOICE, []) == ""
    assert service_for(Kind.OTHER, [{"title": "A", "words": "suppliers"}]) == ""
