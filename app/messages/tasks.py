"""Jobs of the messages: sending a mail."""

from uuid import UUID

from app.adapters import mail as adapter
from app.jobs.registry import job
from app.messages import mail
from app.messages.mail_models import MailState
from tenants.db import transaction


@job(mail.JOB, job_class="external", long=True, max_attempts=8, first_pause=20, time_limit=120)
def send_mail(mail_id: UUID) -> None:
    """Send one mail: the intention is committed before the server is spoken to."""
    with transaction():
        message = mail.begin_sending(mail_id)
    if message is None:
        return
    try:
        adapter.sender().send(message, recipient=str(message["To"]))
    except adapter.AddressRefused as refused:
        with transaction():
            mail.end_sending(mail_id, state=MailState.FAILED, error=str(refused))
        return
    except adapter.MailUndelivered as failure:
        with transaction():
            mail.end_sending(mail_id, state=MailState.QUEUED, error=str(failure))
        raise
    with transaction():
        mail.end_sending(mail_id, state=MailState.SENT)
