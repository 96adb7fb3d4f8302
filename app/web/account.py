"""One's own account: name, language, password, browsers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.identity import accounts, second_factor, sessions, sign_in
from app.kernel.errors import Invalid
from app.messages import letters
from app.web.access import signed_in
from app.web.assets import THEME_COOKIE
from app.web.forms import field_errors
from app.web.rate_limits import by_person, limiter
from app.web.session import browser, end, safe_address, this_person

blueprint = Blueprint("account", __name__, url_prefix="/account")

_YEAR = 31_536_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A browser as its owner knows it."""

    id: UUID
    name: str
    ip: str
    last_seen_at: datetime
    created_at: datetime
    here: bool


@blueprint.get("/")
@signed_in
def page() -> ResponseReturnValue:
    """Everything about the own account."""
    return _page()


def _page(
    *,
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, list[str]] | None = None,
) -> str:
    person = this_person()
    stored = {
        "name": person.name,
        "locale": person.locale,
        "zone": person.zone,
        "theme": request.cookies.get(THEME_COOKIE, person.theme),
        "shortcuts": person.shortcuts,
    }
    return render_template(
        "account/page.html",
        person=person,
        values=values or stored,
        errors=errors or {},
        zones=[(zone, zone.replace("_", " ")) for zone in _zones()],
        devices=_devices(person.id, here=person.session_id),
        codes_left=second_factor.codes_left(person.id),
    )


@cache
def _zones() -> list[str]:
    return sorted(name for name in available_timezones() if "/" in name and "Etc" not in name)


def _devices(account_id: UUID, *, here: UUID) -> list[Device]:
    return [
        Device(
            id=one.id,
            name=device_name(one.user_agent),
            ip=one.ip,
            last_seen_at=one.last_seen_at,
            created_at=one.created_at,
            here=one.id == here,
        )
        for one in sessions.sessions_of(account_id)
    ]


_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """`Firefox, Linux`, as far as the browser says so."""
    found = [
        next((name for mark, name in known if mark in user_agent), "")
        for known in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(filter(None, found)) or _("Unknown browser")


@blueprint.post("/profile")
@signed_in
def profile() -> ResponseReturnValue:
    """Save name, language, time zone and looks."""
    values = {
        "name": request.form.get("name", ""),
        "locale": request.form.get("locale", ""),
        "zone": request.form.get("zone", ""),
        "theme": request.form.get("theme", "auto"),
        "shortcuts": "shortcuts" in request.form,
    }
    preferences = {"theme": values["theme"], "shortcuts": values["shortcuts"]}
    try:
        accounts.update_profile(
            account_id=this_person().id,
            name=str(values["name"]),
            locale=str(values["locale"]),
            zone=str(values["zone"]),
            preferences=preferences,
        )
    except Invalid as faulty:
        errors = field_errors(faulty)
        return _page(values=values, errors=errors), HTTPStatus.UNPROCESSABLE_ENTITY
    response = _back(_("Saved."))
    response.set_cookie(
        THEME_COOKIE, str(values["theme"]), max_age=_YEAR, samesite="Lax", secure=request.is_secure
    )
    return response


@blueprint.post("/password")
@signed_in
@limiter.limit("10 per 10 minutes", key_func=by_person)
def password() -> ResponseReturnValue:
    """Change the password; other browsers are signed out."""
    person = this_person()
    new = request.form.get("password", "")
    try:
        if new != request.form.get("again", ""):
            raise Invalid(fields={"again": [_("These two are not the same.")]})
        letters.change_password(
            account_id=person.id,
            session_id=person.session_id,
            current=request.form.get("current", ""),
            new=new,
            browser=browser(),
        )
    except Invalid as faulty:
        return _page(errors=field_errors(faulty)), HTTPStatus.UNPROCESSABLE_ENTITY
    return _back(_("Your password is changed. All other browsers are signed out."))


@blueprint.post("/sessions/<uuid:session_id>/revoke")
@signed_in
def revoke(session_id: UUID) -> ResponseReturnValue:
    """Sign one of the own browsers out."""
    person = this_person()
    sessions.revoke(account_id=person.id, session_id=session_id, browser=browser())
    return _back(_("That browser is signed out."))


@blueprint.post("/sessions/revoke-all")
@signed_in
def revoke_all() -> ResponseReturnValue:
    """Sign out everywhere, here too."""
    sessions.revoke_all(account_id=this_person().id, browser=browser())
    end()
    flash(_("You are signed out everywhere."), "success")
    return redirect(url_for("sign_in.form"), HTTPStatus.SEE_OTHER)


@blueprint.get("/confirm")
@signed_in
def confirm() -> ResponseReturnValue:
    """Before a grave change: the password once more."""
    return _confirm()


def _confirm(errors: Mapping[str, list[str]] | None = None) -> str:
    target = safe_address(request.values.get("next", ""), otherwise=url_for("account.page"))
    return render_template("account/confirm.html", next=target, errors=errors or {})


@blueprint.post("/confirm")
@signed_in
@limiter.limit("10 per 10 minutes", key_func=by_person)
def prove() -> ResponseReturnValue:
    """Check it, and lead back to the change."""
    person = this_person()
    try:
        sign_in.prove_again(
            account_id=person.id,
            session_id=person.session_id,
            password=request.form.get("password", ""),
            browser=browser(),
        )
    except Invalid as faulty:
        return _confirm(field_errors(faulty)), HTTPStatus.UNPROCESSABLE_ENTITY
    target = safe_address(request.form.get("next", ""), otherwise=url_for("account.page"))
    return redirect(target, HTTPStatus.SEE_OTHER)


def _back(said: str) -> Any:
    flash(said, "success")
    return make_response(redirect(url_for("account.page"), HTTPStatus.SEE_OTHER))
