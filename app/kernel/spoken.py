"""A text in a client's language where no face is speaking: stored titles, files Kontor makes."""

import gettext
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from app.kernel.text import Text

CATALOGUES: Final = Path(__file__).resolve().parents[1] / "translations"


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("messages", CATALOGUES, languages=[language], fallback=True)


def speaker(locale: str) -> Callable[[Text], str]:
    """What says texts, and the values in them, in the language of this locale."""
    catalogue = _catalogue(locale[:2])

    def say(text: Text) -> str:
        sentence = catalogue.gettext(text.msgid)
        params = {name: written(value, locale) for name, value in text.params.items()}
        return sentence % params if params else sentence

    return say


def in_language(text: str | Text, locale: str) -> str:
    """A message id, or a text with its values, in the language of this locale."""
    if isinstance(text, str):
        return _catalogue(locale[:2]).gettext(text)
    return speaker(locale)(text)


def written(value: object, locale: str) -> str:
    """A date, time or number as readers of this language write it, anything else as it is."""
    german = locale[:2] == "de"
    if isinstance(value, datetime):
        return f"{value:%d.%m.%Y, %H:%M}" if german else f"{value:%Y-%m-%d, %H:%M}"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}" if german else value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:,f}".translate(str.maketrans(",.", ".,")) if german else f"{value:,f}"
    return str(value)
