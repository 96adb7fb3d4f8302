"""A person's own settings at this client: mails, digest, quiet hours; and where the rest is."""

from datetime import time
from http import HTTPStatus

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.identity.permissions import Permission
from app.kernel.errors import Invalid
from app.messages import notices
from app.messages.notice_models import Tell
from app.messages.notices import Chosen
from app.portal.frame import page, portal_blueprint
from app.web.access import current_actor, requires
from app.web.forms import field_errors

blueprint = portal_blueprint("portal_settings", __name__, "/settings")


@blueprint.get("", endpoint="settings")
@requires(Permission.WORK_READ)
def settings_page() -> ResponseReturnValue:
    """How one is told, and links to people, tokens, rules and the record."""
    return _page()


def _page(*, errors: dict[str, list[str]] | None = None) -> str:
    actor = current_actor()
    mine = notices.chosen(actor.id) if actor.id else Chosen()
    return page(
        "portal/settings/page.html",
        here="portal_settings.settings",
        mine=mine,
        ways=[
            (Tell.EACH, _("one mail for each thing, at once"), ""),
            (Tell.DIGEST, _("one mail each working day at 7 in the morning"), ""),
            (Tell.NEVER, _("no mails: I look here myself"), ""),
        ],
        errors=errors or {},
    )


@blueprint.post("")
@requires(Permission.WORK_READ)
def save() -> ResponseReturnValue:
    """Choose."""
    try:
        notices.choose(
            actor=current_actor(),
            wanted=Chosen(
                tell=_way(), quiet_from=_clock("quiet_from"), quiet_until=_clock("quiet_until")
            ),
        )
    except Invalid as faulty:
        return _page(errors=field_errors(faulty)), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("Saved."), "success")
    return redirect(url_for(".settings"), HTTPStatus.SEE_OTHER)


def _way() -> Tell:
    try:
        return Tell(request.form.get("tell", ""))
    except ValueError:
        raise Invalid(fields={"tell": [_("Please choose one.")]}) from None


def _clock(field: str) -> time | None:
    text = request.form.get(field, "")
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(fields={field: [_("This is not a time of day.")]}) from None
