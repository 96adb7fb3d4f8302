"""Every text of the program that a person may read, gathered for the catalogues.

Texts are English message ids. They stand in templates and in calls of gettext, as `Text`s and
refusals below the web, and as plain values in the services' manifests and forms.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from babel.messages.extract import extract_from_dir
from marshmallow import Schema, fields, validate

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "app"
DEVELOPER_PAGES = "web/templates/dev/*"

CALLS = frozenset({"_", "gettext", "lazy_gettext", "N_", "Text", "ValidationError"})
PLURALS = frozenset({"ngettext", "lazy_ngettext"})
REFUSALS = "app.kernel.errors"
MANIFEST = {
    "Service": ("title", "description", "price_unit"),
    "WorkType": ("title", "description"),
    "ChecklistTemplate": ("title",),
    "ServicePage": ("title",),
    "OfficialFile": ("title",),
    "RequestTemplate": ("title",),
    "DocumentTemplate": ("title",),
}
FORMS = (
    ("app.desk.service_terms", "ServiceTerms"),
    ("app.desk.client_opening", "NewClient"),
)
"""Forms of the house that are drawn from a schema, as those of the services are."""

Msgid = str | tuple[str, str]


@dataclass
class Found:
    """The texts with the files they stand in, and texts that are put together in a call."""

    texts: dict[Msgid, set[str]] = field(default_factory=lambda: defaultdict(set))
    unreadable: list[str] = field(default_factory=list)

    def add(self, text: Msgid, place: Path | str) -> None:
        """Note a text; empty ones are none."""
        if text:
            name = place if isinstance(place, str) else place.relative_to(ROOT).as_posix()
            self.texts[text].add(name)


def gather() -> Found:
    """Every text of the program."""
    found = Found()
    _templates(found)
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(APP.rglob("*.py"))}
    refusals = _refusals(trees.values())
    constants = _constants(trees.values())
    for path, tree in trees.items():
        if "dev_" not in path.name:
            # Modules call different sentences by one name: each one's own goes first.
            _Reader(found, path, refusals, constants | _constants([tree])).visit(tree)
    _services(found)
    return found


def _templates(found: Found) -> None:
    texts = extract_from_dir(
        APP,
        method_map=[(DEVELOPER_PAGES, "ignore"), ("**/templates/**.html", "jinja2")],
        options_map={"**/templates/**.html": {"silent": "false", "newstyle_gettext": "true"}},
        keywords={"_": None, "gettext": None, "ngettext": (1, 2)},
    )
    for name, _line, text, _comments, _context in texts:
        found.add(text if isinstance(text, str) else (text[0], text[1]), APP / name)


def _refusals(trees: Iterable[ast.Module]) -> frozenset[str]:
    """The kernel's errors and everything derived from them, by name."""
    kernel = import_module(REFUSALS)
    names = {name for name, kind in vars(kernel).items() if isinstance(kind, type)}
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    before = -1
    while len(names) != before:
        before = len(names)
        names |= {
            one.name for one in classes if any(_name(base) in names for base in one.bases)
        } - {"Exception"}
    return frozenset(names)


def _constants(trees: Iterable[ast.Module]) -> dict[str, str]:
    """`WRONG_IBAN: Final = "…"` of any module, by name."""
    named: dict[str, str] = {}
    for tree in trees:
        for node in tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
            value = getattr(node, "value", None)
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                named |= {_name(target): value.value for target in targets}
    return named


def _name(node: ast.AST | None) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


@dataclass
class _Reader(ast.NodeVisitor):
    """Reads the texts of one module."""

    found: Found
    path: Path
    refusals: frozenset[str]
    constants: dict[str, str]
    inside: list[str] = field(default_factory=list)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.inside.append(node.name)
        self.generic_visit(node)
        self.inside.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        # The default of a refusal's message is said where none is given.
        if self.inside and self.inside[-1] in self.refusals and node.name == "__init__":
            for default in node.args.defaults:
                self._take(default)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = _name(node.func)
        if name in PLURALS:
            self._take_plural(node)
        elif self._speaks(node, name) and node.args:
            self._take(node.args[0])
        for keyword in node.keywords:
            if keyword.arg in MANIFEST.get(name, ()):
                self._take(keyword.value)
            if keyword.arg == "fields" and name in self.refusals:
                self._take_fields(keyword.value)
        self.generic_visit(node)

    def _speaks(self, node: ast.Call, name: str) -> bool:
        if name == "__init__" and self.inside and self.inside[-1] in self.refusals:
            return isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call)
        return name in CALLS or name in self.refusals

    def _take(self, node: ast.expr) -> None:
        texts = self._said(node)
        for text in texts:
            self.found.add(text, self.path)
        if not texts and any(" " in one for one in _literals(node)):
            self.found.unreadable.append(f"{self.path.name}:{node.lineno}: {ast.unparse(node)}")

    def _take_plural(self, node: ast.Call) -> None:
        texts = [text for argument in node.args[:2] for text in self._said(argument)]
        if len(texts) == 2:
            self.found.add((texts[0], texts[1]), self.path)

    def _take_fields(self, node: ast.expr) -> None:
        """`fields={"reason": ["Please say why."]}`."""
        for inner in ast.walk(node):
            if isinstance(inner, ast.List):
                for text in inner.elts:
                    for said in self._said(text):
                        self.found.add(said, self.path)

    def _said(self, node: ast.expr) -> list[str]:
        if isinstance(node, ast.Constant):
            return [node.value] if isinstance(node.value, str) else []
        if isinstance(node, ast.IfExp):
            return self._said(node.body) + self._said(node.orelse)
        named = self.constants.get(_name(node)) if isinstance(node, ast.Name) else None
        return [named] if named else []


def _literals(node: ast.expr) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def _services(found: Found) -> None:
    """The forms of the services and the house: labels, hints, choices and what their checks say."""
    for manifest in sorted((APP / "services").glob("*/manifest.py")):
        folder = manifest.parent.name
        service = import_module(f"app.services.{folder}.manifest").SERVICE
        place = (manifest.parent / "schemas.py").relative_to(ROOT).as_posix()
        for work_type in service.work_types:
            for schema in (work_type.form, work_type.values):
                for text in _of_schema(schema) if schema else ():
                    found.add(text, place)
    for module, name in FORMS:
        for text in _of_schema(getattr(import_module(module), name)):
            found.add(text, f"{module.replace('.', '/')}.py")


def _of_schema(schema: type[Schema]) -> Iterator[str]:
    for one in schema().fields.values():
        yield from (one.metadata.get(key, "") for key in ("label", "hint"))
        yield from _of_field(one)
        inner = getattr(one, "inner", one)
        if isinstance(inner, fields.Nested):
            yield from _of_schema(type(inner.schema))


def _of_field(one: fields.Field[Any]) -> Iterator[str]:
    for rule in one.validators:
        if isinstance(rule, validate.OneOf):
            yield from (str(label) for label in rule.labels)
        own = getattr(rule, "error", None)
        if own and own != getattr(rule, "default_message", None):
            yield str(own)
    usual = {text for kind in type(one).__mro__ for text in _messages(kind).values()}
    yield from (str(text) for text in one.error_messages.values() if text not in usual)


def _messages(kind: type) -> dict[str, str]:
    return getattr(kind, "default_error_messages", {})
