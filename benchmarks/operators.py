"""Some of the eight operators, as threads of a process of their own (run by get_next)."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from time import time

from flask import Flask

from app.factory import create_app
from app.identity.permissions import STAFF_PERMISSIONS, StaffRole
from app.kernel.actor import Actor, Side
from app.kernel.ids import new_id
from app.web.books import visiting
from app.work import offering
from app.work.actions import handling
from app.work.offering import in_turn
from config import Settings
from tenants.db import transaction


def serve(app: Flask, number: int) -> list[str]:
    """Press Get next until there is nothing left, as app.desk.work.get_next does."""
    actor = Actor(
        id=new_id(),
        name=f"Operator {number}",
        side=Side.PROVIDER,
        permissions=STAFF_PERMISSIONS[StaffRole.OPERATOR],
    )
    taken = []
    while (item_id := press(app, actor)) is not None:
        taken.append(item_id)
    return taken


LOST: list[str] = []
"""Items that somebody else was taking at that very moment."""


def press(app: Flask, actor: Actor) -> str | None:
    """What one press gives, None when nothing is left."""
    assert actor.id is not None
    with app.app_context():
        with transaction():
            found = offering.candidates(
                operator_id=actor.id, services=["general_request"], clients=None, may_review=True
            )
            offers = [(row.tenant_id, row.item_id) for row in found]
        for tenant_id, item_id in in_turn(offers):
            with visiting(tenant_id) as client:
                if client and handling.claim(actor=actor, item_id=item_id, reason={"due": "soon"}):
                    return str(item_id)
            LOST.append(str(item_id))
        return press(app, actor) if offers else None


def main(threads: int) -> None:
    """Waits for a line on stdin, so that all processes begin together."""
    app = create_app(Settings.from_env())
    with ThreadPoolExecutor(threads) as pool:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        start = time()
        taken = list(pool.map(lambda number: serve(app, number), range(threads)))
        end = time()
    keys = [key for one in taken for key in one]
    outcome = {"start": start, "end": end, "taken": keys, "lost": len(LOST)}
    sys.stdout.write(json.dumps(outcome) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
