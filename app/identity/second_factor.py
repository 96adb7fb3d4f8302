"""The one-time codes of a telephone (TOTP, RFC 6238) and the recovery codes for when it is lost.

The secret is made from SECRET_KEY and a nonce of the account: a copy of the database alone gives
no codes. No code is taken twice.
"""

import base64
import hmac
import secrets
from hashlib import sha256
from uuid import UUID

import pyotp
from sqlalchemy import delete, func, or_, select, update

from app.identity import security
from app.identity.changes import rows_changed
from app.identity.keys import code as keyed
from app.identity.models import Account, RecoveryCode
from app.identity.queries import account
from app.identity.security import NOWHERE, Browser
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid
from app.kernel.text import Text
from tenants.db import db

ISSUER = "Kontor"
RECOVERY_CODES = 10
_STEP_SECONDS = 30
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without the letters and digits that people mix up."""


def nonce_for(session_id: UUID) -> bytes:
    """The nonce offered while enrolling: the same for all of one session, without storing it."""
    return sha256(b"second factor:" + session_id.bytes).digest()


def secret(account_id: UUID, nonce: bytes) -> str:
    """The secret that the telephone keeps, in base32 (20 bytes, as RFC 4226 recommends)."""
    return base64.b32encode(keyed("totp", account_id.bytes + nonce)[:20]).decode()


def enrolment_address(*, email: str, secret: str) -> str:
    """What the QR code says (otpauth://…)."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER))


def enrol(*, account_id: UUID, nonce: bytes, code: str, browser: Browser = NOWHERE) -> list[str]:
    """Switch the second factor on and give the recovery codes, which are shown this once.

    Raises Invalid (field code) if the telephone shows another code, Conflict if one is on already.
    """
    person = account(account_id)
    if person.totp_nonce is not None:
        raise Conflict("The second factor is already switched on.")
    step = _step_of(secret(account_id, nonce), code)
    if step is None:
        raise Invalid(fields={"code": [Text("This code is not right. Please enter the next one.")]})
    person.totp_nonce, person.totp_confirmed_at, person.totp_last_step = nonce, now(), step
    security.record("second_factor_on", account_id=account_id, browser=browser)
    return _new_recovery_codes(account_id)


def switch_off(*, account_id: UUID, browser: Browser = NOWHERE, by: UUID | None = None) -> None:
    """Switch the second factor off; the recovery codes go with it."""
    person = account(account_id)
    person.totp_nonce = person.totp_confirmed_at = person.totp_last_step = None
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    security.record(
        "second_factor_off", account_id=account_id, browser=browser, by=str(by or account_id)
    )


def renew_recovery_codes(*, account_id: UUID, browser: Browser = NOWHERE) -> list[str]:
    """Fresh recovery codes; the old ones end. Raises Conflict without a second factor."""
    if account(account_id).totp_nonce is None:
        raise Conflict("The second factor is not switched on.")
    security.record("recovery_codes_renewed", account_id=account_id, browser=browser)
    return _new_recovery_codes(account_id)


def codes_left(account_id: UUID) -> int:
    """How many recovery codes are still unused."""
    unused = (RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(select(func.count()).where(*unused)) or 0


def take_code(person: Account, code: str) -> str:
    """`totp`, `recovery`, or nothing if the code does not count; a code counts once."""
    typed = "".join(code.lower().split()).replace("-", "")
    if person.totp_nonce is None:
        return ""
    if typed.isdecimal():
        return "totp" if _take_totp(person, typed) else ""
    taken = rows_changed(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == person.id,
            RecoveryCode.code_hash == _recovery_hash(person.id, typed),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now())
    )
    return "recovery" if taken else ""


def _take_totp(person: Account, typed: str) -> bool:
    step = _step_of(secret(person.id, person.totp_nonce or b""), typed)
    if step is None:
        return False
    # The condition decides between two requests with the same code.
    unused = or_(Account.totp_last_step.is_(None), Account.totp_last_step < step)
    statement = update(Account).where(Account.id == person.id, unused)
    return rows_changed(statement.values(totp_last_step=step)) == 1


def _step_of(secret: str, typed: str) -> int | None:
    """The 30-second step that the code belongs to: this one, or one to either side."""
    current = int(now().timestamp()) // _STEP_SECONDS
    codes = pyotp.HOTP(secret)
    digits = "".join(typed.split())
    for step in (current, current - 1, current + 1):
        if hmac.compare_digest(codes.at(step).encode(), digits.encode()):
            return step
    return None


def _new_recovery_codes(account_id: UUID) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    db.session.add_all(
        RecoveryCode(account_id=account_id, code_hash=_recovery_hash(account_id, code))
        for code in codes
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _recovery_hash(account_id: UUID, code: str) -> bytes:
    return keyed("recovery", account_id.bytes + code.encode())
