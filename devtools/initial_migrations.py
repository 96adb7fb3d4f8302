"""Write the first migration of both trees from the models, until the first release freezes it.

python -m devtools.initial_migrations
"""

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from alembic.autogenerate import render_python_code
from alembic.operations import ops
from sqlalchemy import MetaData, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB

from tenants.db import ProviderModel, TenantModel
from tenants.provisioning import grants

ROOT = Path(__file__).parent.parent
_HEAD = '''"""{title}."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "{revision}"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
'''


def render(metadata: MetaData) -> str:
    """The body of `upgrade()` that creates every table and index."""
    steps: list[ops.MigrateOperation] = []
    for table in metadata.sorted_tables:
        steps.append(ops.CreateTableOp.from_table(table))
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        steps += [ops.CreateIndexOp.from_index(index) for index in indexes]
    code = render_python_code(
        ops.UpgradeOps(steps), render_as_batch=False, render_item=_as_the_database_knows_it
    )
    # The comments around it speak of adjusting what is not to be adjusted here.
    return "\n".join(line for line in str(code).splitlines() if "# ###" not in line)


def _as_the_database_knows_it(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """A type of our own is the column type it is kept in: migrations import nothing of ours."""
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    prefix = "postgresql." if isinstance(item.impl_instance, JSONB) else "sa."
    return f"{prefix}{item.impl_instance!r}"


def write() -> None:
    """Overwrite both files."""
    import_module("app.wiring")  # every model is known once the parts are wired

    for tree, metadata, title in (
        ("provider", ProviderModel.metadata, "The provider's books"),
        ("tenant", TenantModel.metadata, "A client's schema"),
    ):
        body = render(metadata)
        if tree == "tenant":
            for line in grants():
                body += f"\n    op.execute({line!r})"
        path = ROOT / "migrations" / tree / "versions" / "0001_first.py"
        path.write_text(_HEAD.format(title=title, revision=f"{tree}_0001") + body + "\n")
        for command in ("format", "check --fix --select I,F401"):
            subprocess.run([sys.executable, "-m", "ruff", *command.split(), "-q", path], check=True)


if __name__ == "__main__":
    write()
