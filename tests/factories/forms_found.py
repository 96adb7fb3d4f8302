"""The forms of pages: where each is sent, and what a person who changes nothing would send."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from typing_extensions import override

_PLAIN = frozenset({"text", "", "search"})


@dataclass(slots=True, kw_only=True)
class Form:
    """One form that posts."""

    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)
    """Fields into which a person types words."""

    def add(self, name: str, value: str) -> None:
        self.values.setdefault(name, []).append(value)


class FormReader(HTMLParser):
    """Gathers the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._open: Form | None = None
        self._select = ""
        self._words = ""

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._begin(given)
        elif tag == "option" and self._select:
            self._choice(given)
        elif tag in ("input", "textarea", "select", "button") and "name" in given:
            self._field(tag, given)

    def _begin(self, given: Mapping[str, str]) -> None:
        if given.get("method", "").lower() != "post":
            self._open = None
            return
        self._open = Form(action=given.get("action", ""))
        self.forms.append(self._open)
        self._by_id[given.get("id", "")] = self._open

    def _form_of(self, given: Mapping[str, str]) -> Form | None:
        return self._by_id.get(given["form"]) if "form" in given else self._open

    def _field(self, tag: str, given: Mapping[str, str]) -> None:
        form, name, kind = self._form_of(given), given["name"], given.get("type", "")
        if form is None or "disabled" in given or kind == "file":
            return
        if tag == "select":
            self._open, self._select = form, name
            return
        if kind in ("checkbox", "radio") and "checked" not in given and name in form.values:
            return
        form.add(name, given.get("value", ""))
        if tag == "textarea" or (tag == "input" and kind in _PLAIN and "pattern" not in given):
            form.free.add(name)
            self._words = name if tag == "textarea" else ""

    def _choice(self, given: Mapping[str, str]) -> None:
        assert self._open is not None
        if "selected" in given or self._select not in self._open.values:
            self._open.values[self._select] = [given.get("value", "")]

    @override
    def handle_data(self, data: str) -> None:
        if self._words and self._open is not None:
            self._open.values[self._words][-1] = data
            self._words = ""

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._words = ""


def forms_of(page: str) -> list[Form]:
    """Every form of a page that posts."""
    reader = FormReader()
    reader.feed(page)
    reader.close()
    return reader.forms
