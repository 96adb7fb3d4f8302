"""Stripe collects; our ledger and our invoice are the truth. The one room that knows its SDK."""

import logging
from dataclasses import dataclass, field

from stripe import api_version

from app.adapters.stripe.client import TIMEOUT_SECONDS, RealStripe
from app.adapters.stripe.door import NewInvoice, NoStripe, Stripe, Thing

logging.getLogger("stripe").setLevel(logging.WARNING)  # it tells of every request

API_VERSION: str = str(api_version)
"""What the installed SDK speaks; events of another one are put aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StripeSettings:
    """How to reach Stripe, and what it signs with."""

    secret_key: str = field(default="", repr=False)
    """Empty: nothing is collected."""
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    api_base: str = ""
    base_url: str = "http://127.0.0.1:8000"
    """Our own address: where Stripe's pages lead back to."""
    timeout: float = TIMEOUT_SECONDS
    """Seconds that Stripe has for an answer."""


class _Now:
    settings = StripeSettings()
    door: Stripe = NoStripe()


def configure(settings: StripeSettings) -> None:
    """Told once by the factory."""
    _Now.settings = settings
    _Now.door = (
        RealStripe(
            secret_key=settings.secret_key, api_base=settings.api_base, timeout=settings.timeout
        )
        if settings.secret_key
        else NoStripe()
    )


def settings() -> StripeSettings:
    """What `configure` was told."""
    return _Now.settings


def door() -> Stripe:
    """The way to Stripe that the settings name."""
    return _Now.door


__all__ = [
    "API_VERSION", "NewInvoice", "NoStripe", "RealStripe", "Stripe", "StripeSettings", "Thing",
    "configure", "door", "settings",
]  # fmt: skip
