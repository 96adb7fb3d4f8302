"""Interprets the official flow chart of the wage tax (Programmablaufplan, XML) on exact decimals.

The chart is a file the provider hands in. Nothing of it is executed as code: a small language of
assignments, conditions and calls is read, with a short list of operations; anything else refuses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal, localcontext
from typing import Any, Final

from lxml import etree

from app.services.payroll.expressions import BadChart, Scope, Value, parsed

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_STEPS: Final = 20_000
MOST_DEEP: Final = 100
Statement = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class FlowChart:
    """A chart that was read: what goes in with its defaults, what comes out, and its methods."""

    name: str
    start: Scope
    outputs: tuple[str, ...]
    methods: Mapping[str, Sequence[Statement]]
    main: Sequence[Statement] = field(default_factory=tuple)

    def run(self, given: Mapping[str, Decimal | int]) -> dict[str, Decimal]:
        """The outputs for these inputs. Raises BadChart for an unknown input or a runaway."""
        if unknown := given.keys() - self.start.keys():
            raise BadChart(f"unknown input {min(unknown)}")
        scope: Scope = {**self.start, **{key: Decimal(value) for key, value in given.items()}}
        with localcontext(Context(prec=60)):
            try:
                self._perform(self.main, scope, [MOST_STEPS], depth=0)
            except (ArithmeticError, LookupError, TypeError) as odd:
                raise BadChart(f"cannot be worked out: {odd}") from None
        return {name: Decimal(scope[name]) for name in self.outputs}

    def _perform(
        self, statements: Sequence[Statement], scope: Scope, steps: list[int], *, depth: int
    ) -> None:
        for kind, what in statements:
            steps[0] -= 1
            if steps[0] < 0 or depth > MOST_DEEP:
                raise BadChart("the chart does not come to an end")
            if kind == "set":
                name, expression = what
                scope[name] = expression(scope)
            elif kind == "call":
                if what not in self.methods:
                    raise BadChart(f"unknown method {what}")
                self._perform(self.methods[what], scope, steps, depth=depth + 1)
            else:
                condition, then, otherwise = what
                chosen = then if condition(scope) else otherwise
                self._perform(chosen, scope, steps, depth=depth + 1)


def read_chart(content: bytes) -> FlowChart:
    """Raises BadChart."""
    if len(content) > MOST_BYTES or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise BadChart("refused")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise BadChart("no XML") from None
    if root.tag != "PAP":
        raise BadChart("no flow chart")
    start: Scope = {}
    for entry in root.iter("CONSTANT", "INPUT", "INTERNAL", "OUTPUT"):
        text = entry.get("value") or entry.get("default") or "0"
        start[str(entry.get("name"))] = _initial(text, start)
    methods = {str(one.get("name")): _statements(one) for one in root.iter("METHOD")}
    main = root.find(".//MAIN")
    if main is None:
        raise BadChart("no beginning")
    outputs = tuple(str(one.get("name")) for one in root.iter("OUTPUT"))
    return FlowChart(str(root.get("name")), start, outputs, methods, _statements(main))


def _initial(text: str, scope: Scope) -> Value:
    bare = text.strip()
    if bare.startswith("{"):
        inner = bare.strip("{}")
        return [parsed(part)(scope) for part in _split(inner)]
    return parsed(bare)(scope)


def _split(text: str) -> list[str]:
    parts, depth, begin = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            parts.append(text[begin:place])
            begin = place + 1
    return [part for part in [*parts, text[begin:]] if part.strip()]


def _statements(parent: Any) -> list[Statement]:
    found: list[Statement] = []
    for node in parent:
        if node.tag == "EVAL":
            name, sign, right = str(node.get("exec")).partition("=")
            if not sign or not name.strip().isidentifier():
                raise BadChart(f"no assignment: {node.get('exec')}")
            found.append(("set", (name.strip(), parsed(right))))
        elif node.tag == "EXECUTE":
            found.append(("call", str(node.get("method"))))
        elif node.tag == "IF":
            then, otherwise = node.find("THEN"), node.find("ELSE")
            found.append(
                (
                    "if",
                    (
                        parsed(str(node.get("expr"))),
                        _statements(then) if then is not None else [],
                        _statements(otherwise) if otherwise is not None else [],
                    ),
                )
            )
        else:
            raise BadChart(f"unknown step {node.tag}")
    return found
