"""For developers and the demo only: the mails that went out, with links that work."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.messages import mail
from app.web.access import public

blueprint = Blueprint("dev_outbox", __name__, url_prefix="/dev/outbox")


@blueprint.get("")
@public
def outbox() -> ResponseReturnValue:
    """The newest mails."""
    shown = [(one, mail.text_of(one)) for one in mail.mails()]
    return render_template("dev/outbox.html", mails=shown)


@blueprint.get("/<uuid:mail_id>")
@public
def one(mail_id: UUID) -> ResponseReturnValue:
    """One mail as its reader sees it."""
    row = mail.mail(mail_id)
    return render_template("dev/mail.html", mail=row, text=mail.text_of(row))
