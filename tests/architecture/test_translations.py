"""German and English complete: every text is in the catalogue, and templates hide none."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from jinja2 import Environment, nodes

from devtools import translate
from devtools.texts import gather
from tests.conftest import ROOT
from tests.factories.page_reader import read

PLACEHOLDER = re.compile(r"%%|%\((\w+)\)[sd]")
LETTERS = re.compile(r"[^\W\d_]{2,}")
SENTENCE = re.compile(r"[A-Z][a-z]+ [a-z]+")
NAMES = {"kontor", "sla", "csv", "api", "openapi", "json"}
ATTRIBUTE = re.compile(r'[\w-]+="[^"]*"')
CLASSES = re.compile(r"\{% block \w+_class %\}.*?\{% endblock \w+ %\}", re.DOTALL)
TEMPLATES = [
    path
    for path in sorted((ROOT / "app").rglob("templates/**/*.html"))
    if "dev" not in path.parts and path.parent.name != "mail"
]


@pytest.fixture(scope="module", params=translate.LANGUAGES)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    return translate.read(request.param)


def forms(message: object) -> list[str]:
    """All words of a message or its translation."""
    return [message] if isinstance(message, str) else list(message or [])  # type: ignore[call-overload]


def test_every_text_is_in_the_catalogue(catalogue: Catalog) -> None:
    """Otherwise: `make translate`, and translate what it lists."""
    wanted = {str(message.id) for message in translate.template() if message.id}
    known = {str(message.id) for message in catalogue if message.id}
    assert wanted - known == set()
    assert known - wanted == set()
    assert not catalogue.obsolete


def test_sentences_that_share_a_name_are_all_gathered() -> None:
    """Several services call what does not add up by the same name."""
    said = {str(text) for text in gather().texts}
    named = [
        found[1]
        for path in (ROOT / "app/services").rglob("schemas.py")
        for found in re.finditer(
            r'^[A-Z_]+: Final = "([A-Z][^"]+\.)"$', path.read_text(), re.MULTILINE
        )
    ]
    assert len(named) > 20
    assert set(named) - said == set()


def test_every_text_is_translated(catalogue: Catalog) -> None:
    assert translate.untranslated(catalogue) == []
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []


def test_plurals_and_placeholders_agree(catalogue: Catalog) -> None:
    for message in catalogue:
        if not message.id:
            continue
        said, meant = forms(message.string), forms(message.id)
        if message.pluralizable:
            assert len(said) == catalogue.num_plurals, message.id
        for words in said:
            # A singular may say "one" where the plural gives the number.
            allowed = [Counter(PLACEHOLDER.findall(form)) for form in meant]
            assert Counter(PLACEHOLDER.findall(words)) in allowed, (message.id, words)
            assert words == words.strip(), words
            if meant[0][-1] in ".?:…":
                assert words[-1] == meant[0][-1], (message.id, words)


def test_the_compiled_catalogue_is_up_to_date(catalogue: Catalog) -> None:
    path = translate.address(str(catalogue.locale), "mo")
    assert path.read_bytes() == translate.mo_bytes(catalogue), "run `make translate`"


def test_no_text_is_put_together_where_it_is_translated() -> None:
    """`_(f"…")` finds nothing in a catalogue."""
    assert gather().unreadable == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_templates_say_nothing_themselves(path: Path, jinja: Environment) -> None:
    """Every word that a template shows goes through `_()`."""
    source = CLASSES.sub("", path.read_text("utf-8"))
    bare = "".join(value if kind == "data" else " " for _, kind, value in jinja.lex(source))
    spoken = [ATTRIBUTE.sub("", text) for text in read(bare).texts]
    said = [text for text in spoken if not {w.casefold() for w in LETTERS.findall(text)} <= NAMES]
    assert said == []
    assert [text for text in constants(jinja.parse(source)) if SENTENCE.match(text)] == []


def constants(tree: nodes.Node) -> Iterator[str]:
    """The texts in a template's own code that are not translated."""
    for node in tree.iter_child_nodes():
        if isinstance(node, nodes.Const) and isinstance(node.value, str):
            yield node.value
        name = getattr(getattr(node, "node", None), "name", "")
        if not (isinstance(node, nodes.Call) and name in ("_", "gettext", "ngettext")):
            yield from constants(node)


@pytest.fixture(scope="module")
def jinja() -> Environment:
    return Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
