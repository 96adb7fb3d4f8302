"""Found words stand out: marks around them, in a text that is escaped first."""

from flask import Flask
from markupsafe import Markup, escape

from app.search.queries import BEGIN, END


def init_app(app: Flask) -> None:
    """Give templates the filter `marked`."""
    app.jinja_env.filters["marked"] = marked


def marked(excerpt: str) -> Markup:
    """An excerpt of app.search as HTML."""
    text = str(escape(excerpt)).replace(BEGIN, "<mark>").replace(END, "</mark>")
    return Markup(text)  # noqa: S704  escaped above
