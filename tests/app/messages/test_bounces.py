"""What comes back marks the mail it was and the address, and nothing else."""

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner
from flask import Flask

from app.cli.house import House
from app.cli.mail import command
from app.kernel.ids import new_id
from app.messages import bounces, mail
from app.messages.mail_models import MailState
from app.messages.tasks import send_mail
from tenants.db import transaction

REPORT = """\
From: MAILER-DAEMON@mx.example.net
To: kontor@example.com
Subject: Undelivered Mail Returned to Sender
Message-ID: <report@mx.example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.net. I'm sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Mon, 23 Nov 2026 12:00:00 +0000

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <{address}>: User unknown

--b
Content-Type: {kind}

From: Kontor <kontor@localhost>
To: {address}
Subject: x
Message-ID: <{mail_id}@localhost>

--b--
"""


def report(mail_id: UUID, address: str, **more: str) -> bytes:
    values = {"action": "failed", "status": "5.1.1", "kind": "message/rfc822", **more}
    return REPORT.format(mail_id=mail_id, address=address, **values).encode()


@pytest.fixture
def address() -> str:
    return f"Gone-{uuid4().hex[:8]}@Example.com"


@pytest.fixture
def sent(app: Flask, address: str) -> UUID:
    with app.app_context(), transaction():
        mail_id = mail.send(to=address, template="reset", locale="de", params={"name": "Ada"})
    with app.app_context():
        send_mail(mail_id)
    return mail_id


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_the_mail_and_its_address_are_marked(
    app: Flask, sent: UUID, address: str, kind: str
) -> None:
    with app.app_context():
        with transaction():
            (marked,) = bounces.note(report(sent, address, kind=kind))
        assert marked.address == address.lower()
        row = mail.mail(sent)
        assert row.state is MailState.BOUNCED
        assert "User unknown" in row.last_error
        (found,) = bounces.bounced([address, "else@example.com"]).values()
        assert (found.status, found.mail_id) == ("5.1.1", sent)
        with transaction():
            assert bounces.note(report(sent, address))  # a second one is no surprise
            assert bounces.forget(address)
        assert not bounces.bounced([address])


def test_what_marks_nothing(app: Flask, sent: UUID, address: str) -> None:
    plain = EmailMessage()
    plain.set_content(f"Message-ID: <{sent}@localhost>")
    for content in (
        report(sent, address, action="delayed", status="4.4.1"),
        report(sent, "somebody.else@example.com"),
        report(new_id(), address),
        report(sent, address).replace(b"Message-ID: <0", b"Message-ID: <g"),
        plain.as_bytes(),
        b"",
        b"\xff\x00" * 500,
        report(sent, address)[:700],
    ):
        with app.app_context(), transaction():
            assert bounces.note(content) == []
    with app.app_context():
        assert mail.mail(sent).state is MailState.SENT


def test_an_open_end_is_settled_by_what_came_back(app: Flask, address: str) -> None:
    with app.app_context():
        with transaction():
            mail_id = mail.send(to=address, template="reset", locale="de", params={"name": "A"})
            mail.begin_sending(mail_id)
            mail.hand_over(mail_id)
        send_mail(mail_id)
        assert mail.mail(mail_id).state is MailState.UNKNOWN
        with transaction():
            bounces.note(report(mail_id, address))
        assert mail.mail(mail_id).state is MailState.BOUNCED


def test_from_the_shell(app: Flask, sent: UUID, address: str, tmp_path: Path) -> None:
    house = House()
    house.__dict__["app"] = app
    shell = CliRunner()
    content = report(sent, address)
    (tmp_path / "report.eml").write_bytes(content)
    answer = shell.invoke(command, ["bounce", str(tmp_path / "report.eml")], obj=house)
    assert answer.exit_code == 0
    assert address.lower() in answer.output
    answer = shell.invoke(command, ["bounce", "-"], obj=house, input=b"Subject: hello\n\nyou")
    assert answer.exit_code == 1
    assert "no report" in answer.output
    assert str(sent) in shell.invoke(command, ["list", "--state", "bounced"], obj=house).output
    assert "no longer" in shell.invoke(command, ["forgive", address], obj=house).output


def test_the_report_is_one(address: str) -> None:
    parsed = BytesParser(policy=policy.default).parsebytes(report(new_id(), address))
    assert parsed.get_content_type() == "multipart/report"
