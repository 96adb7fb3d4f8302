"""Events a client may hear of, how a message is signed, when a failed one is sent again."""

import hmac
import re
from base64 import b64decode, b64encode
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from hashlib import sha256

PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 60, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 72_000)
)
"""After each failed attempt of a message; together three days."""
SPAN = sum(PAUSES, timedelta()) * 1.1
"""No message is tried for longer."""
LONGEST_WISH = timedelta(hours=24)
"""More than this a Retry-After cannot ask for."""
OLD_SECRET_COUNTS = timedelta(hours=24)
"""So long messages carry the signature of the replaced secret as well."""
_PREFIX = "whsec_"


class EventType(StrEnum):
    """What a message tells of."""

    OPENED = "work.opened"
    ASKED = "work.question_asked"
    DELIVERED = "work.delivered"
    ACCEPTED = "work.accepted"
    BREACHED = "promise.breached"
    TEST = "webhook.test"


CHOICES = tuple(kind for kind in EventType if kind is not EventType.TEST)


class EndpointState(StrEnum):
    """Active, or disabled by a person or by us."""

    ACTIVE = "active"
    DISABLED = "disabled"


class DisabledBecause(StrEnum):
    """Why an endpoint is told nothing more."""

    PERSON = "person"
    GONE = "gone"
    """It answered 410."""
    FAILING = "failing"
    """Nothing could be delivered for three days."""


class DeliveryState(StrEnum):
    """waiting → sending → delivered, or waiting again, or failed."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Why(StrEnum):
    """What went wrong where no status code says it."""

    NONE = ""
    REFUSED_ADDRESS = "refused_address"
    """It leads to where no message may go: a private, loopback or link-local address."""
    UNREACHABLE = "unreachable"
    TIME_OUT = "time_out"
    REDIRECT = "redirect"
    CUT_OFF = "cut_off"
    """Its job is dead or was given up: whether it arrived is not known."""
    STATUS = "status"
    DISABLED = "disabled"
    """The endpoint was disabled before this could be sent."""


def secret_text(key: bytes) -> str:
    """The secret as it is shown and kept by the receiver."""
    return _PREFIX + b64encode(key).decode()


def signature(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature of the header webhook-signature: `v1,` and base64 of the HMAC-SHA-256."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    key = b64decode(secret.removeprefix(_PREFIX))
    return "v1," + b64encode(hmac.digest(key, signed, sha256)).decode()


def pause(attempts: int, *, chance: float) -> timedelta | None:
    """How long to wait after so many failed attempts; None: no more.

    `chance` (0…1) spreads it by a tenth to either side, so that an endpoint that comes back is not
    overrun.
    """
    if attempts > len(PAUSES):
        return None
    return PAUSES[attempts - 1] * (0.9 + 0.2 * chance)


def wish(retry_after: str, *, at: datetime) -> timedelta:
    """What a Retry-After header asks for, in seconds or as a date; zero where it says nothing."""
    if re.fullmatch(r"[0-9]{1,9}", retry_after.strip()):
        return min(timedelta(seconds=int(retry_after)), LONGEST_WISH)
    try:
        until = parsedate_to_datetime(retry_after)
        return min(max(until - at, timedelta()), LONGEST_WISH)
    except (TypeError, ValueError):
        return timedelta()
