"""What a mail says: one file for each mail and language, made into a text and an HTML part.

A file of templates/mail is `Subject: …`, then paragraphs, parted by empty lines. A paragraph
`[words]` becomes the button, or in the text part the line, that leads to the mail's link.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from babel.dates import format_datetime, get_timezone
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound
from markupsafe import Markup, escape

from app.identity import links

FOLDER = Path(__file__).parent / "templates" / "mail"
LOCALES = ("de", "en")


class UnknownTemplate(LookupError):
    """There is no mail of that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailText:
    """A mail that can be read."""

    subject: str
    text: str
    html: str
    link: str


@cache
def _sources() -> Environment:
    # Values are escaped when the HTML part is put together, from text that is already whole.
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["moment"] = _moment
    return environment


def _moment(value: str, locale: str, zone: str) -> str:
    """An ISO 8601 moment as the reader writes it."""
    return format_datetime(
        datetime.fromisoformat(value), "short", tzinfo=get_timezone(zone), locale=locale
    )


def templates() -> set[str]:
    """The names of all mails."""
    return {path.name.split(".")[0] for path in FOLDER.glob("*.txt")}


def language(template: str, locale: str) -> str:
    """The language this mail is sent in. Raises UnknownTemplate."""
    if template not in templates():
        raise UnknownTemplate(template)
    return locale if locale in LOCALES else LOCALES[1]


def compose(
    template: str, *, locale: str, params: Mapping[str, Any], base_url: str, provider_name: str
) -> MailText:
    """The mail in this language. Raises UnknownTemplate, or UndefinedError for a missing value.

    `params`: the file's values, and `path` (within this installation) of the mail's link, ended by
    the secret word of `link_id` if there is one.
    """
    link = base_url + str(params.get("path", "/"))
    if link_id := params.get("link_id"):
        link += links.word(UUID(str(link_id)))
    source = _source(template, locale)
    values = {"provider_name": provider_name, "can_reply": False, **params, "locale": locale}
    first, *blocks = [block.strip() for block in source.split("\n\n") if block.strip()]
    subject = " ".join(_fill(first.removeprefix("Subject:"), values).split())
    paragraphs = [_paragraph(block, values) for block in blocks]
    filled = [(kind, text) for kind, text in paragraphs if text]
    return MailText(
        subject=subject,
        text=_plain(filled, link=link, provider_name=provider_name),
        html=_html(filled, subject=subject, link=link, values=values),
        link=link,
    )


def subject(template: str, *, locale: str, params: Mapping[str, Any]) -> str:
    """The mail's subject alone: a line of a digest."""
    first = _source(template, locale).split("\n", 1)[0].removeprefix("Subject:")
    return " ".join(_fill(first, {**params, "locale": locale}).split())


def _source(template: str, locale: str) -> str:
    environment = _sources()
    try:
        name = f"{template}.{language(template, locale)}.txt"
        return environment.loader.get_source(environment, name)[0]  # type: ignore[union-attr]
    except TemplateNotFound:
        raise UnknownTemplate(template) from None


def _fill(source: str, values: Mapping[str, Any]) -> str:
    return _sources().from_string(source).render(values)


def _paragraph(block: str, values: Mapping[str, Any]) -> tuple[str, str]:
    # Seen in the source, not in the result: nobody's name can become a link.
    if block.startswith("[") and block.endswith("]"):
        return "link", _fill(block[1:-1], values)
    return "text", _fill(block, values).strip()


def _plain(paragraphs: list[tuple[str, str]], *, link: str, provider_name: str) -> str:
    parts = [f"{text}:\n{link}" if kind == "link" else text for kind, text in paragraphs]
    return "\n\n".join([*parts, f"-- \n{provider_name}"]) + "\n"


def _html(
    paragraphs: list[tuple[str, str]], *, subject: str, link: str, values: Mapping[str, Any]
) -> str:
    shown = {
        "link": Markup('<p><a href="{link}">{text}</a></p>'),
        "text": Markup("<p>{text}</p>"),
    }
    body = Markup("\n").join(
        shown[kind].format(text=escape(text).replace("\n", Markup("<br>\n")), link=link)
        for kind, text in paragraphs
    )
    page = Markup(
        '<!DOCTYPE html>\n<html lang="{locale}">\n<head><meta charset="utf-8">'
        "<title>{subject}</title></head>\n<body>\n{body}\n<hr>\n"
        "<p><small>{provider}</small></p>\n</body>\n</html>\n"
    )
    return str(
        page.format(
            locale=values["locale"], subject=subject, body=body, provider=values["provider_name"]
        )
    )
