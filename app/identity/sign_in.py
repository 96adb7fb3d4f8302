"""Proving who one is: password, then the one-time code where one is switched on.

A refusal says the same whatever was wrong, takes as long, and leaves a security event.
"""

from dataclasses import dataclass
from uuid import UUID

from app.identity import passwords, second_factor, security, sessions
from app.identity.models import Account
from app.identity.queries import account, account_by_email
from app.identity.rules.addresses import email_address
from app.identity.rules.passwords import LONGEST
from app.identity.security import NOWHERE, Browser
from app.kernel.errors import Forbidden, Invalid
from app.kernel.text import Text


class SignInRefused(Forbidden):
    """Address, password or code was wrong, or the account is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """What the browser is given."""

    token: str
    second_step: bool
    """The one-time code is still to come."""
    account_id: UUID


def sign_in(*, email: str, password: str, browser: Browser = NOWHERE) -> SignedIn:
    """First step. Raises SignInRefused."""
    try:
        address = email_address(email)
    except Invalid:
        address = ""  # not kept: people type passwords into the wrong field
    person = account_by_email(address) if address else None
    right = passwords.matches(person.password_hash if person else None, password[: LONGEST + 1])
    if person is None or not right or person.disabled_at is not None:
        security.refuse(
            SignInRefused("This mail address or password is not right."),
            "sign_in_refused",
            account_id=person.id if person else None,
            email=address,
            browser=browser,
        )
    if passwords.is_outdated(person.password_hash or ""):
        person.password_hash = passwords.hash_password(password)
    second_step = person.totp_nonce is not None
    token = sessions.open_session(account_id=person.id, browser=browser, second_step=second_step)
    if not second_step:
        _record(person, browser=browser, with_="password")
    return SignedIn(token=token, second_step=second_step, account_id=person.id)


def second_step(*, token: str, code: str, browser: Browser = NOWHERE) -> SignedIn:
    """Second step: a one-time code or a recovery code. Raises SignInRefused."""
    person = sessions.awaiting_second_step(token)
    if person is None:
        raise SignInRefused("Signing in took too long. Please start again.")
    kind = second_factor.take_code(person, code)
    if not kind:
        security.refuse(
            SignInRefused("This code is not right. Please wait for the next one."),
            "second_step_refused",
            account_id=person.id,
            email=person.email,
            browser=browser,
        )
    sessions.revoke_token(token)
    _record(person, browser=browser, with_=kind)
    signed_in = sessions.open_session(account_id=person.id, browser=browser)
    return SignedIn(token=signed_in, second_step=False, account_id=person.id)


def prove_again(
    *, account_id: UUID, session_id: UUID, password: str, browser: Browser = NOWHERE
) -> None:
    """Before a grave change: the password once more. Raises Invalid (field password)."""
    check_own_password(account_id=account_id, password=password, browser=browser)
    sessions.refresh(session_id)


def check_own_password(
    *, account_id: UUID, password: str, field: str = "password", browser: Browser = NOWHERE
) -> Account:
    """The account, if this is its password. Raises Invalid, and keeps a security event."""
    person = account(account_id)
    if not passwords.matches(person.password_hash, password[: LONGEST + 1]):
        security.refuse(
            Invalid(fields={field: [Text("This is not your password.")]}),
            "password_refused",
            account_id=person.id,
            email=person.email,
            browser=browser,
        )
    return person


def _record(person: Account, *, browser: Browser, with_: str) -> None:
    security.record(
        "signed_in", account_id=person.id, email=person.email, browser=browser, by=with_
    )
