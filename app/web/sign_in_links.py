"""Links sent by mail: accept an invitation, choose a new password.

The link's secret word is moved from the address into the session at once, so that it stays in no
history and no referrer.
"""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.identity import links, queries, team
from app.identity.links import Link
from app.kernel.errors import Invalid
from app.messages import letters
from app.web import session as browser_session
from app.web.access import public
from app.web.forms import field_errors
from app.web.rate_limits import by_address, limiter

blueprint = Blueprint("sign_in_links", __name__, url_prefix="/sign-in")


@blueprint.get("/invitation/<word>")
@public
@limiter.limit("30 per minute", key_func=by_address)
def invitation(word: str) -> ResponseReturnValue:
    """Where the mail of an invitation leads."""
    return _keep(word, purpose=links.INVITATION, then="sign_in_links.welcome")


@blueprint.get("/reset/<word>")
@public
@limiter.limit("30 per minute", key_func=by_address)
def reset(word: str) -> ResponseReturnValue:
    """Where the mail for a new password leads."""
    return _keep(word, purpose=links.RESET, then="sign_in_links.new_password")


def _keep(word: str, *, purpose: str, then: str) -> ResponseReturnValue:
    links.read(word, purpose=purpose)
    session[purpose] = word
    return redirect(url_for(then))


def _kept(purpose: str) -> str:
    return str(session.get(purpose, ""))


@blueprint.get("/welcome")
@public
def welcome() -> ResponseReturnValue:
    """Choose name and password, or, with an account, accept."""
    return _welcome(links.read(_kept(links.INVITATION), purpose=links.INVITATION))


def _welcome(link: Link, *, name: str = "", errors: dict[str, list[str]] | None = None) -> str:
    return render_template(
        "sign_in/welcome.html",
        email=link.account.email,
        known=link.account.password_hash is not None,
        client=queries.client_name(link.tenant_id) if link.tenant_id is not None else "",
        name=name,
        errors=errors or {},
    )


@blueprint.post("/welcome")
@public
@limiter.limit("20 per minute", key_func=by_address)
def accept() -> ResponseReturnValue:
    """Accept the invitation; then one signs in."""
    word = _kept(links.INVITATION)
    link = links.read(word, purpose=links.INVITATION)
    if link.account.password_hash is not None:
        team.accept(word)
    else:
        name = request.form.get("name", "")
        try:
            password = _same_twice()
            team.accept_as_new(word=word, name=name, password=password)
        except Invalid as faulty:
            page = _welcome(link, name=name, errors=field_errors(faulty))
            return page, HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("Welcome! You can sign in now."), "success")
    return _to_sign_in(links.INVITATION)


@blueprint.get("/new-password")
@public
def new_password() -> ResponseReturnValue:
    """Choose a new password."""
    link = links.read(_kept(links.RESET), purpose=links.RESET)
    return render_template("sign_in/new_password.html", email=link.account.email, errors={})


@blueprint.post("/new-password")
@public
@limiter.limit("20 per minute", key_func=by_address)
def set_password() -> ResponseReturnValue:
    """Set it; every browser is signed out, this one too."""
    word = _kept(links.RESET)
    link = links.read(word, purpose=links.RESET)
    email = link.account.email
    try:
        letters.reset_password(word=word, new=_same_twice(), browser=browser_session.browser())
    except Invalid as faulty:
        page = render_template(
            "sign_in/new_password.html", email=email, errors=field_errors(faulty)
        )
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("Your password is changed. Please sign in with the new one."), "success")
    return _to_sign_in(links.RESET)


def _same_twice() -> str:
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        raise Invalid(fields={"again": [_("These two are not the same.")]})
    return password


def _to_sign_in(purpose: str) -> ResponseReturnValue:
    session.pop(purpose, None)
    return redirect(url_for("sign_in.form"), HTTPStatus.SEE_OTHER)
