"""Gapless numbers: the counter's row is held until the transaction that took one ends."""

from sqlalchemy.dialects.postgresql import insert

from app.work.models import Counter
from tenants.db import db

FIRST_NUMBER = 1001


def next_number() -> int:
    """The next work item's number of the client in scope."""
    statement = insert(Counter).values(name="work_item", value=FIRST_NUMBER)
    taken = statement.on_conflict_do_update(
        index_elements=["name"], set_={"value": Counter.value + 1}
    ).returning(Counter.value)
    return int(db.session.scalars(taken).one())
