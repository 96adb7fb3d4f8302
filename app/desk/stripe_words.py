"""What states and reasons around Stripe are called."""

from flask_babel import gettext as _

from app.collecting.rules import CallState, DunningKind, EventState, PushState


def event_state_word(state: EventState) -> str:
    """What became of an event."""
    return {
        EventState.RECEIVED: _("being applied"),
        EventState.APPLIED: _("applied"),
        EventState.IGNORED: _("kept only"),
        EventState.QUARANTINED: _("put aside"),
    }[state]


def push_state_word(state: PushState | None) -> str:
    """How far an invoice is at Stripe."""
    if state is None:
        return _("not at Stripe")
    return {
        PushState.WAITING: _("on its way to Stripe"),
        PushState.PUSHED: _("at Stripe"),
        PushState.BLOCKED: _("needs a look"),
    }[state]


def call_state_word(state: CallState) -> str:
    """How a request ended."""
    return {
        CallState.INTENDED: _("begun"),
        CallState.DONE: _("done"),
        CallState.UNKNOWN: _("outcome unknown"),
        CallState.SPENT: _("key spent"),
        CallState.REFUSED: _("turned down"),
    }[state]


def aside_word(reason: str) -> str:
    """Why an event was put aside."""
    return {
        "wrong_mode": _("It is of the other mode (test or live)."),
        "foreign_version": _("It is of another API version."),
        "unknown_customer": _("Kontor does not know this customer."),
        "other_client": _("It names one client and another one's customer."),
        "other_amount": _("Amount or currency is not that of our invoice."),
    }.get(reason, reason)


def difference_word(kind: str) -> str:
    """What is not said alike."""
    return {
        "missing": _("The invoice is not at Stripe."),
        "not_pushed": _("The invoice was never brought to Stripe."),
        "amount": _("Another amount or currency."),
        "paid": _("Another sum was paid."),
        "unknown": _("Stripe has an invoice that we do not know."),
    }.get(kind, kind)


def dunning_word(kind: DunningKind) -> str:
    """What was done about an overdue invoice."""
    return {
        DunningKind.REMINDER_1: _("First reminder"),
        DunningKind.REMINDER_2: _("Second reminder"),
        DunningKind.READ_ONLY: _("Portal read only"),
    }[kind]
