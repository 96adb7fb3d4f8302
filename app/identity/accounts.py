"""One's own account: made, named, given another password, closed."""

from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from app.identity import links, passwords, security, sessions, sign_in
from app.identity.models import Account
from app.identity.queries import account, account_by_email
from app.identity.rules.addresses import email_address, person_name
from app.identity.rules.passwords import check_password
from app.identity.security import NOWHERE, Browser
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid
from app.kernel.text import Text
from tenants.db import db

LOCALES = ("de", "en")
THEMES = ("auto", "light", "dark")


def find_or_create(*, email: str, locale: str = "de", zone: str = "Europe/Berlin") -> Account:
    """The account of this address; a new one has neither name nor password. Raises Invalid."""
    address = email_address(email)
    person = account_by_email(address)
    if person is None:
        person = Account(email=address, locale=locale, zone=zone)
        db.session.add(person)
        db.session.flush()
    return person


def create(
    *,
    email: str,
    name: str,
    password: str,
    locale: str = "de",
    zone: str = "Europe/Berlin",
) -> UUID:
    """A ready account, for the demo and the tests; people are invited. Raises Invalid, Conflict."""
    person = find_or_create(email=email, locale=locale, zone=zone)
    if person.password_hash is not None:
        raise Conflict("There is already an account for %(email)s.", email=person.email)
    equip(person, name=name, password=password)
    return person.id


def equip(person: Account, *, name: str, password: str) -> None:
    """Give a new account its name and first password. Raises Invalid."""
    person.name = person_name(name)
    check_password(password, about=(person.email, person.name))
    person.password_hash = passwords.hash_password(password)
    db.session.flush()


def update_profile(
    *,
    account_id: UUID,
    name: str,
    locale: str,
    zone: str,
    preferences: dict[str, Any],
) -> None:
    """Name, language, time zone and preferences (theme, shortcuts). Raises Invalid."""
    person = account(account_id)
    faulty: dict[str, Any] = {}
    if locale not in LOCALES:
        faulty["locale"] = [Text("This language is not available.")]
    if zone not in available_timezones():
        faulty["zone"] = [Text("This time zone is not known.")]
    if preferences.get("theme", THEMES[0]) not in THEMES:
        faulty["theme"] = [Text("This is not a choice.")]
    if faulty:
        raise Invalid(fields=faulty)
    person.name = person_name(name)
    person.locale, person.zone = locale, zone
    person.preferences = {**person.preferences, **preferences}


def change_password(
    *,
    account_id: UUID,
    session_id: UUID,
    current: str,
    new: str,
    browser: Browser = NOWHERE,
) -> None:
    """Another password; every other browser is signed out. Raises Invalid."""
    person = sign_in.check_own_password(
        account_id=account_id, password=current, field="current", browser=browser
    )
    _set_password(person, new, browser=browser)
    sessions.revoke_all(account_id=person.id, keep=session_id, browser=browser)


def ask_for_reset(*, email: str, browser: Browser = NOWHERE) -> tuple[Account, UUID] | None:
    """A link for a new password, if there is such an account; nobody else is told whether."""
    try:
        person = account_by_email(email_address(email))
    except Invalid:
        return None
    if person is None or person.disabled_at is not None or person.password_hash is None:
        return None
    security.record("reset_asked_for", account_id=person.id, email=person.email, browser=browser)
    return person, links.make(purpose=links.RESET, account_id=person.id)


def reset_password(*, word: str, new: str, browser: Browser = NOWHERE) -> Account:
    """A new password by a link; every browser is signed out. Raises LinkSpent, Invalid."""
    link = links.use(word, purpose=links.RESET)
    _set_password(link.account, new, browser=browser)
    sessions.revoke_all(account_id=link.account.id, browser=browser)
    return link.account


def _set_password(person: Account, new: str, *, browser: Browser) -> None:
    check_password(new, about=(person.email, person.name))
    person.password_hash = passwords.hash_password(new)
    security.record("password_changed", account_id=person.id, email=person.email, browser=browser)


def close(person: Account, *, browser: Browser = NOWHERE) -> None:
    """Nobody comes in by this account any more, at once."""
    person.disabled_at = now()
    sessions.revoke_all(account_id=person.id, browser=browser)
    links.end_all(person.id)


def reopen(person: Account) -> None:
    """The account counts again; whoever it is signs in anew."""
    person.disabled_at = None
