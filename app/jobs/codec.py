"""Facts and arguments as JSON and back, by the types they are declared with.

What an older release has written stays readable: unknown names are passed over, missing ones take
the default.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from inspect import Parameter, signature
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from app.kernel.money import Money

T = TypeVar("T")


class Undecodable(ValueError):
    """A stored value does not fit the type that is now declared for it."""


def encode(value: Any) -> Any:
    """Anything a fact may carry, as JSON."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, UUID | Decimal | date):
        return value.isoformat() if isinstance(value, date) else str(value)
    return _encode_compound(value)


def _encode_compound(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): encode(part) for key, part in value.items()}
    if isinstance(value, Sequence | frozenset | set):
        return [encode(part) for part in value]
    raise TypeError(f"a fact or a job cannot carry {type(value).__name__}: {value!r}")


def decode(kind: type[T], values: Mapping[str, Any]) -> T:
    """A dataclass of this kind from its JSON. Raises Undecodable."""
    hints: dict[str, Any] = _hints(kind)  # type: ignore[arg-type]
    known: dict[str, Any] = {}
    for field in fields(kind):  # type: ignore[arg-type]
        if field.name in values:
            known[field.name] = read(hints[field.name], values[field.name])
        elif field.default is MISSING and field.default_factory is MISSING:
            raise Undecodable(f"{kind.__name__} lacks {field.name}")
    return kind(**known)


def arguments(function: Callable[..., Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """A job's arguments as the function's annotations say; what it does not know is left out.

    Raises Undecodable.
    """
    hints = _hints(function)
    known = _parameters(function)
    if missing := [name for name, needed in known.items() if needed and name not in values]:
        raise Undecodable(f"{function.__name__} lacks {', '.join(missing)}")
    return {
        name: read(hints.get(name, Any), value) for name, value in values.items() if name in known
    }


def read(hint: Any, value: Any) -> Any:
    """One JSON value as the type `hint` says. Raises Undecodable."""
    origin = get_origin(hint)
    try:
        if origin in {Union, UnionType}:
            return _read_union(get_args(hint), value)
        if origin is not None:
            return _read_generic(origin, get_args(hint), value)
        return _read_plain(hint, value)
    except (ValueError, TypeError, ArithmeticError) as unfit:
        raise Undecodable(f"{value!r} is not {hint}") from unfit


def _read_plain(hint: Any, value: Any) -> Any:
    if hint is Any or not isinstance(hint, type):
        return value
    if issubclass(hint, datetime | date):
        return hint.fromisoformat(value)
    if hint is Money or is_dataclass(hint):
        return decode(hint, value)
    if issubclass(hint, Enum | UUID | Decimal):
        return hint(value)
    if value is None:
        raise Undecodable(f"nothing where {hint.__name__} is declared")
    return value


def _read_union(options: tuple[Any, ...], value: Any) -> Any:
    if value is None and type(None) in options:
        return None
    for option in options:
        if option is not type(None):
            try:
                return read(option, value)
            except Undecodable:
                continue
    raise Undecodable(f"{value!r} is none of {options}")


def _read_generic(origin: Any, parts: tuple[Any, ...], value: Any) -> Any:
    if issubclass(origin, Mapping):
        return {key: read(parts[1], part) for key, part in value.items()}
    if origin is tuple and parts and parts[-1] is not Ellipsis:
        return tuple(read(hint, part) for hint, part in zip(parts, value, strict=True))
    kind = {tuple: tuple, frozenset: frozenset, set: set}.get(origin, list)
    return kind(read(parts[0], part) for part in value)


@cache
def _parameters(function: Callable[..., Any]) -> Mapping[str, bool]:
    """The names it takes, and whether it cannot do without them."""
    taken = signature(function).parameters.values()
    return {one.name: one.default is Parameter.empty for one in taken}


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
