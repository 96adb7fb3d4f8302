"""What reading or checking an invoice brought to light, as codes and values, never as sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from typing_extensions import override

from app.catalogue.steps import Severity

__all__ = ["Finding", "Place", "Severity", "error", "note", "warning"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file: business term of EN 16931, XPath, and the invoice line's own number."""

    term: str = ""
    path: str = ""
    line: str = ""

    @override
    def __str__(self) -> str:
        """As stored with the finding: `BT-112 /Invoice/cac:LegalMonetaryTotal/…`."""
        return " ".join(part for part in (self.term, self.path) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding. `code` is stable, its sentence is in texts.py; `params` are JSON-safe texts."""

    code: str
    severity: Severity
    place: Place = field(default_factory=Place)
    params: Mapping[str, str] = field(default_factory=dict)


def error(code: str, place: Place | None = None, **params: object) -> Finding:
    """A finding that stops the booking: settle it before anybody books or pays."""
    return _finding(code, Severity.ERROR, place, params)


def warning(code: str, place: Place | None = None, **params: object) -> Finding:
    """A finding that a person must look at."""
    return _finding(code, Severity.WARNING, place, params)


def note(code: str, place: Place | None = None, **params: object) -> Finding:
    """A finding worth knowing."""
    return _finding(code, Severity.INFO, place, params)


def _finding(
    code: str, severity: Severity, place: Place | None, params: Mapping[str, object]
) -> Finding:
    texts = {name: str(value) for name, value in params.items()}
    if place is not None and place.line:
        texts.setdefault("line", place.line)
    return Finding(code=code, severity=severity, place=place or Place(), params=texts)
