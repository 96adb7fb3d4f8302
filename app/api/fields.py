"""Fields that let in only what PostgreSQL can keep and JSON Schema can say."""

import re
from collections.abc import Iterator
from typing import Any

from marshmallow import ValidationError, fields, validate
from typing_extensions import override

from app.api.words import N_

NO_NUL = r"^[^\x00]*$"
"""PostgreSQL keeps every character but this one."""
NOT_BLANK = r"^[^\x00]*[^\s\x00-\x1f\x7f-\x9f][^\x00]*$"
VISIBLE_ASCII = r"^[!-~]+$"
KEY = r"^[a-z][a-z0-9_]*$"
UUID_SHAPE = r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"
_FAULTS = {
    NO_NUL: N_("A character in this text cannot be stored."),
    NOT_BLANK: N_("Please write something."),
    VISIBLE_ASCII: N_("Use letters, digits and signs of ASCII, without blanks."),
    KEY: N_("A key has small letters, digits and underscores."),
}
_UNKEPT = _FAULTS[NO_NUL]


def cannot_be_kept(text: str) -> bool:
    """Whether it has the character NUL or half of a surrogate pair."""
    return "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text)


class Shape(validate.Regexp):
    """The whole text, as JSON Schema means `^…$`: Python's `$` lets a last line feed pass."""

    @override
    def __call__(self, value: Any) -> Any:
        if re.fullmatch(self.regex, value) is None:
            raise ValidationError(self._format_error(value))
        return value


class Words(fields.String):
    """A text."""

    def __init__(
        self, *, longest: int, shortest: int = 0, pattern: str = NO_NUL, **more: Any
    ) -> None:
        rules = [
            validate.Length(min=shortest or None, max=longest),
            Shape(pattern, error=_FAULTS[pattern]),
        ]
        super().__init__(validate=rules, **more)

    @override
    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, *args, **kwargs)
        if cannot_be_kept(text):
            raise ValidationError(_UNKEPT)
        return text


class Id(fields.UUID):
    """An id as the API writes it: with hyphens, without braces or a scheme."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.shape = Shape(UUID_SHAPE, error=str(self.error_messages["invalid_uuid"]))

    @override
    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise self.make_error("invalid_uuid")
        self.shape(value)
        return super()._deserialize(value, *args, **kwargs)


class Payload(fields.Dict):
    """An object whose fields the kind of work itself checks."""

    @override
    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        payload = super()._deserialize(value, *args, **kwargs)  # type: ignore[no-untyped-call]
        if any(cannot_be_kept(text) for text in _texts(payload)):
            raise ValidationError(_UNKEPT)
        return payload


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
