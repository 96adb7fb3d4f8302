"""A mail that came back: somebody at a client has left, and nobody has said so."""

from datetime import datetime, timedelta

from sqlalchemy import select

from app.kernel.clock import freeze
from app.messages import bounces, mail
from app.messages.mail_models import MailState
from app.work import index
from app.work.models import WorkItem
from app.work.rules import WorkStatus
from devtools.demo.clients import Client
from tenants.db import db, transaction
from tenants.scope import tenant_scope

OWNER = "nordlicht"
LEFT = "tim@nordlicht.example"
_REPORT = """\
From: MAILER-DAEMON@mx.nordlicht.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.nordlicht.example

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 mailbox unavailable

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}

--b--
"""


def come_back(client: Client, *, until: datetime) -> None:
    """The question about an item was mailed to somebody whose mailbox is gone."""
    with freeze(until - timedelta(hours=20)):
        with tenant_scope(client.ref), transaction():
            waiting = select(WorkItem).where(WorkItem.status == WorkStatus.WAITING)
            item = db.session.scalars(waiting.order_by(WorkItem.number).limit(1)).first()
            if item is None:
                return
            mail_id = mail.send(
                to=LEFT,
                template="client_asked",
                locale="en",
                params={
                    "number": index.number_of(item),
                    "title": item.title,
                    "path": f"/p/{client.ref.slug}/requests/{item.id}",
                },
                subject_id=item.id,
            )
            message = mail.begin_sending(mail_id)
            mail.hand_over(mail_id)
            mail.end_sending(mail_id, state=MailState.SENT)
        if message is not None:
            report = _REPORT.format(address=LEFT, message_id=message["Message-ID"])
            with transaction():
                bounces.note(report.encode())
