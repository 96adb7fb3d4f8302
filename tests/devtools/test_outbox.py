"""The demo's mails: caught by SMTP, kept as files, read by the developer's page."""

import smtplib
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from devtools import outbox
from devtools.child import LOOPBACK, free_port

ROOT = Path(__file__).parent.parent.parent


def a_mail() -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Kontor <kontor@example.com>"
    message["To"] = "jürgen@example.com"
    message["Subject"] = "Ihre Einladung zu Müller & Söhne"
    message.set_content("Guten Tag,\n\nbitte öffnen Sie …\n")
    message.add_alternative("<p>Guten Tag</p>\n", subtype="html")
    message.add_attachment(b"a;b\n", maintype="text", subtype="csv", filename="liste.csv")
    return message


def test_a_mail_sent_by_smtp_lies_in_the_outbox(tmp_path: Path) -> None:
    port = free_port()
    catcher = subprocess.Popen(
        [sys.executable, "-m", "devtools.mail_catcher", str(port), str(tmp_path)], cwd=ROOT
    )
    try:
        with _connected(port) as server:
            server.send_message(a_mail(), "kontor@example.com", ["one@example.com"])
        [mail] = outbox.mails(tmp_path)
    finally:
        catcher.terminate()
        catcher.wait()

    assert mail.subject == "Ihre Einladung zu Müller & Söhne"
    assert (mail.sender, mail.recipients) == ("kontor@example.com", ["one@example.com"])
    assert "bitte öffnen Sie …" in mail.text
    assert mail.html == "<p>Guten Tag</p>\n"
    assert mail.attachments == [{"filename": "liste.csv", "content_type": "text/csv", "size": 4}]
    assert outbox.mail(tmp_path, mail_id=mail.id) == mail
    assert (tmp_path / f"{mail.id}.eml").exists()


def test_the_newest_comes_first(tmp_path: Path) -> None:
    kept = [
        outbox.keep(tmp_path, sender="a@b.de", recipients=["c@d.de"], content=a_mail().as_bytes())
        for _ in range(3)
    ]

    assert outbox.mails(tmp_path, most=2) == [kept[2], kept[1]]


@pytest.mark.parametrize("mail_id", ["../secret", "nothing", "20261123T200000000000Z-00000000"])
def test_an_id_that_is_none(tmp_path: Path, mail_id: str) -> None:
    (tmp_path.parent / "secret.json").write_text("{}")

    assert outbox.mail(tmp_path, mail_id=mail_id) is None


def test_broken_mails_are_kept_too(tmp_path: Path) -> None:
    mail = outbox.keep(tmp_path, sender="", recipients=[], content=b"\xff\xfe no header\r\n\x00")

    assert outbox.mails(tmp_path) == [mail]


def _connected(port: int) -> smtplib.SMTP:
    end = time.monotonic() + 20
    while True:
        try:
            return smtplib.SMTP(LOOPBACK, port, timeout=5)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
