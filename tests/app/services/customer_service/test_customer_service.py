"""Mails become tickets: kind, language, urgency, reply; times and drafts."""

import io
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from email import message_from_bytes, policy
from typing import Any
from uuid import uuid4

import pytest
from python_calamine import CalamineWorkbook

from app.catalogue.steps import DeliveryInput, ResultDocument, StepDocument, StepInput, StepResult
from app.kernel.mails import letter
from app.kernel.quotes import fresh
from app.kernel.sandbox import files_of_our_own
from app.services.customer_service import samples
from app.services.customer_service.judging import (
    Pressure,
    judged,
    language_of,
    pressure,
    urgency,
)
from app.services.customer_service.manifest import SERVICE
from app.services.customer_service.replies import GAP, reply
from app.services.customer_service.schemas import HAS_GAP, IS_EMPTY, TicketOrder, TicketValues
from tests.conftest import REFERENCE_DATA

TODAY = date(2026, 11, 25)
TABLE = ("orders.csv", samples.orders(TODAY))


def run(payload: Mapping[str, Any], *files: tuple[str, bytes]) -> StepResult:
    automation = SERVICE.work_type("tickets").automation
    assert automation is not None
    documents = tuple(
        StepDocument(id=uuid4(), name=name, media_type="", content=content)
        for name, content in files
    )
    with files_of_our_own():
        return automation(
            StepInput(
                documents=documents,
                payload={"own": samples.SHOP, **payload},
                client_name="Laden GmbH",
                client_locale="de",
                today=TODAY,
            )
        )


def inbox() -> StepResult:
    return run({}, *samples.inbox(TODAY), TABLE)


def values_of(result: StepResult) -> dict[str, Any]:
    return {key: one.value for key, one in result.values.items()}


def by_customer(result: StepResult) -> dict[str, dict[str, Any]]:
    return {row["customer"]: row for row in result.values["tickets"].value}


def codes(result: StepResult) -> set[str]:
    return {one.code for one in result.findings}


def filled(result: StepResult) -> dict[str, Any]:
    values = values_of(result)
    rows = [{**row, "reply": row["reply"].replace(GAP, "Bitte sehr.")} for row in values["tickets"]]
    return {**values, "tickets": rows}


def deliver(values: Mapping[str, Any]) -> dict[str, ResultDocument]:
    work = SERVICE.work_type("tickets")
    assert work.deliver is not None
    made = work.deliver(
        DeliveryInput(
            number="LG-4",
            values=values,
            payload={},
            documents=(),
            client_name="Laden GmbH",
            client_locale="de",
        )
    )
    return {one.name: one for one in made}


def test_a_morning_of_mails() -> None:
    result = inbox()
    rows = by_customer(result)
    assert {
        name: (row["kind"], row["language"], row["urgency"], row["send"], row["order"])
        for name, row in rows.items()
    } == {
        "Petra Vogt": ("delivery", "de", "urgent", "reply", "B-20418"),
        "Jonas Reuter": ("fault", "de", "high", "none", "B-20377"),
        "Emily Hart": ("return", "en", "normal", "reply", "B-20399"),
        "Olaf Kern": ("privacy", "de", "high", "reply", ""),
    }
    assert result.units == Decimal(4)
    assert result.title == "AW: Wo bleibt meine Bestellung B-20418? (+3)"
    assert {"CS-THREAT", "CS-AGAIN", "CS-LATE", "CS-PRIVACY", "CS-AUTOMATIC"} <= codes(result)
    assert rows["Petra Vogt"]["letters"] == 2
    assert "ich habe vor zwei Wochen" in rows["Petra Vogt"]["question"]
    assert ">" not in rows["Petra Vogt"]["question"]
    assert rows["Jonas Reuter"]["response_hours"] == "4.0"
    assert "Wo bleibt".casefold() in rows["Petra Vogt"]["why"]
    assert len(values_of(result)["contacts"]) == 6


def test_replies_say_what_the_order_says() -> None:
    rows = by_customer(inbox())
    assert "B-20418 hat unser Haus am 23.11.2026 verlassen" in rows["Petra Vogt"]["reply"]
    assert "00340434161094042557" in rows["Petra Vogt"]["reply"]
    assert rows["Petra Vogt"]["reply"].endswith("Laden GmbH")
    assert rows["Emily Hart"]["reply"].startswith("Dear Emily Hart,")
    late = run({"text": "Wann kommt die Lieferung B-20421? Ich warte auf das Paket."}, TABLE)
    assert "29.11.2026" in late.values["tickets"].value[0]["reply"]
    lost = run({"text": "Wo ist die Lieferung? Ich warte noch auf das Paket."}, TABLE)
    assert "CS-WHICH-ORDER" in codes(lost)
    assert "Nummer Ihrer Bestellung" in lost.values["tickets"].value[0]["reply"]


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ({"state": "shipped"}, "is on its way"),
        ({"state": "cancelled"}, "was cancelled"),
        ({"state": "returned"}, "has arrived with us"),
        ({"state": "open"}, GAP),
    ],
)
def test_every_state_of_an_order(state: dict[str, Any], told: str) -> None:
    said = reply("delivery", "other", name="", company="L", order=state, order_number="B-1")
    assert told in said
    assert said.startswith("Dear Sir or Madam,")


def still_open(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Half filled in it can be saved all the same."""
    schema = TicketValues()
    return schema.still_open(schema.load(values))


def test_nothing_goes_out_with_a_gap() -> None:
    values = values_of(run({"text": "Mein Gerät ist defekt, was kann ich tun?"}))
    assert still_open(values) == {"tickets": {0: {"reply": [HAS_GAP]}}}
    empty = {**values, "tickets": [{**values["tickets"][0], "reply": " "}]}
    assert still_open(empty) == {"tickets": {0: {"reply": [IS_EMPTY]}}}
    silent = {**values, "tickets": [{**values["tickets"][0], "send": "none"}]}
    assert still_open(silent) == {}


def test_replies_are_approved_by_one_more_person_not_two() -> None:
    """The second person reviews the whole; a step of its own before would ask for a third."""
    work = SERVICE.work_type("tickets")
    assert work.four_eyes
    assert not any(one.four_eyes for one in work.checklist)


def test_the_words_of_a_message_in_a_text_file_are_a_ticket() -> None:
    result = run({}, ("anruf.txt", "Mein Gerät ist defekt.\n> alt".encode("cp1252")))
    (row,) = result.values["tickets"].value
    assert (row["subject"], row["question"], row["kind"]) == (
        "anruf", "Mein Gerät ist defekt.", "fault",
    )  # fmt: skip
    assert "CS-NO-HEAD" in codes(result)
    assert codes(run({}, ("x.txt", b"\0\1\2"))) == {"CS-NOT-MAIL", "CS-NO-MAIL"}


def test_a_gap_is_told_before_somebody_meets_it() -> None:
    result = run({"text": "Mein Gerät ist defekt, was kann ich tun?"})
    assert [one.place for one in result.findings if one.code == "CS-GAP"] == ["#1"]
    assert result.values["tickets"].value[0]["message_id"] == ""
    told = run({"text": "Ich bin umgezogen, bitte neue Adresse vermerken."})
    assert "CS-GAP" not in codes(told)


def test_drafts_list_and_picture() -> None:
    made = deliver(filled(inbox()))
    assert sorted(made) == [
        "LG-4-kinds.svg",
        "LG-4-reply-1.eml",
        "LG-4-reply-3.eml",
        "LG-4-reply-4.eml",
        "LG-4-tickets.xlsx",
    ]
    draft = message_from_bytes(made["LG-4-reply-1.eml"].content, policy=policy.default)
    assert draft["To"] == "petra.vogt@web.example"
    assert draft["In-Reply-To"] == "<c2@mail.example>"
    assert draft["From"] == samples.SHOP
    assert draft["X-Unsent"] == "1"
    assert "Laden GmbH" in draft.get_content()
    book = CalamineWorkbook.from_filelike(io.BytesIO(made["LG-4-tickets.xlsx"].content))
    sheets = [book.get_sheet_by_index(at).to_python() for at in range(3)]
    assert [len(one) for one in sheets] == [5, 7, 5]
    assert next(row for row in sheets[2][1:] if row[2])[3:5] == [4.0, 4.0]


def test_nobody_writes_heads_into_our_drafts() -> None:
    values = values_of(run({"text": "Danke für die Lieferung der Lampe, ich habe noch eine Frage"}))
    row = values["tickets"][0]
    row |= {"subject": "A\r\nBcc: x@evil.example", "address": "a@b.example\nCc: y@evil.example"}
    row["reply"] = "Gern."
    draft = message_from_bytes(deliver(values)["LG-4-reply-1.eml"].content, policy=policy.default)
    assert draft["Bcc"] is None
    assert draft["Cc"] is None


SAID = [
    ("complaint", "de", "Ich möchte mich beschweren, ich bin sehr enttäuscht von dem Service."),
    ("complaint", "en", "I am disappointed and I want to complain about your service."),
    ("delivery", "de", "Mein Paket ist noch nicht da. Wo bleibt die Sendung?"),
    ("delivery", "en", "My parcel has not arrived. Where is my order? Please check the tracking."),
    ("return", "de", ("Hiermit widerrufe ich den Kauf und schicke die Ware zurück. Widerruf bitte "
     "bestätigen, danke.")),
    ("return", "en", "I want to return the shoes and get a refund, please."),
    ("invoice", "de", "Die Rechnung ist falsch, der Betrag wurde doppelt abgebucht. Bitte prüfen."),
    ("invoice", "en", "I was charged twice on the same invoice, please have a look."),
    ("fault", "de", "Seit gestern habe ich kein Internet, der Router ist kaputt. Störung bei mir."),
    ("fault", "en", "The router is broken and the line is not working since this morning."),
    ("cancellation", "de", ("Ich kündige den Vertrag zum nächsten Termin. Bitte die Kündigung "
     "bestätigen.")),
    ("cancellation", "en", "Please cancel my subscription at the end of the month."),
    ("change", "de", "Ich bin umgezogen, meine neue Adresse ist der Gartenweg 3 in Kiel."),
    ("change", "en", "Please update my account, I have a new address in London."),
    ("privacy", "de", "Bitte um Auskunft nach Art. 15 DSGVO und um die Löschung meiner Daten."),
    ("privacy", "en", "Under the GDPR please delete my data and tell me what you have."),
    ("question", "de", "Haben Sie am Samstag auch geöffnet? Ich möchte mir die Lampe ansehen."),
    ("question", "en", "Is the shop open on Saturday? I would like to see the lamp."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "language", "text"), SAID)
def test_kinds_and_languages(kind: str, language: str, text: str) -> None:
    found = judged("", text)
    assert (found.kind, found.language) == (kind, language)
    assert bool(found.words) == (kind != "question")


def test_other_languages_are_not_guessed() -> None:
    assert language_of("Où est mon colis, s'il vous plaît?") == "other"
    assert language_of("ok") == "other"
    assert language_of("") == "other"


def test_urgency_has_its_reasons() -> None:
    assert urgency("question", Pressure()) == "normal"
    assert urgency("question", Pressure(late=True)) == "high"
    assert urgency("complaint", Pressure(pressing=("sofort",))) == "urgent"
    assert urgency("change", Pressure(threats=("anwalt",))) == "urgent"
    found = pressure("Ich gehe sofort zum Anwalt", unanswered=2, late=False)
    assert (found.pressing, found.threats) == (("sofort",), ("anwalt",))


def test_mbox_and_twice_the_same() -> None:
    mails = [content for name, content in samples.inbox(TODAY) if name.startswith("vogt")]
    head = b"From petra@web.example Mon Nov 23 09:00:00 2026\r\n"
    result = run({}, ("alle.mbox", b"".join(head + one + b"\r\n" for one in (*mails, mails[0]))))
    assert by_customer(result)["Petra Vogt"]["letters"] == 2
    assert "CS-TWICE" in codes(result)


def test_own_addresses_may_be_told_by_domain_or_found() -> None:
    own = run({"own": "laden.example"}, *samples.inbox(TODAY))
    found = run({"own": ""}, *samples.inbox(TODAY))
    assert by_customer(own).keys() == by_customer(found).keys() == by_customer(inbox()).keys()
    assert "CS-ONLY-OURS" in codes(run({}, samples.inbox(TODAY)[3]))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("x.eml", b"", "CS-NOT-MAIL"),
        ("x.eml", b"\x00\xff\xfe" * 50, "CS-NOT-MAIL"),
        ("x.txt", b"just words", "CS-NO-HEAD"),
        (
            "x.eml",
            b"From: a@b.example\nContent-Type: text/plain; charset=foo\n\n\xff",
            "CS-UNDATED",
        ),
        ("x.eml", b"From: a@b.example\nSubject: " + b"=?" * 5000 + b"\n\nx", "CS-UNDATED"),
        (
            "x.eml",
            b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" * 30,
            "CS-UNDATED",
        ),
        ("x.csv", b"a;b\n1;2", "CS-NO-ORDERS"),
        ("x.xlsx", b"PK\x03\x04", "CS-NO-ORDERS"),
        ("x.csv", b"Bestellnummer;Status\nB-1;=cmd|x\n", "TABLE-CELL-CHOICE"),
    ],
)
def test_broken_files_are_findings(name: str, content: bytes, code: str) -> None:
    assert code in codes(run({}, (name, content)))


def test_quotes_of_real_programs_are_left_out() -> None:
    """One of Gmail's, and what other programs write around an answer."""
    folder = REFERENCE_DATA / "mail"
    if not folder.exists():
        pytest.skip(f"no reference data: {folder}")
    for path in sorted(folder.rglob("standard_replies/*.eml")):
        text = letter(path.read_bytes()).text
        assert text, path.name
        assert "wrote:" not in text, path.name
    gmail = next(folder.rglob("email_gmail.txt")).read_text()
    assert fresh(gmail).startswith("This is a test for inbox replying")
    assert "personally too lazy" not in fresh(gmail)


def test_samples_are_orders() -> None:
    for order in samples.sample_orders(TODAY):
        payload = TicketOrder().dump(TicketOrder().load(dict(order.payload)))
        result = run(payload, *order.files)
        if order.end not in ("new", "taken"):
            assert TicketValues().validate(values_of(result)) == {}
