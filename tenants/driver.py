"""How psycopg is told to speak to PostgreSQL, the same for every pool."""

from typing import Any

import psycopg
from psycopg import Cursor
from psycopg.rows import TupleRow
from sqlalchemy.pool import NullPool
from typing_extensions import override


class OneStatementCursor(Cursor[TupleRow]):
    """A cursor that always uses the extended protocol, in which statements cannot be stacked.

    Psycopg sends a query without parameters by the simple protocol, where `select 1; drop …`
    runs both. `_execute_send` is psycopg's own switch; a test pins its behaviour.
    """

    @override
    def _execute_send(self, query: Any, *, force_extended: bool = False, binary: Any = None) -> Any:
        del force_extended
        return super()._execute_send(query, force_extended=True, binary=binary)


def engine_options(*, pool_size: int, pre_ping: bool = False) -> dict[str, Any]:
    """Options of a pool that serves requests and jobs.

    `prepare_threshold=None`: prepared plans are re-analysed at each change of client and break in
    the middle of a migration and behind PgBouncer.
    """
    return {
        "pool_size": pool_size,
        "max_overflow": 0,
        "pool_timeout": 10,
        "pool_pre_ping": pre_ping,
        "use_native_hstore": False,
        "connect_args": {
            "prepare_threshold": None,
            "cursor_factory": OneStatementCursor,
            "connect_timeout": 5,
        },
    }


def owner_options() -> dict[str, Any]:
    """Options of the owner's connections: few, short, and allowed to send a script at once."""
    return {
        "poolclass": NullPool,
        "use_native_hstore": False,
        "connect_args": {"prepare_threshold": None, "connect_timeout": 5},
    }


def plain(url: str) -> str:
    """A SQLAlchemy address as psycopg itself wants it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def connect(url: str, **options: Any) -> psycopg.Connection[TupleRow]:
    """A bare connection for scripts: bootstrap, opening a client, migrations."""
    return psycopg.connect(plain(url), prepare_threshold=None, connect_timeout=5, **options)
