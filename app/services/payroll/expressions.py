"""The small language of a flow chart: decimals, comparisons, a short list of operations."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import Any, Final

_TOKEN: Final = re.compile(
    r"\s*(?:(\d+(?:\.\d+)?)[LlDd]?|([A-Za-z_]\w*)|(&&|\|\||[<>=!]=|[-+*/<>=().,\[\]{}]))"
)
_ROUNDING: Final = {"ROUND_DOWN": ROUND_DOWN, "ROUND_UP": ROUND_UP}
_CONSTANTS: Final = {"ZERO": Decimal(0), "ONE": Decimal(1), "TEN": Decimal(10)}
_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": lambda one, other: one < other,
    ">": lambda one, other: one > other,
    "<=": lambda one, other: one <= other,
    ">=": lambda one, other: one >= other,
    "==": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
}
Value = Any
Scope = dict[str, Value]
Expression = Callable[[Scope], Value]


class BadChart(ValueError):
    """The file is no flow chart, or asks for something that is not on the list."""


def parsed(text: str) -> Expression:
    """An expression as something that can be worked out in a scope. Raises BadChart."""
    reader = _Reader(text)
    expression = reader.either()
    if reader.peek():
        raise BadChart(f"not understood: {text}")
    return expression


class _Reader:
    """Recursive descent over the few operators and calls that charts use."""

    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        at, text = 0, text.strip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise BadChart(f"not understood: {text}")
            self.tokens.append(found[1] or found[2] or found[3])
            at = found.end()
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.peek()
        if not token or (wanted and token != wanted):
            raise BadChart(f"expected {wanted or 'more'}, found {token or 'the end'}")
        self.at += 1
        return token

    def either(self) -> Expression:
        left = self.compared()
        while self.peek() in ("&&", "||"):
            sign, one, other = self.take(), left, self.compared()
            left = _both(one, other) if sign == "&&" else _any(one, other)
        return left

    def compared(self) -> Expression:
        left = self.sum()
        if self.peek() in _COMPARE:
            compare, right = _COMPARE[self.take()], self.sum()
            return lambda scope: compare(left(scope), right(scope))
        return left

    def sum(self) -> Expression:
        left = self.product()
        while self.peek() in ("+", "-"):
            sign, one, other = self.take(), left, self.product()
            left = _added(one, other, 1 if sign == "+" else -1)
        return left

    def product(self) -> Expression:
        left = self.signed()
        while self.peek() == "*":
            self.take()
            one, other = left, self.signed()
            left = _times(one, other)
        return left

    def signed(self) -> Expression:
        if self.peek() == "-":
            self.take()
            inner = self.signed()
            return lambda scope: -inner(scope)
        return self.called(self.primary())

    def primary(self) -> Expression:
        word = self.take()
        if word == "(":
            inner = self.either()
            self.take(")")
            return inner
        if word[0].isdigit():
            number = Decimal(word)
            return lambda _: number
        if word == "new":
            self.take("BigDecimal")
            return self.arguments()[0]
        if word == "BigDecimal":
            return self.constant()
        if self.peek() == "[":
            self.take()
            place = self.either()
            self.take("]")
            return lambda scope: scope[word][int(place(scope))]
        if not word.isidentifier():
            raise BadChart(f"not understood: {word}")
        return lambda scope: _known(scope, word)

    def constant(self) -> Expression:
        self.take(".")
        name = self.take()
        if name in _ROUNDING:
            return lambda _: _ROUNDING[name]
        if name == "valueOf":
            return self.arguments()[0]
        if name not in _CONSTANTS:
            raise BadChart(f"unknown constant {name}")
        return lambda _: _CONSTANTS[name]

    def called(self, receiver: Expression) -> Expression:
        while self.peek() == ".":
            self.take()
            name = self.take()
            if name not in _CALLS:
                raise BadChart(f"unknown operation {name}")
            receiver = _call(_CALLS[name], receiver, self.arguments())
        return receiver

    def arguments(self) -> list[Expression]:
        self.take("(")
        found = []
        while self.peek() != ")":
            found.append(self.either())
            if self.peek() == ",":
                self.take()
        self.take(")")
        return found


def _known(scope: Scope, name: str) -> Value:
    if name not in scope:
        raise BadChart(f"unknown name {name}")
    return scope[name]


def _both(one: Expression, other: Expression) -> Expression:
    return lambda scope: one(scope) and other(scope)


def _any(one: Expression, other: Expression) -> Expression:
    return lambda scope: one(scope) or other(scope)


def _added(one: Expression, other: Expression, sign: int) -> Expression:
    return lambda scope: one(scope) + sign * other(scope)


def _times(one: Expression, other: Expression) -> Expression:
    return lambda scope: one(scope) * other(scope)


def _call(deed: Callable[..., Value], on: Expression, with_: Sequence[Expression]) -> Expression:
    return lambda scope: deed(on(scope), *(one(scope) for one in with_))


def _scaled(value: Decimal, scale: Value, rounding: str = "") -> Decimal:
    if not rounding:
        raise BadChart("a scale needs a rounding")
    return value.quantize(Decimal(1).scaleb(-int(scale)), rounding)


def _divided(one: Decimal, other: Decimal, scale: Value = None, rounding: str = "") -> Decimal:
    quotient = one / other
    return quotient if scale is None else _scaled(quotient, scale, rounding)


_CALLS: Final[Mapping[str, Callable[..., Value]]] = {
    "add": lambda one, other: one + other,
    "subtract": lambda one, other: one - other,
    "multiply": lambda one, other: one * other,
    "divide": _divided,
    "setScale": _scaled,
    "compareTo": lambda one, other: Decimal((one > other) - (one < other)),
    "longValue": lambda one: Decimal(int(one)),
}
