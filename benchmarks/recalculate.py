"""A process that recalculates a client's open clocks, as the worker's job does: to be killed."""

import sys
from uuid import UUID

from app.factory import create_app
from app.sla import recalculation
from config import Settings
from tenants.db import db
from tenants.registry import by_slug
from tenants.scope import tenant_scope


def main(slug: str, run_id: str) -> None:
    """Say how far it is after each batch."""

    def commit(*, looked_at: int, moved: int) -> None:
        db.session.commit()
        sys.stdout.write(f"{looked_at} {moved}\n")
        sys.stdout.flush()

    order = recalculation.Order(
        what=recalculation.What.CALENDAR, key="default", actor_id=None, actor_name="x", reason="x"
    )
    app = create_app(Settings.from_env())
    with app.app_context(), tenant_scope(by_slug(slug)):
        recalculation.carry_out(order, run_id=UUID(run_id), commit=commit)


if __name__ == "__main__":
    main(*sys.argv[1:])
