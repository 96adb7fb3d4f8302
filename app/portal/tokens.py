"""The client's API tokens: made, shown once, ended."""

from http import HTTPStatus
from uuid import UUID

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.identity import queries, tokens
from app.identity.permissions import Permission
from app.kernel.errors import Invalid
from app.portal.frame import page, portal_blueprint
from app.web.access import current_actor, in_provider_books, requires
from app.web.forms import field_errors
from app.web.roles import scope_choices
from app.web.session import require_proof

blueprint = portal_blueprint("portal_tokens", __name__, "/team/tokens")


@blueprint.get("")
@in_provider_books
@requires(Permission.TOKEN_MANAGE)
def token_list() -> ResponseReturnValue:
    """Every token of this client."""
    return _page()


def _page(*, name: str = "", word: str = "", errors: dict[str, list[str]] | None = None) -> str:
    return page(
        "portal/team/tokens.html",
        here="portal_team.team",
        tokens=queries.api_tokens(g.client.id),
        scopes=scope_choices(),
        name=name,
        word=word,
        errors=errors or {},
    )


@blueprint.post("")
@in_provider_books
@requires(Permission.TOKEN_MANAGE)
def create() -> ResponseReturnValue:
    """Make a token and show it, this once."""
    require_proof()
    name = request.form.get("name", "")
    scopes = frozenset(request.form.getlist("scopes"))
    try:
        _token, word = tokens.create(
            actor=current_actor(), client=g.client, name=name, scopes=scopes
        )
    except Invalid as faulty:
        answer = _page(name=name, errors=field_errors(faulty))
        return answer, HTTPStatus.UNPROCESSABLE_ENTITY
    return _page(word=word)


@blueprint.post("/<uuid:token_id>/revoke")
@in_provider_books
@requires(Permission.TOKEN_MANAGE)
def revoke(token_id: UUID) -> ResponseReturnValue:
    """End a token."""
    token = tokens.revoke(actor=current_actor(), client=g.client, token_id=token_id)
    flash(_("The token %(name)s no longer counts.", name=token.name), "success")
    return redirect(url_for("portal_tokens.token_list"), HTTPStatus.SEE_OTHER)
