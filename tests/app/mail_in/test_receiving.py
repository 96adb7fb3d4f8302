"""A mail comes into the right item, once; machines neither answer nor respond."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from app.identity import team
from app.identity.permissions import ClientRole, Sight
from app.identity.queries import members
from app.kernel.actor import SYSTEM
from app.messages import conversation, incoming, mail
from app.messages.incoming_models import IncomingMail, Outcome
from app.messages.mail_models import Mail
from app.work import queries
from app.work.actions import closing, talking
from app.work.events import ClientAsked
from app.work.rules import WorkStatus
from app.work.subscribers import tell_of_the_question
from tenants.db import db, transaction
from tests.app.mail_in.conftest import MAILBOX
from tests.conftest import in_scope
from tests.factories.desk_house import House
from tests.factories.people import a_person

HandOver = Callable[..., str]


@pytest.fixture(scope="module")
def nora(house: House) -> str:
    """A requester of the first client, by address."""
    email = f"nora-{uuid4().hex[:6]}@baker.example"
    a_person(
        house.app, name="Nora Baker", email=email, member_of={house.north: ClientRole.REQUESTER}
    )
    return email


def asked(house: House) -> tuple[UUID, Mail]:
    """An item that waits for the client, and the mail that tells so."""
    item_id = house.request("Mailed")
    house.act(talking.ask_client, actor=house.actor("anna"), item_id=item_id, body="Which oven?")
    with in_scope(house.app, house.north), transaction():
        sent = mail.send(
            to="x@baker.example", template="client_asked", locale="en",
            params={"title": "T", "number": "N", "path": "/"}, subject_id=item_id,
        )  # fmt: skip
    with house.app.app_context():
        return item_id, db.session.get_one(Mail, sent)


def written(
    sender: str, *, subject: str = "Re: question", body: str = "The blue one.", **headers: str
) -> EmailMessage:
    message = EmailMessage()
    message["From"] = f"Nora Baker <{sender}>"
    message["To"] = MAILBOX
    message["Subject"] = subject
    message["Message-ID"] = headers.pop("message_id", f"<{uuid4()}@baker.example>")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(f"{body}\n\nOn Nov 24, 2026, Kontor wrote:\n> Which oven?\n")
    return message


def said(house: House, item_id: UUID) -> list[tuple[str, str]]:
    with in_scope(house.app, house.north):
        return [
            (m.author_name, m.body) for m in conversation.of_subject(item_id, with_internal=True)
        ]


def outcome(house: House, message: EmailMessage) -> IncomingMail:
    key = str(message["Message-ID"]).strip("<>")
    with house.app.app_context():
        return db.session.scalars(select(IncomingMail).where(IncomingMail.message_key == key)).one()


def test_an_answer_comes_into_its_item_by_reply_address(
    house: House, nora: str, hand_over: HandOver
) -> None:
    item_id, sent = asked(house)
    message = written(nora)
    message.add_attachment(b"three ovens", maintype="text", subtype="plain", filename="ovens.txt")
    message.add_attachment(b"MZ\x90", maintype="application", subtype="x", filename="virus.exe")
    answer = hand_over(message.as_bytes(), to=f"post+{sent.id}@in.example", sender=nora)
    assert answer == "250 2.0.0 delivered"
    assert said(house, item_id)[-1] == ("Nora Baker", "The blue one.\n\n\N{CROSS MARK} virus.exe")
    assert house.item(item_id).status is WorkStatus.IN_PROGRESS
    with in_scope(house.app, house.north):
        assert [file.name for file in queries.documents(item_id)] == ["ovens.txt"]
    assert outcome(house, message).content is None


def test_references_and_the_number_in_the_subject_lead_there_too(
    house: House, nora: str, hand_over: HandOver
) -> None:
    item_id, sent = asked(house)
    hand_over(written(nora, References=f"<{sent.id}@kontor.example>").as_bytes(), sender=nora)
    assert len(said(house, item_id)) == 2
    number = f"{house.north.code}-{house.item(item_id).number}"
    hand_over(written(nora, subject=f"AW: {number}", body="Again.").as_bytes(), sender=nora)
    assert said(house, item_id)[-1][1] == "Again."


def test_the_mail_that_goes_out_has_an_address_of_its_own(
    house: House, app_context: object
) -> None:
    del app_context
    item_id, _ = asked(house)
    with in_scope(house.app, house.north), transaction():
        row = mail.about(item_id)[0]
        message = mail.begin_sending(row.id)
        assert message is not None
        assert message["Reply-To"] == f"post+{row.id}@in.example"
        assert "simply answer this mail" in mail.text_of(row).text


def test_an_internal_note_never_leaves(house: House, nora: str) -> None:
    """No mail of any kind, to anybody, says a word of it."""
    item_id = house.request("Silent")
    house.act(talking.jot, actor=house.actor("anna"), item_id=item_id, body="Zwetschgenkern")
    house.act(talking.ask_client, actor=house.actor("anna"), item_id=item_id, body="Well?")
    house.act(talking.jot, actor=house.actor("anna"), item_id=item_id, body="Zwetschgenkern")
    with in_scope(house.app, house.north), transaction():
        tell_of_the_question(ClientAsked(item_id=item_id, number="N", requester_id=None))
        told = mail.about(item_id)
        texts = [mail.text_of(row) for row in told]
        whole = " ".join(
            f"{text.text} {text.html} {row.params} {row.recipient}"
            for text, row in zip(texts, told, strict=True)
        )
    assert "Zwetschgenkern" not in whole


def test_whoever_sees_only_own_work_writes_into_no_other_by_mail(
    house: House, hand_over: HandOver
) -> None:
    email = f"olaf-{uuid4().hex[:6]}@baker.example"
    olaf = a_person(
        house.app, name="Olaf Own", email=email, member_of={house.north: ClientRole.REQUESTER}
    )
    with house.app.app_context(), transaction():
        (mine,) = [one for one in members(house.north.id) if one.account_id == olaf.id]
        team.change_sight(
            actor=SYSTEM, client=house.north, membership_id=mine.id, sight=Sight.OWN, department=""
        )
    item_id, sent = asked(house)
    before = said(house, item_id)
    number = f"{house.north.code}-{house.item(item_id).number}"
    for message, to in (
        (written(email, subject=f"Re: {number}"), MAILBOX),
        (written(email), f"post+{sent.id}@in.example"),
    ):
        assert "triage" in hand_over(message.as_bytes(), to=to, sender=email)
        assert outcome(house, message).reason == "notfound"
    assert said(house, item_id) == before
    assert house.item(item_id).status is WorkStatus.WAITING


@pytest.mark.parametrize(
    "headers", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"X_Loop": "kontor"}]
)
def test_case_37_an_automatic_answer_neither_resumes_nor_responds(
    house: House, nora: str, hand_over: HandOver, headers: dict[str, str]
) -> None:
    item_id, sent = asked(house)
    before = said(house, item_id)
    message = written(nora, **headers)
    assert "automatic" in hand_over(
        message.as_bytes(), to=f"post+{sent.id}@in.example", sender=nora
    )
    assert said(house, item_id) == before
    assert house.item(item_id).status is WorkStatus.WAITING
    assert outcome(house, message).item_id == item_id


def test_a_report_of_a_bounce_marks_the_mail_and_says_nothing_in_the_item(
    house: House, hand_over: HandOver
) -> None:
    item_id, sent = asked(house)
    report = (
        f"From: MAILER-DAEMON@mx.example\r\nMessage-ID: <b-{sent.id}@mx.example>\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        "Final-Recipient: rfc822; x@baker.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: <{sent.id}@kontor.example>\r\n\r\n--b--\r\n"
    )
    assert "bounce" in hand_over(report.encode(), sender="")
    assert len(said(house, item_id)) == 1
    with house.app.app_context():
        assert db.session.get_one(Mail, sent.id).state == "bounced"


def test_a_stranger_who_knows_the_address_waits_for_a_person(
    house: House, hand_over: HandOver
) -> None:
    item_id, sent = asked(house)
    message = written("eve@elsewhere.example")
    to = f"post+{sent.id}@in.example"
    assert "triage" in hand_over(message.as_bytes(), to=to, sender="eve@elsewhere.example")
    assert len(said(house, item_id)) == 1
    assert house.item(item_id).status is WorkStatus.WAITING
    row = outcome(house, message)
    assert (row.reason, row.tenant_id) == ("unknown_sender", house.north.id)


def test_a_lead_places_a_mail_or_puts_it_aside(house: House, hand_over: HandOver) -> None:
    item_id = house.request("Placed")
    number = f"{house.north.code}-{house.item(item_id).number}"
    one, two = written("new@baker.example", body="Please hurry."), written("spam@x.example")
    for message in (one, two):
        hand_over(message.as_bytes(), sender="x@x.example")
    first, second = outcome(house, one), outcome(house, two)
    lena, anna = house.visitor("lena"), house.visitor("anna")
    assert anna.get("/desk/mail-in").status_code == 403
    assert "Please hurry." in lena.get("/desk/mail-in").text
    wrong = lena.post(f"/desk/mail-in/{first.id}/put", data={"number": "NOWHERE-1"})
    assert wrong.status_code == 422
    assert (
        lena.post(f"/desk/mail-in/{first.id}/put", data={"number": number.lower()}).status_code
        == 303
    )
    assert said(house, item_id)[-1] == ("Nora Baker", "Please hurry.")
    assert lena.post(f"/desk/mail-in/{first.id}/put", data={"number": number}).status_code == 409
    assert lena.post(f"/desk/mail-in/{second.id}/dismiss").status_code == 303
    assert outcome(house, two).outcome is Outcome.DISMISSED
    assert "Please hurry." in lena.get("/desk/mail-in?all=1").text


def test_finished_work_is_not_written_to_by_mail(
    house: House, nora: str, hand_over: HandOver
) -> None:
    item_id, sent = asked(house)
    house.act(closing.cancel, actor=house.actor("lena"), item_id=item_id)
    message = written(nora)
    hand_over(message.as_bytes(), to=f"post+{sent.id}@in.example", sender=nora)
    assert outcome(house, message).reason == "conflict"


def test_a_loop_is_stopped(
    house: House, nora: str, hand_over: HandOver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "MOST_AN_HOUR", 3)
    item_id, sent = asked(house)
    to = f"post+{sent.id}@in.example"
    answers = [hand_over(written(nora).as_bytes(), to=to, sender=nora) for _ in range(5)]
    assert [answer.split()[-1] for answer in answers] == ["delivered"] * 3 + ["triage"] * 2
    assert len(said(house, item_id)) == 4


@pytest.mark.parametrize("to", ["other@in.example", "post@elsewhere.example", "postx+1@in.example"])
def test_only_our_mailbox(hand_over: HandOver, to: str) -> None:
    assert hand_over(b"Subject: x\n\nx", to=to).startswith("550")


def test_what_cannot_be_kept_now_is_not_taken(
    hand_over: HandOver, nora: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail server in front keeps it and tries again."""

    def broken(_arrival: object) -> None:
        raise OSError

    monkeypatch.setattr(incoming, "write_down", broken)
    assert hand_over(written(nora).as_bytes()).startswith("451")


def test_a_mail_that_was_only_written_down_goes_on_when_it_comes_again(
    house: House, nora: str, hand_over: HandOver, monkeypatch: pytest.MonkeyPatch
) -> None:
    item_id, sent = asked(house)
    message, to = written(nora), f"post+{sent.id}@in.example"
    with monkeypatch.context() as broken:
        broken.setattr(talking, "say", lambda **_: 1 / 0)
        assert hand_over(message.as_bytes(), to=to, sender=nora).startswith("451")
    assert outcome(house, message).outcome is Outcome.RECEIVED
    assert "delivered" in hand_over(message.as_bytes(), to=to, sender=nora)
    assert "duplicate" in hand_over(message.as_bytes(), to=to, sender=nora)
    assert len(said(house, item_id)) == 2


def test_a_thousand_mails_of_which_a_hundred_are_duplicates_have_900_effects(
    house: House, nora: str, hand_over: HandOver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "MOST_AN_HOUR", 10_000)
    mails = []
    items = [asked(house) for _ in range(9)]
    for at in range(900):
        sent = items[at % 9][1]
        message = written(nora, body=f"Answer {at}", message_id=f"<bulk-{at}-{sent.id}@b.example>")
        mails.append((message.as_bytes(), f"post+{sent.id}@in.example"))
    mails = [*mails[:500], *mails[200:250], *mails[500:], *mails[700:750]]
    assert len(mails) == 1000
    with ThreadPoolExecutor(2) as senders:
        answers = list(senders.map(lambda one: hand_over(one[0], to=one[1], sender=nora), mails))
    assert {answer.split()[0] for answer in answers} == {"250"}
    bodies = [body for item_id, _ in items for _, body in said(house, item_id)[1:]]
    assert sorted(bodies) == sorted(f"Answer {at}" for at in range(900))
    with house.app.app_context():
        count = db.session.scalar(
            select(func.count()).where(IncomingMail.message_key.like("bulk-%"))
        )
    assert count == 900
