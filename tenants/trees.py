"""The two Alembic trees: where a change of the schema is written, and the SQL it comes to.

Alembic is for authoring; tenants.migrations runs. A revision that must see rows while it runs
says `needs_connection = True`; all others are compiled once and sent to every client as text, in
which `@schema@` stands for the client's schema and role.
"""

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).parent.parent / "migrations"
PLACEHOLDER = "@schema@"


class UnknownRevision(RuntimeError):
    """A schema stands at a revision that this release does not know."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Revisions in a folder, in one line from `base` to the head."""

    folder: Path

    @property
    def head(self) -> str:
        """The newest revision. Raises UnknownRevision if the folder holds none."""
        revision = _scripts(self.folder).get_current_head()
        if revision is None:
            raise UnknownRevision(f"{self.folder} holds no revision")
        return revision

    def sql(self, since: str) -> str | None:
        """SQL from revision `since` ("" for none) to the head; None if a step needs rows.

        Raises UnknownRevision.
        """
        return _compiled(self.folder, since)

    def run(self, connection: Connection, *, since: str) -> None:
        """Run the steps live, in the caller's transaction. Raises UnknownRevision."""
        with Operations.context(MigrationContext.configure(connection)):
            for step in _steps(self.folder, since):
                step.module.upgrade()


PROVIDER = Tree(MIGRATIONS / "provider" / "versions")
TENANT = Tree(MIGRATIONS / "tenant" / "versions")


@cache
def _scripts(folder: Path) -> ScriptDirectory:
    return ScriptDirectory(str(folder.parent), version_locations=[str(folder)])


def _steps(folder: Path, since: str) -> list[Any]:
    try:
        return list(_scripts(folder).iterate_revisions("head", since or "base"))[::-1]
    except Exception as unknown:  # Alembic's several errors for one thing
        raise UnknownRevision(f"{since} is not a revision of {folder}") from unknown


@cache
def _compiled(folder: Path, since: str) -> str | None:
    buffer = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql",
        # Not the driver's own style: that one doubles every % for a driver that never sees it.
        dialect_opts={"paramstyle": "named"},
        opts={"as_sql": True, "output_buffer": buffer, "literal_binds": True},
    )
    with Operations.context(context):
        for step in _steps(folder, since):
            if getattr(step.module, "needs_connection", False):
                return None
            step.module.upgrade()
    return buffer.getvalue().strip().rstrip(";")
