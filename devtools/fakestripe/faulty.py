"""Errors as Stripe answers them."""

from typing import Any


class StripeError(Exception):
    """An answer with a status and an error object."""

    def __init__(
        self, status: int, kind: str, message: str, *, code: str = "", param: str = "", **more: Any
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"type": kind, "message": message, **more}
        self.error |= {key: value for key, value in (("code", code), ("param", param)) if value}


class Drift(AssertionError):
    """The fake itself has answered what the SDK's types do not know."""


def invalid(message: str, *, code: str = "", param: str = "") -> StripeError:
    """400: the request cannot be carried out."""
    return StripeError(400, "invalid_request_error", message, code=code, param=param)


def missing(kind: str, key: str) -> StripeError:
    """404: there is no such object."""
    return StripeError(
        404, "invalid_request_error", f"No such {kind}: '{key}'", code="resource_missing"
    )


def declined(message: str, *, code: str = "card_declined", **more: Any) -> StripeError:
    """402: the bank says no."""
    return StripeError(402, "card_error", message, code=code, **more)
