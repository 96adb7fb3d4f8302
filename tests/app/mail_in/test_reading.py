"""What is new in a mail, who wrote it, and whether a machine did."""

from email.message import EmailMessage
from uuid import UUID

import pytest

from app.kernel.ids import new_id
from app.kernel.quotes import fresh, text_of_html
from app.messages.reading import read
from tests.conftest import REFERENCE_DATA

REPLIES = REFERENCE_DATA / "mail" / "reply-emails" / "test" / "emails"
TALON = REFERENCE_DATA / "mail" / "talon" / "tests" / "fixtures"
needs_reference = pytest.mark.skipif(
    not REPLIES.exists() or not TALON.exists(), reason="the reference mails are not here"
)


@needs_reference
@pytest.mark.parametrize(
    ("name", "begins", "ends", "without"),
    [
        ("email_1_1", "Hi folks", "Abhishek Kona", "riak-users mailing list"),
        ("email_1_2", "Hi,", None, "What is the best way"),
        ("email_1_3", "Oh thanks.", "-Abhishek Kona", "Russell Brown wrote"),
        ("email_1_6", "I get proper rendering as well.", None, "Neil Gentleman"),
        ("email_gmail", "This is a test for inbox replying to a github message.", None, "wrote:"),
        ("email_headers_no_delimiter", "And another reply!", None, "From:"),
        ("email_iPhone", "Here is another email", None, "Sent from my"),
        ("email_multi_word_sent_from_my_mobile_device", "Here is another email", None, "Sent from"),
        ("correct_sig", "this is an email with a correct", None, "rick"),
    ],
)
def test_reference_answers(name: str, begins: str, ends: str | None, without: str) -> None:
    text = fresh((REPLIES / f"{name}.txt").read_text())
    assert text.startswith(begins), text
    assert ends is None or ends in text
    assert without not in text


@needs_reference
@pytest.mark.parametrize(
    "path", sorted((TALON / "standard_replies").glob("*.eml")), ids=lambda p: p.stem
)
def test_reference_mails_say_hello(path: object) -> None:
    content = path.read_bytes()  # type: ignore[attr-defined]
    mail = read(content, envelope_sender="x@example.com", recipient="post@in.example")
    assert mail.text.split()[0].startswith("Hello"), mail.text
    assert "> Hi" not in mail.text
    assert "wrote" not in mail.text
    assert not mail.is_automatic


@needs_reference
@pytest.mark.parametrize("name", ["gmail", "thunderbird", "ms_outlook_2010", "windows_mail"])
def test_reference_pages_without_what_is_quoted(name: str) -> None:
    html = (TALON / "html_replies" / f"{name}.html").read_text(errors="replace")
    text = fresh(text_of_html(html))
    assert text.startswith("Hi. I am fine"), text
    assert len(text) < 200


@needs_reference
def test_a_pathological_mail_is_read_at_once() -> None:
    assert isinstance(fresh((REPLIES / "pathological.txt").read_text()), str)


@pytest.mark.parametrize(
    "quoted",
    [
        "Am 24.11.2026 um 14:31 schrieb Kontor <post@in.example>:\n> Frage?\n",
        "Am Di., 24. Nov. 2026 um 14:31 Uhr schrieb Kontor <\npost@in.example>:\n\n> Frage?\n",
        "-----Ursprüngliche Nachricht-----\nVon: Kontor\nBetreff: Frage\n\nFrage?\n",
        "________________________________\nVon: Kontor <post@in.example>\nGesendet: heute\nFrage?",
        "Von: Kontor <post@in.example>\nGesendet: Dienstag\nAn: Nora\nBetreff: Frage\n\nFrage?",
    ],
)
def test_german_answers(quoted: str) -> None:
    assert fresh(f"Ja, gern.\n\n{quoted}") == "Ja, gern."


def test_an_answer_below_or_between_quotes_stays() -> None:
    assert fresh("> Frage?\n\nJa.") == "Ja."
    between = "On Nov 24, 2026, Kontor wrote:\n> One?\nYes.\n> Two?\nNo."
    assert fresh(between) == "Yes.\nNo."


def a_mail(**headers: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in {"From": "Nora <nora@baker.example>", "Subject": "Re: x", **headers}.items():
        message[name.replace("_", "-")] = value
    message.set_content("Yes")
    return message


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"List_Id": "<list.example>"},
        {"Subject": "Abwesenheitsnotiz: Urlaub"},
        {"Subject": "Automatische Antwort: Frage"},
        {"Subject": "Out of Office: Re: x"},
        {"From": "MAILER-DAEMON@example.com"},
    ],
)
def test_a_machines_answer_is_known(headers: dict[str, str]) -> None:
    message = a_mail(**headers)
    assert read(message.as_bytes(), envelope_sender="a@b.example", recipient="").is_automatic


def test_a_persons_mail_is_not_automatic_but_one_from_nobody_is() -> None:
    content = a_mail(Auto_Submitted="no").as_bytes()
    assert not read(content, envelope_sender="a@b.example", recipient="").is_automatic
    assert read(content, envelope_sender="<>", recipient="").is_automatic


def test_which_mails_of_ours_it_answers() -> None:
    first, second = new_id(), new_id()
    message = a_mail(References=f"<other@x> <{first}@kontor.example>")
    mail = read(message.as_bytes(), envelope_sender="a@b", recipient=f"post+{second}@in.example")
    assert list(mail.answers) == [first, second]
    assert all(isinstance(one, UUID) for one in mail.answers)


def test_numbers_in_the_subject_and_files() -> None:
    message = a_mail(Subject="AW: [ACME-1042] und BOLT-7")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="a.pdf")
    message.add_attachment(b"logo", maintype="image", subtype="png", filename="l.png", cid="<l>")
    mail = read(message.as_bytes(), envelope_sender="a@b.example", recipient="")
    assert list(mail.numbers) == [("ACME", 1042), ("BOLT", 7)]
    assert [file.name for file in mail.attachments] == ["a.pdf"]


@pytest.mark.parametrize(
    "content",
    [b"", b"\0\xff", b"From: \xff\xfe\n\n\xff", b"Content-Type: text/plain; charset=nope\n\nx",
     b"Content-Type: multipart/mixed\n\nx", b"Message-ID: <\nSubject: =?x?q?=\n\n"],
)  # fmt: skip
def test_broken_mails_are_read_as_far_as_they_can_be(content: bytes) -> None:
    mail = read(content, envelope_sender="a@b.example", recipient="")
    assert mail.message_key
