"""Fields in a text template: pure."""

import re
from collections.abc import Mapping

FIELDS = ("number", "title", "client", "requester", "due", "operator", "today")
"""What may stand in braces."""
_FIELD = re.compile(r"\{([^{}]*)\}")


def unknown_fields(text: str) -> list[str]:
    """What stands in braces and is no field, and braces that are left over; in their order."""
    unknown = [name for name in _FIELD.findall(text) if name not in FIELDS]
    return unknown + re.findall(r"[{}]", _FIELD.sub("", text))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields; one without a value is left for the writer to see."""
    return _FIELD.sub(lambda found: values.get(found[1]) or found[0], text)
