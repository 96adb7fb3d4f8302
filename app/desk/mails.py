"""Mails about an item: taken back before they go out, sent again where they did not arrive."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.identity.permissions import Permission
from app.kernel.errors import NotFound
from app.messages import mail
from app.messages.mail_models import MailState
from app.web.access import current_actor, requires

blueprint = Blueprint("desk_mails", __name__, url_prefix="/desk/c/<client>/mails")

TONES = {MailState.SENT: "good", MailState.FAILED: "bad", MailState.BOUNCED: "bad"}
TONES |= {MailState.UNKNOWN: "warn", MailState.QUEUED: "info", MailState.SENDING: "info"}


def states() -> dict[str, tuple[str, str]]:
    """State → its word and tone."""
    words = {
        MailState.QUEUED: _("about to go out"),
        MailState.SENDING: _("being sent"),
        MailState.SENT: _("sent"),
        MailState.FAILED: _("refused"),
        MailState.WITHDRAWN: _("withdrawn"),
        MailState.UNKNOWN: _("perhaps not arrived"),
        MailState.BOUNCED: _("came back"),
    }
    return {state: (word, TONES.get(state, "neutral")) for state, word in words.items()}


def shown_mails(subject_id: UUID) -> list[dict[str, Any]]:
    """The mails about an item as its page shows them."""
    words = states()
    return [
        {
            "row": row,
            "subject": mail.text_of(row).subject,
            "state": words[row.state],
            "may_withdraw": row.state is MailState.QUEUED,
            "may_send": row.state in mail.AGAIN,
        }
        for row in mail.about(subject_id)
    ]


@blueprint.post("/<uuid:mail_id>/withdraw")
@requires(Permission.MESSAGE_WRITE)
def withdraw(mail_id: UUID) -> ResponseReturnValue:
    """Take it back."""
    row = mail.withdraw(actor=current_actor(), mail_id=mail_id)
    return _back(row, _("The mail is withdrawn; it does not go out."))


@blueprint.post("/<uuid:mail_id>/again")
@requires(Permission.MESSAGE_WRITE)
def send_again(mail_id: UUID) -> ResponseReturnValue:
    """Send it once more."""
    row = mail.send_again(actor=current_actor(), mail_id=mail_id)
    return _back(row, _("The mail is sent again."))


def _back(row: Any, said: str) -> ResponseReturnValue:
    if row.subject_id is None:
        raise NotFound("There is no such mail.")
    flash(said, "success")
    address = url_for("desk_items.item", client=g.client.slug, item_id=row.subject_id)
    return redirect(f"{address}#mails", HTTPStatus.SEE_OTHER)
