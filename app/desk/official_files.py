"""Official files that services work by: handed in once at the desk, used for every client."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.catalogue import keeping
from app.catalogue.service import services
from app.identity.permissions import Permission
from app.kernel.errors import Invalid
from app.web.access import current_actor, requires
from app.web.errors import say

blueprint = Blueprint(
    "desk_official_files",
    __name__,
    url_prefix="/desk/official-files",
    template_folder="templates",
)


@blueprint.get("")
@requires(Permission.CLIENT_READ)
def listed() -> ResponseReturnValue:
    """Every edition that a service knows, and whether it is kept."""
    return render_template(
        "desk/catalogue/official.html",
        rows=[
            (offered, one)
            for offered in services()
            for one in sorted(offered.official_files, key=lambda file: file.valid_from)[::-1]
        ],
        kept=keeping.kept(),
        may_keep=current_actor().may(Permission.CLIENT_MANAGE),
    )


@blueprint.post("")
@requires(Permission.CLIENT_MANAGE)
def keep() -> ResponseReturnValue:
    """Keep what was handed in; each file is told by its hash."""
    sent = [one for one in request.files.getlist("files") if one.filename]
    if not sent:
        flash(_("Please add at least one file."), "error")
    for one in sent:
        content = one.stream.read(keeping.LIMIT + 1)
        try:
            edition = keeping.keep(actor=current_actor(), name=one.filename or "", content=content)
        except Invalid as faulty:
            flash(say(faulty.text), "error")
        else:
            name = f"{_(edition.title)} {edition.edition}"
            flash(_("%(name)s is kept from now on.", name=name), "success")
    return redirect(url_for(".listed"), HTTPStatus.SEE_OTHER)
