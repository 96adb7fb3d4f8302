"""Mail to a person: written down with the change that causes it, sent by a job."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.adapters import mail as adapter
from app.identity.permissions import Permission
from app.jobs.actions import enqueue
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, NotFound
from app.messages import mail_text
from app.messages.mail_models import Mail, MailState
from app.messages.mail_text import MailText
from tenants.context import current
from tenants.db import db

JOB = "messages.send_mail"
UNDO = timedelta(seconds=20)
"""So long a mail about a work item can be withdrawn."""
AGAIN = frozenset({MailState.UNKNOWN, MailState.FAILED, MailState.BOUNCED, MailState.WITHDRAWN})
"""States in which a person may have a mail sent again."""


def send(  # noqa: PLR0913  what a mail is and when it goes
    *,
    to: str,
    template: str,
    locale: str,
    params: Mapping[str, Any],
    tenant_id: int | None = None,
    subject_id: UUID | None = None,
    not_before: datetime | None = None,
) -> UUID:
    """Have a mail sent once this transaction has committed. Returns the mail's id.

    One about a work item (`subject_id`) waits for `UNDO`, so that it can be withdrawn; nothing
    goes out before `not_before` (aware).

    `template` names a file of templates/mail; `params` are JSON values for it, with `path` for its
    link. Inside a client's scope the mail belongs to that client. Raises UnknownTemplate.
    """
    client = current.get()
    send_after = now() + (UNDO if subject_id else timedelta())
    send_after = max(send_after, not_before or send_after)
    mail = Mail(
        subject_id=subject_id,
        send_after=send_after,
        tenant_id=client.id if client else tenant_id,
        recipient=to,
        locale=mail_text.language(template, locale),
        template=template,
        params=dict(params),
    )
    db.session.add(mail)
    db.session.flush()
    enqueue(JOB, args={"mail_id": mail.id}, dedupe_key=str(mail.id), run_at=send_after)
    return mail.id


def withdraw(*, actor: Actor, mail_id: UUID) -> Mail:
    """Take a mail back that has not gone out yet. Raises Forbidden, NotFound, Conflict."""
    actor.require(Permission.MESSAGE_WRITE)
    row = _locked(mail_id)
    if row.state is not MailState.QUEUED:
        raise Conflict("The mail is on its way already.")
    row.state = MailState.WITHDRAWN
    return row


def send_again(*, actor: Actor, mail_id: UUID) -> Mail:
    """Send what perhaps never arrived again, under the same Message-ID; or what was withdrawn.

    Raises Forbidden, NotFound, Conflict.
    """
    actor.require(Permission.MESSAGE_WRITE)
    row = _locked(mail_id)
    if row.state not in AGAIN:
        raise Conflict("This mail need not be sent again.")
    row.state, row.send_after = MailState.QUEUED, now()
    enqueue(JOB, args={"mail_id": row.id}, dedupe_key=str(row.id))
    return row


def about(subject_id: UUID) -> Sequence[Mail]:
    """The mails about a work item, the newest first; in its client's scope."""
    query = select(Mail).where(Mail.subject_id == subject_id).order_by(Mail.id.desc())
    return db.session.scalars(query.limit(20)).all()


def _locked(mail_id: UUID) -> Mail:
    row = db.session.get(Mail, mail_id, with_for_update=True)
    if row is None:
        raise NotFound("There is no such mail.")
    return row


def mails(*, most: int = 100, state: MailState | None = None) -> Sequence[Mail]:
    """The newest mails, for the outbox."""
    query = select(Mail).order_by(Mail.id.desc()).limit(most)
    return db.session.scalars(query if state is None else query.where(Mail.state == state)).all()


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
        params={"can_reply": bool(reply_address(mail)), **mail.params},
        base_url=settings.base_url,
        provider_name=settings.provider_name,
    )


def reply_address(mail: Mail) -> str:
    """Where an answer to this mail goes, and from there to its item; empty where none is wanted."""
    mailbox, _, domain = adapter.settings().reply_address.partition("@")
    return f"{mailbox}+{mail.id}@{domain}" if domain and mail.subject_id else ""


class NoLonger(Exception):
    """The mail was withdrawn, or is another worker's by now."""


def begin_sending(mail_id: UUID) -> EmailMessage | None:
    """The mail, if it is to go out; None if it has gone, was withdrawn, or nobody can say.

    A mail found in the middle of being handed over belonged to a worker that died: whether the
    server had taken it nobody knows. It is marked so and not sent a second time by itself.
    """
    row = db.session.get(Mail, mail_id, with_for_update=True)
    if row is None:
        return None
    if row.state is MailState.SENDING:
        row.state, row.last_error = MailState.UNKNOWN, "the sender died while it handed it over"
    if row.state is not MailState.QUEUED:
        return None
    settings = adapter.settings()
    domain = parseaddr(settings.sender)[1].rpartition("@")[2] or "localhost"
    row.message_id = f"<{row.id}@{domain}>"
    return _message(row, sender=settings.sender)


def hand_over(mail_id: UUID) -> None:
    """Note that the text goes over the line now. Raises NoLonger."""
    row = db.session.get(Mail, mail_id, with_for_update=True, populate_existing=True)
    if row is None or row.state is not MailState.QUEUED:
        raise NoLonger
    row.state, row.attempts = MailState.SENDING, row.attempts + 1


def _message(row: Mail, *, sender: str) -> EmailMessage:
    text = text_of(row)
    message = EmailMessage()
    message["From"] = sender
    message["To"] = row.recipient
    if reply_to := reply_address(row):
        message["Reply-To"] = reply_to
    message["Subject"] = text.subject
    message["Date"] = format_datetime(now())
    message["Message-ID"] = row.message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answers from machines, please
    message.set_content(text.text)
    message.add_alternative(text.html, subtype="html")
    return message


def end_sending(mail_id: UUID, *, state: MailState, error: str = "") -> None:
    """Note what became of it."""
    row = _locked(mail_id)
    if row.state is MailState.BOUNCED:
        return
    row.state, row.last_error = state, error[:500]
    row.sent_at = now() if state is MailState.SENT else None
