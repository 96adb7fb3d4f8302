"""Signing in and out: password, one-time code, and a new password by mail."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.identity import sign_in
from app.identity.sign_in import SignedIn, SignInRefused
from app.messages import letters
from app.web import session as browser_session
from app.web.access import public
from app.web.errors import say
from app.web.rate_limits import by_address, by_typed_address, limiter, refused

blueprint = Blueprint("sign_in", __name__)

_SECOND_STEP = "second_step"
_WHO = "second_step_of"
_NEXT = "next"


@blueprint.get("/sign-in")
@public
def form() -> ResponseReturnValue:
    """The sign-in page."""
    return _form()


def _form(*, email: str = "", error: str = "") -> str:
    target = browser_session.safe_address(request.values.get("next", "/"))
    return render_template("sign_in/form.html", email=email, error=error, next=target)


@blueprint.post("/sign-in")
@public
@limiter.limit("60 per minute", key_func=by_address)
@limiter.limit("10 per 10 minutes", key_func=by_typed_address, deduct_when=refused)
def submit() -> ResponseReturnValue:
    """First step."""
    email = request.form.get("email", "")
    try:
        done = sign_in.sign_in(
            email=email,
            password=request.form.get("password", ""),
            browser=browser_session.browser(),
        )
    except SignInRefused as refused:
        page = _form(email=email, error=say(refused.text))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    target = browser_session.safe_address(request.form.get("next", "/"))
    return _go_on(done, target)


def _go_on(done: SignedIn, target: str) -> ResponseReturnValue:
    browser_session.end()  # what this browser held before counts no more
    if not done.second_step:
        browser_session.start(done.token)
        return redirect(target, HTTPStatus.SEE_OTHER)
    session[_SECOND_STEP], session[_NEXT] = done.token, target
    session[_WHO] = str(done.account_id)
    return redirect(url_for("sign_in.code"), HTTPStatus.SEE_OTHER)


@blueprint.get("/sign-in/code")
@public
def code() -> ResponseReturnValue:
    """Ask for the one-time code."""
    if _SECOND_STEP not in session:
        return redirect(url_for("sign_in.form"))
    return render_template("sign_in/code.html", error="")


def _by_attempt() -> str:
    return f"second:{session.get(_SECOND_STEP, '')}"


def _by_account() -> str:
    # However often somebody who knows the password begins anew: a million codes are soon tried.
    return f"second-of:{session.get(_WHO, '')}"


@blueprint.post("/sign-in/code")
@public
@limiter.limit("60 per minute", key_func=by_address)
@limiter.limit("6 per 10 minutes", key_func=_by_attempt)
@limiter.limit("12 per hour", key_func=_by_account, deduct_when=refused)
def submit_code() -> ResponseReturnValue:
    """Second step."""
    try:
        done = sign_in.second_step(
            token=session.get(_SECOND_STEP, ""),
            code=request.form.get("code", ""),
            browser=browser_session.browser(),
        )
    except SignInRefused as refused:
        page = render_template("sign_in/code.html", error=say(refused.text))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    return _go_on(done, browser_session.safe_address(session.get(_NEXT, "/")))


@blueprint.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """Sign this browser out."""
    browser_session.end()
    flash(_("You are signed out."), "success")
    return redirect(url_for("sign_in.form"), HTTPStatus.SEE_OTHER)


@blueprint.get("/sign-in/forgotten")
@public
def forgotten() -> ResponseReturnValue:
    """Ask where to send the link for a new password."""
    return render_template("sign_in/forgotten.html", sent=False)


@blueprint.post("/sign-in/forgotten")
@public
@limiter.limit("10 per 10 minutes", key_func=by_address)
@limiter.limit("3 per 10 minutes", key_func=by_typed_address)
def send_link() -> ResponseReturnValue:
    """Send it, and say the same whether there is such an account or not."""
    letters.ask_for_reset(email=request.form.get("email", ""), browser=browser_session.browser())
    return render_template("sign_in/forgotten.html", sent=True)
