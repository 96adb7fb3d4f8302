"""The table of endpoints, and what every request goes through: checks, keys, faults, answers."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from devtools.fakestripe import shapes
from devtools.fakestripe.checking import Form, checked, decode
from devtools.fakestripe.faulty import StripeError, invalid
from devtools.fakestripe.state import State, Thing

View = Callable[..., Thing]
KEYS_KEPT = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method and path, the SDK's types of its request and answer, and what it does."""

    method: str
    path: str
    params: Any
    returns: type | None
    many: bool
    view: View

    @property
    def pattern(self) -> str:
        """The path as a regular expression with one group for each id."""
        return "^" + re.sub(r"\{\w+\}", r"([A-Za-z0-9_]+)", self.path) + "$"


ENDPOINTS: list[Endpoint] = []


def endpoint(
    where: str, params: Any, returns: type | None, *, many: bool = False
) -> Callable[[View], View]:
    """`where` as in the contract: `POST /v1/invoices/{id}/pay`."""
    method, path = where.split()

    def register(view: View) -> View:
        ENDPOINTS.append(
            Endpoint(method=method, path=path, params=params, returns=returns, many=many, view=view)
        )
        return view

    return register


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back."""

    status: int
    body: str
    replayed: bool = False


def serve(state: State, method: str, path: str, *, body: str, query: str, key: str) -> Answer:
    """Carry out one request, or give again what the same key was given before."""
    found = _match(method, path)
    if found is None:
        error = invalid(f"Unrecognized request URL ({method}: {path}).")
        return Answer(status=404, body=json.dumps({"error": error.error}))
    one, ids = found
    print_ = hashlib.sha256(f"{method} {path}?{body}".encode()).hexdigest()
    if key and method == "POST" and (known := _known(state, key)) is not None:
        return _again(known, print_)
    try:
        form = checked(decode(body if method == "POST" else query), one.params)
    except StripeError as refused:  # before anything was begun: nothing is kept under the key
        return Answer(status=refused.status, body=json.dumps({"error": refused.error}))
    answer = _carry_out(state, one, ids, form, path)
    if key and method == "POST":
        state.keys[key] = {
            "print": print_, "status": answer.status, "body": answer.body, "at": state.now(),
        }  # fmt: skip
    return answer


def keep_500(state: State, method: str, path: str, *, body: str, key: str) -> None:
    """Under this key the answer is 500 from now on."""
    print_ = hashlib.sha256(f"{method} {path}?{body}".encode()).hexdigest()
    state.keys[key] = {
        "print": print_, "status": 500, "body": json.dumps({"error": BROKEN}), "at": state.now(),
    }  # fmt: skip


BROKEN = {"type": "api_error", "message": "An unknown error occurred"}


def _carry_out(state: State, one: Endpoint, ids: tuple[str, ...], form: Form, path: str) -> Answer:
    expand = form.pop("expand", [])
    try:
        if one.many:
            thing = _page(one.view(state, *ids, form), form, path)
            for row in thing["data"]:
                shapes.conform(row, one.returns or dict)
        else:
            thing = one.view(state, *ids, form)
            if one.returns is not None and not thing.get("deleted"):
                shapes.conform(thing, one.returns)
    except StripeError as refused:
        return Answer(status=refused.status, body=json.dumps({"error": refused.error}))
    return Answer(status=200, body=json.dumps(_expanded(state, thing, expand)))


def _match(method: str, path: str) -> tuple[Endpoint, tuple[str, ...]] | None:
    for one in ENDPOINTS:
        if one.method == method and (found := re.match(one.pattern, path)):
            return one, found.groups()
    return None


def _known(state: State, key: str) -> Thing | None:
    known = state.keys.get(key)
    if known is not None and state.now() - known["at"] >= KEYS_KEPT:
        del state.keys[key]
        return None
    return known


def _again(known: Thing, print_: str) -> Answer:
    if known["print"] != print_:
        error = {
            "type": "idempotency_error",
            "message": "Keys for idempotent requests can only be used with the same parameters "
            "they were first used with.",
        }
        return Answer(status=400, body=json.dumps({"error": error}))
    return Answer(status=known["status"], body=known["body"], replayed=True)


def _page(rows: list[Thing], form: Form, path: str) -> Thing:
    """A page of a list: newest first, `starting_after` and `ending_before` as cursors."""
    limit = form.get("limit", 10)
    if not 1 <= limit <= 100:
        raise invalid("Invalid limit: must be between 1 and 100", param="limit")
    if (created := form.get("created")) is not None:
        rows = [row for row in rows if _within(row["created"], created)]
    places = {row["id"]: place for place, row in enumerate(rows)}
    for cursor in ("starting_after", "ending_before"):
        if cursor in form and form[cursor] not in places:
            raise invalid(f"No such object: '{form[cursor]}'", param=cursor)
    if "ending_before" in form:
        before = rows[: places[form["ending_before"]]]
        return shapes.listed(before[-limit:], path, more=len(before) > limit)
    first = places[form["starting_after"]] + 1 if "starting_after" in form else 0
    return shapes.listed(rows[first : first + limit], path, more=len(rows) > first + limit)


def _within(moment: int, created: Any) -> bool:
    if isinstance(created, int):
        return moment == created
    checks = {
        "gt": lambda limit: moment > limit,
        "gte": lambda limit: moment >= limit,
        "lt": lambda limit: moment < limit,
        "lte": lambda limit: moment <= limit,
    }
    return all(checks[name](limit) for name, limit in created.items())


def _expanded(state: State, thing: Thing, expand: list[str]) -> Thing:
    """`expand[]=latest_charge`: ids one level deep become their objects."""
    if not expand:
        return thing
    made = dict(thing)
    for path in expand:
        value = made.get(path)
        if isinstance(value, str):
            made[path] = next(
                (kind[value] for kind in state.objects.values() if value in kind), value
            )
    return made
