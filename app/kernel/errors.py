"""What can go wrong, in the language of the business. Mapped to HTTP once per face."""

from collections.abc import Mapping
from typing import Any

from app.kernel.text import Text


class KontorError(Exception):
    """Base of every refusal that a user may read."""

    def __init__(self, message: str | Text = "", **params: Any) -> None:
        self.text = message if isinstance(message, Text) else Text(message, **params)
        super().__init__(str(self.text))


class NotFound(KontorError):
    """There is no such thing for this person: nothing is said about other people's things."""


class Forbidden(KontorError):
    """The person is known and may not do this."""


class Invalid(KontorError):
    """What was sent cannot be used; `fields` names each faulty field."""

    def __init__(
        self,
        message: str | Text = "Please correct the marked fields.",
        *,
        fields: Mapping[str, Any] | None = None,
        **params: Any,
    ) -> None:
        super().__init__(message, **params)
        self.fields: dict[str, Any] = dict(fields or {})


class Conflict(KontorError):
    """The request was fine, but the thing has moved on since."""


class Locked(KontorError):
    """The client is suspended: it can be read, not changed."""


class TooMany(KontorError):
    """Too many attempts; `retry_after` says in how many seconds to come back."""

    def __init__(self, message: str | Text, *, retry_after: int, **params: Any) -> None:
        super().__init__(message, **params)
        self.retry_after = retry_after
