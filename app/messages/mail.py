"""Mail to a person: written down with the change that causes it, sent by a job."""

from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.adapters import mail as adapter
from app.jobs.actions import enqueue
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.messages import mail_text
from app.messages.mail_models import Mail, MailState
from app.messages.mail_text import MailText
from tenants.context import current
from tenants.db import db

JOB = "messages.send_mail"


def send(
    *,
    to: str,
    template: str,
    locale: str,
    params: Mapping[str, Any],
    tenant_id: int | None = None,
) -> UUID:
    """Have a mail sent once this transaction has committed. Returns the mail's id.

    `template` names a file of templates/mail; `params` are JSON values for it, with `path` for its
    link. Inside a client's scope the mail belongs to that client. Raises UnknownTemplate.
    """
    client = current.get()
    mail = Mail(
        tenant_id=client.id if client else tenant_id,
        recipient=to,
        locale=mail_text.language(template, locale),
        template=template,
        params=dict(params),
    )
    db.session.add(mail)
    db.session.flush()
    enqueue(JOB, args={"mail_id": mail.id}, dedupe_key=str(mail.id))
    return mail.id


def mails(*, most: int = 100) -> Sequence[Mail]:
    """The newest mails, for the developer's outbox."""
    return db.session.scalars(select(Mail).order_by(Mail.id.desc()).limit(most)).all()


def mail(mail_id: UUID) -> Mail:
    """One mail. Raises NotFound."""
    found = db.session.get(Mail, mail_id)
    if found is None:
        raise NotFound("There is no such mail.")
    return found


def text_of(mail: Mail) -> MailText:
    """What the mail says."""
    settings = adapter.settings()
    return mail_text.compose(
        mail.template,
        locale=mail.locale,
        params=mail.params,
        base_url=settings.base_url,
        provider_name=settings.provider_name,
    )


def begin_sending(mail_id: UUID) -> EmailMessage | None:
    """Note that the mail is about to go out, and give it; None if it has gone or never will.

    If we are killed in between it is sent again under the same Message-ID, by which mail servers
    and readers know it for the same.
    """
    row = db.session.scalar(select(Mail).where(Mail.id == mail_id).with_for_update())
    if row is None or row.state in {MailState.SENT, MailState.FAILED}:
        return None
    settings = adapter.settings()
    domain = parseaddr(settings.sender)[1].rpartition("@")[2] or "localhost"
    row.state, row.attempts = MailState.SENDING, row.attempts + 1
    row.message_id = f"<{row.id}@{domain}>"
    return _message(row, sender=settings.sender)


def _message(row: Mail, *, sender: str) -> EmailMessage:
    text = text_of(row)
    message = EmailMessage()
    message["From"] = sender
    message["To"] = row.recipient
    message["Subject"] = text.subject
    message["Date"] = format_datetime(now())
    message["Message-ID"] = row.message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answers from machines, please
    message.set_content(text.text)
    message.add_alternative(text.html, subtype="html")
    return message


def end_sending(mail_id: UUID, *, state: MailState, error: str = "") -> None:
    """Note what became of it."""
    row = mail(mail_id)
    row.state, row.last_error = state, error[:500]
    row.sent_at = now() if state is MailState.SENT else None
