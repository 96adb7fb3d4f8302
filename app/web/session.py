"""Who is there: the cookie carries an opaque token, the database says whether it counts.

Sets `g.account` (Person or None), `g.actor` (Actor or None) and `g.memberships`.
"""

from urllib.parse import urlsplit

from flask import Flask, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import generate_csrf
from typing_extensions import override

from app.identity import sessions
from app.identity.person import Person
from app.identity.security import Browser
from app.kernel.actor import Actor
from app.web.access import SignInNeeded

_TOKEN = "_user_id"  # noqa: S105  where flask-login keeps what `Visitor.get_id` gives
_WITHOUT_SECOND_FACTOR = frozenset(
    {"account", "second_factor", "sign_in", "sign_in_links", "health"}
)
"""Blueprints that an admin may use before the second factor is switched on."""


class Visitor(UserMixin):  # type: ignore[misc]
    """Whom flask-login knows: by the session's token, not by the account, so that each browser can
    be shown the door alone.
    """

    def __init__(self, token: str, person: Person | None = None) -> None:
        self.token = token
        self.person = person

    @override
    def get_id(self) -> str:
        return self.token


class ProofNeeded(Exception):
    """The person proved long ago who they are; this change asks for it again."""


def init_app(app: Flask) -> None:
    """Find out who is there, after the client is known and before it is entered."""
    # No page asks it who is there, least of all the one that says the database is away.
    login = LoginManager(app, add_context_processor=False)
    # Whether a session counts is the database's to say; its own protection would end it whenever
    # somebody changes from the office to the train.
    login.session_protection = None
    login.user_loader(_visitor)
    app.before_request(_find_person)
    app.register_error_handler(ProofNeeded, _ask_again)


def _visitor(token: str) -> Visitor | None:
    person = sessions.find(token)
    return Visitor(token, person) if person is not None else None


def _find_person() -> ResponseReturnValue | None:
    g.account = g.actor = None
    g.memberships = ()
    if _TOKEN not in session or request.path.startswith("/api/"):
        return None
    person: Person | None = getattr(current_user, "person", None)
    if person is None:
        session.clear()
        return None
    g.account, g.actor, g.memberships = person, _actor(person), person.memberships
    if person.needs_second_factor and request.blueprint not in _WITHOUT_SECOND_FACTOR:
        return redirect(url_for("second_factor.page"))
    return None


def _actor(person: Person) -> Actor:
    if request.path == "/desk" or request.path.startswith("/desk/"):
        return person.as_staff()
    if g.get("client") is not None:
        return person.as_member(g.client.id)
    return person.as_self()


def start(token: str) -> None:
    """The browser keeps this token from now on, and nothing of before (no fixation)."""
    session.clear()
    login_user(Visitor(token))
    session.permanent = True
    # Now, not on the first page: two pages opened at once would each make a token of their own.
    g.pop("csrf_token", None)
    generate_csrf()


def end() -> None:
    """The browser forgets everything; what it held counts no more."""
    if token := session.get(_TOKEN):
        sessions.revoke_token(token)
    logout_user()
    session.clear()


def this_person() -> Person:
    """Who is signed in. Raises SignInNeeded."""
    person: Person | None = g.get("account")
    if person is None:
        raise SignInNeeded
    return person


def require_proof() -> Person:
    """Who is signed in and has lately proved it. Raises SignInNeeded, ProofNeeded."""
    person = this_person()
    if not person.is_fresh:
        raise ProofNeeded
    return person


def _ask_again(_: Exception) -> ResponseReturnValue:
    back = request.full_path.rstrip("?") if request.method == "GET" else _page_before()
    return redirect(url_for("account.confirm", next=back))


def _page_before() -> str:
    place = urlsplit(request.referrer or "")
    return safe_address(place.path) if place.netloc == request.host else url_for("account.page")


def safe_address(target: str, *, otherwise: str = "/") -> str:
    """`target` if it is a page of this installation, never another site's."""
    place = urlsplit(target)
    ours = target.startswith("/") and not target.startswith(("//", "/\\"))
    plain = target.isprintable() and "\\" not in target
    return target if ours and plain and not place.scheme and not place.netloc else otherwise


def browser() -> Browser:
    """Where this request comes from."""
    return Browser(ip=request.remote_addr or "", user_agent=request.user_agent.string)
