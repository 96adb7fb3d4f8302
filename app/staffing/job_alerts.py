"""Tell the provider's admins what is wrong with the jobs: once each time it begins."""

from collections.abc import Sequence
from uuid import UUID

import structlog

from app.jobs import alerts
from app.jobs.alerts import Alert, Matter
from app.kernel.clock import now
from app.messages import mail
from app.messages.tasks import send_mail
from app.staffing.recipients import Staff
from tenants.db import transaction

log = structlog.get_logger(__name__)

_WITHOUT_JOBS = frozenset({Matter.RELAY, Matter.REDIS})
"""A mail about these cannot wait for a job: no job runs."""


def tell() -> None:
    """Note what is wrong, and write to every admin what begins now. In the ticker."""
    urgent: list[UUID] = []
    with transaction():
        begun = alerts.note()
        admins = Staff(on=now().date()).admins() if begun else ()
        for alert in begun:
            log.warning("jobs_alert", matter=str(alert.matter), figure=alert.figure)
            written = [_write(alert, email=one.email, locale=one.locale) for one in admins]
            urgent += written if alert.matter in _WITHOUT_JOBS else []
    _send_now(urgent)


def _write(alert: Alert, *, email: str, locale: str) -> UUID:
    places = {Matter.DEAD: "?view=dead", Matter.REFUSED: "refused"}
    params = {
        "path": f"/desk/jobs/{places.get(alert.matter, '?view=waiting')}",
        "matter": str(alert.matter),
        "number": alert.figure,
        "minutes": alert.figure // 60,
    }
    return mail.send(to=email, template="jobs_alert", locale=locale, params=params)


def _send_now(mail_ids: Sequence[UUID]) -> None:
    for mail_id in mail_ids:
        try:
            send_mail(mail_id)
        except Exception as failure:
            # Its job sends it as soon as jobs run again.
            log.warning("alert_not_sent", mail=str(mail_id), error=type(failure).__name__)
