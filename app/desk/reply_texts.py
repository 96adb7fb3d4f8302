"""Text templates: leads keep them, whoever answers a client puts them in with their fields."""

from http import HTTPStatus
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel import Locale
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.catalogue.service import services
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.errors import Invalid, NotFound
from app.messages import texts
from app.messages.text_rules import FIELDS, filled
from app.messages.texts import Wording
from app.web.access import current_actor, requires
from app.web.formats import absolute, day
from app.web.forms import field_errors
from app.work.index import number_of

blueprint = Blueprint("desk_texts", __name__, url_prefix="/desk/texts", template_folder="templates")


def field_words() -> dict[str, str]:
    """What each field is filled with."""
    words = {
        "number": _("number of the item"),
        "title": _("title of the item"),
        "client": _("name of the client"),
        "requester": _("who ordered it"),
        "due": _("when it is promised"),
        "operator": _("who writes"),
        "today": _("the day of today"),
    }
    return {name: words[name] for name in FIELDS}


@blueprint.get("")
@requires(Permission.WORK_ASSIGN)
def text_list() -> ResponseReturnValue:
    """Those in use, and a form for a new one."""
    return _page()


@blueprint.post("")
@requires(Permission.WORK_ASSIGN)
def add() -> ResponseReturnValue:
    """Keep a new one."""
    return _keep(None)


@blueprint.get("/<uuid:text_id>")
@requires(Permission.WORK_ASSIGN)
def edit(text_id: UUID) -> ResponseReturnValue:
    """One of them, to be changed."""
    return _page(texts.one(text_id))


@blueprint.post("/<uuid:text_id>")
@requires(Permission.WORK_ASSIGN)
def change(text_id: UUID) -> ResponseReturnValue:
    """Change it; what was written with it stays."""
    return _keep(text_id)


@blueprint.post("/<uuid:text_id>/retire")
@requires(Permission.WORK_ASSIGN)
def retire(text_id: UUID) -> ResponseReturnValue:
    """Take it out of use."""
    texts.retire(actor=current_actor(), text_id=text_id)
    return _done(_("The text is out of use."))


def _keep(text_id: UUID | None) -> ResponseReturnValue:
    form = request.form
    key = form.get("service_key", "")
    wording = Wording(
        title=form.get("title", ""),
        service_key=key if key in {one.key for one in services()} else "",
        german=form.get("german", ""),
        english=form.get("english", ""),
    )
    try:
        texts.keep(actor=current_actor(), wording=wording, text_id=text_id)
    except Invalid as faulty:
        chosen = texts.one(text_id) if text_id else None
        return _page(chosen, errors=field_errors(faulty)), HTTPStatus.UNPROCESSABLE_ENTITY
    return _done(_("The text is kept."))


def _page(chosen: Any = None, *, errors: dict[str, list[str]] | None = None) -> str:
    return render_template(
        "desk/texts/page.html",
        texts=texts.listed(),
        chosen=chosen,
        sent=request.form,
        services={one.key: _(one.title) for one in services()},
        fields=field_words(),
        errors=errors or {},
    )


def _done(said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for(".text_list"), HTTPStatus.SEE_OTHER)


def inserted(item: Any, *, text_id: str, written: str) -> str:
    """What was written, and the template below it in the client's language. Raises NotFound."""
    text = next((one for one in g.texts if str(one.id) == text_id), None)
    if text is None or text.service_key not in ("", item.service_key):
        raise NotFound("There is no such text.")
    client = g.client
    zone, locale = ZoneInfo(client.zone), Locale.parse(client.locale)
    values = {
        "number": number_of(item),
        "title": item.title,
        "client": client.name,
        "requester": item.requester_name,
        "due": absolute(item.due_at, zone=zone, locale=locale) if item.due_at else "",
        "operator": current_actor().name,
        "today": day(now(), zone=zone, locale=locale),
    }
    wording = text.german if locale.language == "de" else text.english
    return "\n\n".join(part for part in (written.strip(), filled(wording, values)) if part)
