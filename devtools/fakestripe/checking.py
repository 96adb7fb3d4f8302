"""A request's form against the SDK's own parameter types, enumerations tightened."""

import re
import sys
import types
import typing
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ForwardRef, Literal, NotRequired, Required, Union, get_args, get_origin
from urllib.parse import parse_qsl

from stripe import RequestOptions
from typing_extensions import is_typeddict

from devtools.fakestripe.faulty import StripeError, invalid

_KEY = re.compile(r"([^\[\]]+)|\[([^\[\]]*)\]")
_OPTIONS = frozenset(RequestOptions.__annotations__)
_UNIONS = (Union, types.UnionType)
Form = dict[str, Any]


def decode(body: str) -> Form:
    """`a[b][0]=c` as nested dictionaries; lists have their places as keys."""
    form: Form = {}
    for name, value in parse_qsl(body, keep_blank_values=True):
        path = [plain or inner for plain, inner in _KEY.findall(name)]
        place = form
        for part in path[:-1]:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise invalid(f"Invalid parameter: {name}", param=name)
        place[path[-1] or str(len(place))] = value
    return form


def checked(form: Form, kind: Any, *, where: str = "") -> Form:
    """The values as the type says. Raises StripeError for what the SDK does not know."""
    known = {
        name: _resolved(hint, kind)
        for name, hint in kind.__annotations__.items()
        if name not in _OPTIONS
    }
    for name in form:
        if name not in known:
            at = f"{where}[{name}]" if where else name
            raise invalid(f"Received unknown parameter: {at}", code="parameter_unknown", param=at)
    made = {}
    for name, hint in known.items():
        at = f"{where}[{name}]" if where else name
        if name in form:
            made[name] = _value(form[name], _bare(hint), kind, at)
        elif get_origin(hint) is not NotRequired:
            raise invalid(f"Missing required param: {at}.", code="parameter_missing", param=at)
    return made


def _resolved(hint: Any, kind: Any) -> Any:
    """Forward references stand for names of the module that the type is written in."""
    names = vars(sys.modules[kind.__module__])
    if isinstance(hint, str):
        return eval(hint, dict(names))  # noqa: S307  the SDK's own source
    if isinstance(hint, ForwardRef):
        return _resolved(hint.__forward_arg__, kind)
    arguments = get_args(hint)
    if arguments and get_origin(hint) is not Literal:
        inner = tuple(_resolved(argument, kind) for argument in arguments)
        if get_origin(hint) in _UNIONS:
            return Union[inner]  # noqa: UP007  made while it runs
        if get_origin(hint) in (list, dict):
            return get_origin(hint)[inner]
        if get_origin(hint) in (NotRequired, Required):
            return get_origin(hint)[inner[0]]
    return hint


def _bare(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) in (NotRequired, Required) else hint


def _value(value: Any, hint: Any, kind: Any, at: str) -> Any:
    hint = _resolved(hint, kind)
    origin = get_origin(hint)
    if origin in _UNIONS:
        return _one_of(value, hint, kind, at)
    if origin is Literal:
        return _literal(value, get_args(hint), at)
    if origin is list:
        return _listed(value, get_args(hint)[0], kind, at)
    if origin is dict or getattr(origin, "__name__", "") == "UntypedStripeObject":
        if not isinstance(value, Mapping):
            raise invalid(f"Invalid object: {at}", param=at)
        return dict(value)
    if is_typeddict(hint):
        if not isinstance(value, dict):
            raise invalid(f"Invalid object: {at}", param=at)
        return checked(value, hint, where=at)
    return _scalar(value, hint, at)


def _one_of(value: Any, hint: Any, kind: Any, at: str) -> Any:
    options = list(get_args(hint))
    words = [one for one in options if get_origin(one) is Literal and get_args(one) != ("",)]
    if words:
        # Open in the SDK (`Literal | str`) so that new values do not break it; closed here.
        options = [one for one in options if one is not str]
    refused: StripeError | None = None
    for option in options:
        try:
            return _value(value, option, kind, at)
        except StripeError as error:
            refused = error
    raise refused or invalid(f"Invalid value: {at}", param=at)


def _literal(value: Any, words: tuple[Any, ...], at: str) -> Any:
    for word in words:
        if value == word or value == str(word).lower():
            return word
    raise invalid(f"Invalid {at}: must be one of {', '.join(map(str, words))}", param=at)


def _listed(value: Any, hint: Any, kind: Any, at: str) -> list[Any]:
    if not isinstance(value, dict) or not all(key.isdecimal() for key in value):
        raise invalid(f"Invalid array: {at}", param=at)
    rows = [value[key] for key in sorted(value, key=int)]
    return [_value(row, hint, kind, f"{at}[{place}]") for place, row in enumerate(rows)]


def _scalar(value: Any, hint: Any, at: str) -> Any:
    if isinstance(value, dict):
        raise invalid(f"Invalid value: {at}", param=at)
    if hint is bool and value in ("true", "false"):
        return value == "true"
    if hint is int:
        if not re.fullmatch(r"-?\d{1,18}", value):
            raise invalid(f"Invalid integer: {value}", code="parameter_invalid_integer", param=at)
        return int(value)
    if hint in (Decimal, float) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return value
    if hint in (str, typing.Any):
        return value
    raise invalid(f"Invalid value: {at}", param=at)
