"""What happened at the door, kept even when the request itself is refused."""

from dataclasses import dataclass
from typing import Any, NoReturn
from uuid import UUID

from app.identity.models import SecurityEvent
from app.kernel.errors import KontorError
from tenants.context import current
from tenants.db import db, transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """Where a request comes from."""

    ip: str = ""
    user_agent: str = ""


NOWHERE = Browser()
"""The shell, the demo and the tests."""


def record(
    kind: str,
    *,
    account_id: UUID | None = None,
    email: str = "",
    browser: Browser = NOWHERE,
    **detail: Any,
) -> None:
    """Write a security event in the transaction at hand: it stands and falls with the change."""
    event = SecurityEvent(
        kind=kind,
        account_id=account_id,
        email=email,
        ip=browser.ip,
        user_agent=browser.user_agent[:300],
        detail=detail,
    )
    db.session.add(event)


def refuse(
    error: KontorError,
    kind: str,
    *,
    account_id: UUID | None = None,
    email: str = "",
    browser: Browser = NOWHERE,
    **detail: Any,
) -> NoReturn:
    """Give up the transaction at hand, write the event in one of its own, and raise `error`.

    Giving up first means that one connection is enough; the refusal would roll back anyway.
    """
    if current.get() is not None:
        raise RuntimeError("security events belong to the provider's books")
    db.session.rollback()
    with transaction():
        record(kind, account_id=account_id, email=email, browser=browser, **detail)
    raise error
