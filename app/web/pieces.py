"""Parts of pages as HTML, each made once for everybody who sees it alike.

A list that twenty people poll every twenty seconds is nearly the same for all of them, and making
its rows was half of what a page cost; menus and filters were a third of the rest.
"""

from collections.abc import Callable, Hashable
from secrets import token_hex
from typing import Any

from flask import Flask, current_app
from flask_babel import get_locale, get_timezone
from markupsafe import Markup

from app.web.security import nonce


class Shelf:
    """What was made; emptied when it holds too many characters."""

    most = 30_000_000

    def __init__(self) -> None:
        self._made: dict[Hashable, str] = {}
        self._size = 0

    def get(self, key: Hashable) -> str | None:
        """The piece, if it was made."""
        return self._made.get(key)

    def put(self, key: Hashable, html: str) -> None:
        """Keep the piece."""
        if self._size > self.most:
            self._made.clear()
            self._size = 0
        self._made[key] = html
        self._size += len(html)


_shelf = Shelf()
# Every page has a nonce of its own; nobody outside this process can write this in a title.
_NONCE = f"nonce-{token_hex(16)}"


def init_app(app: Flask) -> None:
    """Pages say `piece("…/_part.html", of=(…), name=value)`."""
    app.jinja_env.globals["piece"] = piece


def piece(template: str, *, of: Hashable = (), **values: Any) -> Markup:
    """What the template makes of the values, whoever is looking.

    `of` says all that the result depends on beside the reader's language and time zone: the
    template has the values and nothing of the request.
    """
    return finished(raw(template, of=of, make=lambda: values))


def raw(template: str, *, of: Hashable, make: Callable[[], dict[str, Any]]) -> str:
    """The same, yet without this page's nonce: to be joined and `finished`."""
    key = (template, str(get_locale()), str(get_timezone()), of)
    html = _shelf.get(key)
    if html is None:
        page = current_app.jinja_env.get_template(template)
        html = page.render(csp_nonce=lambda: _NONCE, **make())
        _shelf.put(key, html)
    return html


def finished(html: str) -> Markup:
    """With the nonce of this page."""
    return Markup(html.replace(_NONCE, nonce()))  # noqa: S704  made by templates, which escape
