"""The reader's language and time zone: the account's, else the browser's."""

from gettext import NullTranslations

from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel, get_translations

LANGUAGES = ("de", "en")
DEFAULT_LANGUAGE = "en"
DEFAULT_ZONE = "Europe/Berlin"


def init_app(app: Flask) -> None:
    """Tell Flask-Babel whom it is speaking to."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", DEFAULT_LANGUAGE)
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", DEFAULT_ZONE)
    Babel(app, locale_selector=language, timezone_selector=zone)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _catalogue().gettext(text),
        lambda one, many, count: _catalogue().ngettext(one, many, count),
        newstyle=True,
        pgettext=lambda context, text: _catalogue().pgettext(context, text),
        npgettext=lambda context, one, many, count: _catalogue().npgettext(
            context, one, many, count
        ),
    )
    app.after_request(_vary)


def _catalogue() -> NullTranslations:
    """The reader's catalogue, found once a request: a list asks for six hundred texts."""
    if "catalogue" not in g:
        g.catalogue = get_translations()
    catalogue: NullTranslations = g.catalogue
    return catalogue


def language() -> str:
    """`de` or `en`."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    person = g.get("account")
    if person is not None and person.locale in LANGUAGES:
        return str(person.locale)
    return request.accept_languages.best_match(LANGUAGES) or _of_client() or DEFAULT_LANGUAGE


def _of_client() -> str | None:
    """The client's language: for machines, which seldom name one."""
    client = g.get("client")
    return client.locale if client is not None and client.locale in LANGUAGES else None


def zone() -> str:
    """The name of the time zone, e.g. Europe/Berlin."""
    person = g.get("account") if has_request_context() else None
    return str(person.zone) if person is not None else DEFAULT_ZONE


def _vary(response: Response) -> Response:
    if g.get("account") is None and response.mimetype == "text/html":
        response.vary.add("Accept-Language")
    return response
