"""Whoever of a client sees only a part of its work is limited to it before any view runs."""

from flask import Flask, g

from app.identity.person import Person
from app.kernel.actor import Actor, Side
from app.work import visibility


def init_app(app: Flask) -> None:
    """Run when the client is entered and the actor known; until the request ends."""
    app.before_request(_limit)
    app.teardown_request(_end)


def _limit() -> None:
    actor: Actor | None = g.get("actor")
    person: Person | None = g.get("account")
    if g.get("client") is None or actor is None or actor.side is Side.PROVIDER:
        return
    g.outside = visibility.begin_outside()
    if person is None:
        return
    if (position := person.position(g.client.id)) is not None:
        g.sight = visibility.begin(visibility.limit_of(person.id, position))


def _end(_: BaseException | None) -> None:
    if token := g.pop("sight", None):
        visibility.end(token)
    if before := g.pop("outside", None):
        visibility.end_outside(before)
