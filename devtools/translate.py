"""`make translate`: bring the catalogues up to date with the program's texts, and compile them.

What is new comes into the catalogue untranslated, and is listed: translate it there and run this
again. `devtools/texts.py` says where texts are looked for.
"""

import io
from collections.abc import Sequence
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from devtools.texts import APP, Msgid, gather

FOLDER = APP / "translations"
LANGUAGES = ("de",)
"""English needs no catalogue: it is what the message ids say."""


def template() -> Catalog:
    """The texts as a catalogue without translations."""
    catalog = Catalog(charset="utf-8")
    for text, places in sorted(gather().texts.items(), key=lambda entry: str(entry[0])):
        catalog.add(text, locations=[(place, None) for place in sorted(places)])
    return catalog


def address(language: str, ending: str = "po") -> Path:
    """Where the catalogue of a language lies."""
    return FOLDER / language / "LC_MESSAGES" / f"messages.{ending}"


def read(language: str) -> Catalog:
    """The catalogue as it lies there; an empty one for a new language."""
    path = address(language)
    if not path.exists():
        return Catalog(locale=language, domain="messages", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="messages")


def update(language: str) -> Catalog:
    """The catalogue with exactly the texts of today; what is known keeps its translation."""
    known, now = read(language), template()
    fresh = Catalog(
        locale=language,
        domain="messages",
        project="Kontor",
        header_comment=f"# Kontor's texts ({language}).",
        fuzzy=False,
    )
    fresh.creation_date = fresh.revision_date = known.creation_date
    for message in now:
        if message.id:
            before = known.get(message.id)
            fresh.add(message.id, before.string if before else None, locations=message.locations)
    return fresh


def po_bytes(catalog: Catalog) -> bytes:
    """The catalogue as a file for people."""
    out = io.BytesIO()
    write_po(out, catalog, width=100, include_lineno=False)
    return out.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """The catalogue as a file for the program."""
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def untranslated(catalog: Catalog) -> list[Msgid]:
    """What still has no words in this language."""
    return [one.id for one in catalog if one.id and not all(_forms(one.string))]


def _forms(translation: str | Sequence[str] | None) -> Sequence[str | None]:
    return [translation] if translation is None or isinstance(translation, str) else translation


def main() -> int:
    """Bring every catalogue up to date; 1 while something is untranslated."""
    missing = 0
    for language in LANGUAGES:
        catalog = update(language)
        address(language).parent.mkdir(parents=True, exist_ok=True)
        address(language).write_bytes(po_bytes(catalog))
        address(language, "mo").write_bytes(mo_bytes(catalog))
        left = untranslated(catalog)
        missing += len(left)
        print(f"{language}: {len(catalog)} texts, {len(left)} untranslated")
        for text in left:
            print(f"  {text!r}")
    return bool(missing)


if __name__ == "__main__":
    raise SystemExit(main())
