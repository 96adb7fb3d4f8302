"""A check that is under way, as the worker's table shows it."""

from uuid import UUID

from psycopg.types.json import Jsonb

from config import Settings
from tenants.driver import connect


def run_so_far(settings: Settings, item_id: UUID, *, done: int, of: int) -> None:
    """The item's check runs and has said how far it is."""
    with connect(settings.database_direct_url) as owner:
        owner.execute(
            "update provider.job set state = 'running', progress = %s where dedupe_key = %s",
            (Jsonb({"done": done, "of": of}), str(item_id)),
        )


def end(settings: Settings, item_id: UUID) -> None:
    """No worker takes it up after the test."""
    with connect(settings.database_direct_url) as owner:
        owner.execute(
            "update provider.job set state = 'cancelled' where dedupe_key = %s", (str(item_id),)
        )


def wait_again(settings: Settings, item_id: UUID) -> None:
    """It waits for a worker."""
    with connect(settings.database_direct_url) as owner:
        owner.execute(
            "update provider.job set state = 'pending' where dedupe_key = %s", (str(item_id),)
        )
