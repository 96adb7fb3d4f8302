"""What has come in against what is owed."""

from app.billing.rules.kinds import PaymentState


def payment_state(*, gross_minor: int, paid_minor: int) -> PaymentState:
    """Of an invoice of that sum; nothing owed counts as paid."""
    if paid_minor == gross_minor:
        return PaymentState.PAID
    if paid_minor > gross_minor:
        return PaymentState.OVERPAID
    return PaymentState.OPEN if paid_minor <= 0 else PaymentState.PARTLY_PAID
