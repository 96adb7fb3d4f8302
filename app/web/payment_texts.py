"""Words for the money of an invoice, for both faces."""

from typing import Any

from flask import Flask
from flask_babel import gettext as _

from app.kernel.money import Money


def init_app(app: Flask) -> None:
    """Arm the templates."""
    app.jinja_env.globals.update(payment_word=payment_word, source_word=source_word, money_of=Money)


def source_word(source: str) -> str:
    """Where a payment came from, or went to, by the name it is noted under."""
    through, _colon, key = source.partition(":")
    if through != "stripe":
        return _("Bank")
    words = {"re_": _("Refund through Stripe"), "ccsbtxn_": _("Transfer to Stripe")}
    if key.startswith("dp_"):
        return (
            _("Dispute won") if key.endswith(":reinstated") else _("Taken back by the payer's bank")
        )
    return next((word for start, word in words.items() if key.startswith(start)), "Stripe")


def payment_word(state: Any) -> str:
    """What has come in, and what is known of the rest."""
    return {
        "open": _("Open"),
        "partly_paid": _("Partly paid"),
        "paid": _("Paid"),
        "overpaid": _("Overpaid"),
        "none": "",
        "processing": _("Payment on its way"),
        "action_required": _("Needs confirmation"),
        "failed": _("Failed"),
        "disputed": _("Disputed"),
        "uncollectible": _("Uncollectible"),
    }[str(state.value)]
