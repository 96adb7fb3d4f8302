"""The catalogues' words where no face is speaking: in stored titles and in printed documents."""

from functools import cache
from pathlib import Path
from typing import Final

from babel.support import NullTranslations, Translations

from app.kernel.text import Text

_FOLDER: Final = Path(__file__).resolve().parents[1] / "translations"


def in_language(text: str | Text, locale: str) -> str:
    """A message id, or a text with its values, in this language; English where there is none."""
    if isinstance(text, Text):
        sentence = _catalogue(locale).gettext(text.msgid)
        return sentence % text.params if text.params else sentence
    return _catalogue(locale).gettext(text)


@cache
def _catalogue(locale: str) -> NullTranslations:
    return Translations.load(str(_FOLDER), [locale], "messages")
