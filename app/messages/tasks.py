"""Jobs of the messages: sending a mail."""

from uuid import UUID

from app.adapters import mail as adapter
from app.jobs.registry import job, scheduled
from app.messages import mail, notices
from app.messages.mail_models import MailState
from tenants.db import transaction


@job(mail.JOB, job_class="external", long=True, max_attempts=8, first_pause=20, time_limit=120)
def send_mail(mail_id: UUID) -> None:
    """Send one mail; that the text goes over the line is committed before it does."""
    with transaction():
        message = mail.begin_sending(mail_id)
    if message is None:
        return
    try:
        adapter.sender().send(
            message,
            recipient=str(message["To"]),
            on_handing_over=lambda: _hand_over(mail_id),
        )
    except mail.NoLonger:
        return
    except adapter.AddressRefused as refused:
        _end(mail_id, MailState.FAILED, refused)
    except adapter.OutcomeUnknown as broken:
        _end(mail_id, MailState.UNKNOWN, broken)
    except adapter.MailUndelivered as failure:
        _end(mail_id, MailState.QUEUED, failure)
        raise
    else:
        _end(mail_id, MailState.SENT)


def _hand_over(mail_id: UUID) -> None:
    with transaction():
        mail.hand_over(mail_id)


def _end(mail_id: UUID, state: MailState, error: Exception | str = "") -> None:
    with transaction():
        mail.end_sending(mail_id, state=state, error=str(error))


@job("messages.send_digests", job_class="bulk")
def send_digests() -> None:
    """One mail to everybody who wants them together."""
    notices.send_digests()


scheduled("messages.send_digests", cron="0 7 * * 1-5", per_client=True)
