"""What a person reads or hears of a page."""

from html.parser import HTMLParser

from typing_extensions import override

SPOKEN = ("title", "aria-label", "placeholder", "alt", "data-label", "data-confirm")


class Reader(HTMLParser):
    """Gathers texts and links."""

    SILENT = frozenset({"script", "style", "code", "pre", "kbd", "textarea"})
    VOID = frozenset({"input", "meta", "link", "br", "hr", "img", "use", "rect", "path"})

    def __init__(self) -> None:
        super().__init__()
        self.silent: list[str] = []
        self.texts: list[str] = []
        self.links: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value for name, value in attrs if value and name in SPOKEN]
        self.links += [value for name, value in attrs if value and tag == "a" and name == "href"]
        if tag in self.SILENT:
            self.silent.append(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        if self.silent and self.silent[-1] == tag:
            self.silent.pop()

    @override
    def handle_data(self, data: str) -> None:
        if not self.silent and data.strip():
            self.texts.append(" ".join(data.split()))


def read(page: str) -> Reader:
    """Read a page from beginning to end."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader
