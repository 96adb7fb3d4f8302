"""Answers as the SDK's typed resources say: made whole from them, and checked against them."""

import typing
from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar, ForwardRef, Literal, Union, get_args, get_origin

import stripe
from stripe import StripeObject

from devtools.fakestripe.faulty import Drift

_PLAIN: dict[Any, Any] = {int: 0, str: "", bool: False, float: 0.0, Decimal: "0", Any: None}


def fields(kind: type) -> dict[str, Any]:
    """Name → type of a resource's fields."""
    return {
        name: hint
        for name, hint in vars(kind).get("__annotations__", {}).items()
        if get_origin(hint) is not ClassVar and not name.startswith("_")
    }


def whole(kind: type, **values: Any) -> dict[str, Any]:
    """Every field of the resource: empty, but for those that are given."""
    made = {
        name: _empty(hint)
        for name, hint in fields(kind).items()
        if not (name == "deleted" and _is_optional(hint))
    }
    for name, value in values.items():
        hint = fields(kind).get(name)
        inner = _inner(hint)
        if inner is not None and isinstance(value, dict):
            made[name] = whole(inner, **value)
        else:
            made[name] = value
    return made


def listed(rows: list[dict[str, Any]], url: str, *, more: bool = False) -> dict[str, Any]:
    """A page of a list."""
    return {"object": "list", "data": rows, "has_more": more, "url": url}


def _is_optional(hint: Any) -> bool:
    return get_origin(hint) is Union and type(None) in get_args(hint)


def _inner(hint: Any) -> type | None:
    """The resource class that a field holds, through Optional."""
    if _is_optional(hint):
        rest = [one for one in get_args(hint) if one is not type(None)]
        hint = rest[0] if len(rest) == 1 else None
    if isinstance(hint, type) and issubclass(hint, StripeObject) and fields(hint):
        return hint
    return None


def _empty(hint: Any) -> Any:
    origin = get_origin(hint)
    if _is_optional(hint) or hint is Any:
        return None
    if origin in (Literal, Union):
        first = get_args(hint)[0]
        return first if origin is Literal else _empty(first)
    if origin is list or _is_list(hint):
        return [] if origin is list else listed([], "/v1/list")
    if isinstance(hint, ForwardRef):
        return ""
    inner = _inner(hint)
    return whole(inner) if inner else _PLAIN.get(hint, {})


def _is_list(hint: Any) -> bool:
    return getattr(get_origin(hint), "__name__", "") == "ListObject"


def conform(answer: dict[str, Any], kind: type, *, where: str = "") -> None:
    """Raises Drift where the answer is not what the resource says."""
    known = fields(kind)
    at = where or kind.__name__
    if unknown := set(answer) - set(known):
        raise Drift(f"{at} has no {sorted(unknown)}")
    for name, hint in known.items():
        if name not in answer:
            if not _is_optional(hint):
                raise Drift(f"{at}.{name} is missing")
            continue
        _check(answer[name], hint, f"{at}.{name}")


def _check(value: Any, hint: Any, at: str) -> None:
    if value is None:
        if not _is_optional(hint) and hint is not Any:
            raise Drift(f"{at} must not be null")
        return
    inner = _inner(hint)
    if inner is not None:
        if isinstance(value, dict):
            conform(value, inner, where=at)
        return
    options = [one for one in get_args(hint) if one is not type(None)]
    if _is_optional(hint) and len(options) == 1:
        hint = options[0]
    if get_origin(hint) is list or _is_list(hint):
        _check_rows(value, hint, at)
        return
    if not _fits(value, hint):
        raise Drift(f"{at}: {value!r} is no {hint}")


def _check_rows(value: Any, hint: Any, at: str) -> None:
    rows = value["data"] if _is_list(hint) else value
    (row_hint,) = get_args(hint)
    kind = resource(row_hint.__forward_arg__) if isinstance(row_hint, ForwardRef) else row_hint
    for place, row in enumerate(rows):
        if isinstance(kind, type) and isinstance(row, dict) and fields(kind):
            conform(row, kind, where=f"{at}[{place}]")


def _fits(value: Any, hint: Any) -> bool:
    checks: dict[Any, Callable[[Any], bool]] = {
        int: lambda v: isinstance(v, int) and not isinstance(v, bool),
        bool: lambda v: isinstance(v, bool),
        str: lambda v: isinstance(v, str),
        float: lambda v: isinstance(v, (int, float)),
        Decimal: lambda v: isinstance(v, str),
    }
    if hint in checks:
        return checks[hint](value)
    origin = get_origin(hint)
    if origin is Literal:
        return value in get_args(hint)
    if origin is Union:
        options = [one for one in get_args(hint) if one is not type(None)]
        if any(get_origin(one) is Literal for one in options):
            options = [one for one in options if one is not str]  # tightened
        return any(_fits(value, one) for one in options)
    if isinstance(hint, ForwardRef) or hint is typing.Any:
        return True
    return isinstance(value, (dict, str))


def resource(name: str) -> type | None:
    """A class of the SDK by its name."""
    found = getattr(stripe, name, None)
    return found if isinstance(found, type) else None
