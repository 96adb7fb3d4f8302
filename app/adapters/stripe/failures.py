"""What can go wrong between us and Stripe, by what is known of the outcome."""


class StripeFailure(Exception):
    """Base of them all."""


class NotSetUp(StripeFailure):
    """There is no key: nothing is collected."""


class OutcomeUnknown(StripeFailure):
    """Done or not, nobody can say: ask again under the same key.

    `is_replayed`: the key is spent, Stripe gives the same error for ever; look for the object.
    """

    def __init__(self, message: str, *, is_replayed: bool = False) -> None:
        super().__init__(message)
        self.is_replayed = is_replayed


class TooManyRequests(StripeFailure):
    """Nothing was done; come back later."""


class KeyReused(StripeFailure):
    """The key was used with other parameters: two of our requests claim to be one."""


class Declined(StripeFailure):
    """The bank or the card says no, or wants the customer to confirm."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class Refused(StripeFailure):
    """Stripe does not accept the request as it is; asking again changes nothing."""

    def __init__(self, message: str, *, code: str = "", status: int = 400) -> None:
        super().__init__(message)
        self.code, self.status = code, status


class SignatureRefused(StripeFailure):
    """What came in was not signed by Stripe for us, or not now."""
