"""Whether a message is Stripe's: signed with one of our secrets, now, and of our kind."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from stripe import SignatureVerificationError, WebhookSignature

from app.adapters.stripe.failures import SignatureRefused

TOLERANCE_SECONDS = 300


def verified(body: bytes, header: str, *, secrets: Sequence[str], at: datetime) -> dict[str, Any]:
    """The event. Any of the secrets may have signed it: there are two while one is replaced.

    Raises SignatureRefused; also for a time stamp of the future, which the SDK accepts.
    """
    if not any(_signed(body, header, secret) for secret in secrets if secret):
        raise SignatureRefused("no active secret has signed this")
    if abs(at.timestamp() - _moment(header)) > TOLERANCE_SECONDS:
        raise SignatureRefused("the time stamp is not of now")
    try:
        event = json.loads(body)
    except ValueError:
        raise SignatureRefused("this is no JSON") from None
    if not isinstance(event, dict) or event.get("object") != "event":
        raise SignatureRefused("this is no event")
    return event


def _signed(body: bytes, header: str, secret: str) -> bool:
    try:
        WebhookSignature.verify_header(body, header, secret)
    except (SignatureVerificationError, UnicodeDecodeError, TypeError):
        return False  # compare_digest knows ASCII only
    return True


def _moment(header: str) -> int:
    parts = [part.partition("=") for part in header.split(",")]
    return next(int(value) for name, _, value in parts if name == "t")
