"""The wrong-client guard: what names another client is asked about before it leaves."""

import re
from collections.abc import Collection

_NUMBER = re.compile(r"\b([A-Z][A-Z0-9]{1,9})-\d{1,9}\b")


def foreign_numbers(text: str, *, others: Collection[str]) -> list[str]:
    """Numbers of items in the text that carry another client's code, each once."""
    found = (match for match in _NUMBER.finditer(text) if match[1] in others)
    return list(dict.fromkeys(match[0] for match in found))
