"""The way to Stripe of a process that is to die: each request is heard of before and after."""

from collections.abc import Callable
from typing import Any

from app.adapters import stripe
from tests.factories.killed import Beat


class BeatingDoor:
    """The way to Stripe; each request is heard of before it is sent and after it was answered."""

    def __init__(self) -> None:
        self.door = stripe.door()
        self.beat: Beat | None = None

    def in_child(self, beat: Beat) -> None:
        """On a connection of its own: the parent's is not shared."""
        known = stripe.settings()
        self.door = stripe.RealStripe(secret_key=known.secret_key, api_base=known.api_base)
        self.beat = beat

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self.door, name)
        return self._heard(asked, self.beat) if self.beat and callable(asked) else asked

    def _heard(self, asked: Callable[..., Any], beat: Beat) -> Callable[..., Any]:
        def ask(*args: Any, **values: Any) -> Any:
            beat()
            answer = asked(*args, **values)
            beat()
            return answer

        return ask
