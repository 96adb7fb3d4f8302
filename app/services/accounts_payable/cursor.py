"""Walks an invoice's XML and remembers where each business term stood."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from app.services.accounts_payable.findings import Finding, Place, error
from app.services.accounts_payable.xml_safety import Element

MAX_TEXT: Final = 4_000
MAX_DIGITS: Final = 24


@dataclass(slots=True)
class Source:
    """One document being read: namespaces, older element names, and what was noted."""

    namespaces: dict[str, str]
    older_names: dict[str, str] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def tag(self, name: str) -> str:
        """Clark notation of a prefixed name, in the vocabulary of this document."""
        prefix, _, local = name.partition(":")
        return f"{{{self.namespaces[prefix]}}}{self.older_names.get(name, local)}"


@dataclass(frozen=True, slots=True)
class Cursor:
    """An element (or its absence) and its path. Reading from an absent element gives None."""

    source: Source
    element: Element | None
    path: str
    position: int | None = None

    @property
    def exists(self) -> bool:
        """Whether the element is in the file."""
        return self.element is not None

    def within(self, position: int) -> "Cursor":
        """The same element; terms read below it are noted under this position."""
        return Cursor(self.source, self.element, self.path, position)

    def at(self, *names: str) -> "Cursor":
        """The first element down this way."""
        element, path = self.element, self.path
        for name in names:
            path = f"{path}/{name}"
            element = None if element is None else element.find(self.source.tag(name))
        return Cursor(self.source, element, path, self.position)

    def each(self, name: str) -> Iterator["Cursor"]:
        """All children of this name, in order, their paths numbered from 1."""
        if self.element is not None:
            for number, child in enumerate(self.element.iterchildren(self.source.tag(name)), 1):
                yield Cursor(self.source, child, f"{self.path}/{name}[{number}]", self.position)

    def attribute(self, name: str) -> str | None:
        """An attribute's value without blanks around it."""
        value = None if self.element is None else self.element.get(name)
        return value.strip()[:MAX_TEXT] if value else None

    def text(self, term: str = "") -> str | None:
        """The text, trimmed; None where there is none. Notes the place of the business term."""
        if self.element is None:
            return None
        value = (self.element.text or "").strip()[:MAX_TEXT]
        self.note(term)
        return value or None

    def note(self, term: str) -> None:
        """Remember where this business term stood; the first place wins."""
        if term:
            key = term if self.position is None else f"{term}#{self.position}"
            self.source.paths.setdefault(key, self.path)

    def amount(self, term: str = "") -> Decimal | None:
        """A number as written. What is not a number is a finding, not an exception."""
        text = self.text(term)
        if text is None:
            return None
        try:
            value = Decimal(text)
        except InvalidOperation:
            self._unreadable("AP-NUMBER", term, text)
            return None
        # no exponent, infinity or number of a thousand digits is an amount of money
        if not value.is_finite() or "e" in text.lower() or len(text) > MAX_DIGITS or "_" in text:
            self._unreadable("AP-NUMBER", term, text)
            return None
        return value

    def date(self, term: str = "") -> date | None:
        """A date: 2026-11-23, also with a time zone, or 20261123 (format 102)."""
        text = self.text(term)
        if text is None:
            return None
        try:
            if len(text) == 8 and text.isdigit():
                return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 (a day has no zone)
            return date.fromisoformat(text[:10])
        except ValueError:
            self._unreadable("AP-DATE", term, text)
            return None

    def _unreadable(self, code: str, term: str, text: str) -> None:
        place = Place(term=term, path=self.path)
        self.source.findings.append(error(code, place, found=text[:60]))
