"""Somebody signed in who follows every link of a running Kontor; a few pages of each kind."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect
from werkzeug.test import TestResponse

from tests.factories.page_reader import Reader, read
from tests.factories.people import Browser

HERE = "127.0.0.1:8000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An HTML page that was answered."""

    endpoint: str
    path: str
    answer: TestResponse
    read: Reader


@dataclass(slots=True)
class Walk:
    """From a few pages along their links; `seen` counts the pages of each kind."""

    app: Flask
    browser: Browser
    each: int = 5
    seen: Counter[str] = field(default_factory=Counter)
    _known: set[str] = field(default_factory=set)
    _map: MapAdapter = field(init=False)

    def __post_init__(self) -> None:
        self._map = self.app.url_map.bind(HERE)

    def along(self, start: str) -> Iterator[Page]:
        """The page and everything it leads to."""
        waiting = [start]
        while waiting:
            path = waiting.pop(0)
            answer = self.browser.get(path)
            if answer.status_code in (301, 302, 303):
                waiting += self._new([answer.headers["Location"]])
            elif answer.mimetype == "text/html":
                page = read(answer.text)
                endpoint = self.endpoint(urlsplit(path).path)
                yield Page(endpoint=endpoint, path=path, answer=answer, read=page)
                waiting += self._new(page.links)

    def endpoint(self, path: str) -> str:
        """What answers there; empty where nothing does."""
        try:
            return str(self._map.match(path, method="GET")[0])
        except (HTTPException, RequestRedirect):
            return ""

    def _new(self, links: Iterable[str]) -> list[str]:
        fresh = []
        for link in links:
            parts = urlsplit(link)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            if parts.netloc not in ("", HERE) or path in self._known or not parts.path:
                continue
            self._known.add(path)
            endpoint = self.endpoint(parts.path)
            if endpoint and not endpoint.startswith("dev_") and self.seen[endpoint] < self.each:
                self.seen[endpoint] += 1
                fresh.append(path)
        return fresh
