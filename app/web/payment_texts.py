"""Words for the money of an invoice, for both faces."""

from typing import Any

from flask import Flask
from flask_babel import gettext as _

from app.kernel.money import Money


def init_app(app: Flask) -> None:
    """Arm the templates."""
    app.jinja_env.globals.update(payment_word=payment_word, money_of=Money)


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
