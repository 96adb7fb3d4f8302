"""What went wrong, in a sentence for whoever typed the command."""

import psycopg
from sqlalchemy.exc import OperationalError

from app.kernel.errors import Invalid, KontorError
from config import MissingSetting
from tenants.opening import BadName, NameTaken, NotPossible
from tenants.registry import UnknownTenant
from tenants.trees import UnknownRevision

_SAY_IT_THEMSELVES = (
    KontorError, MissingSetting, BadName, NameTaken, NotPossible, UnknownRevision,
)  # fmt: skip


def sentence(failure: Exception) -> str | None:
    """None: nobody expected this; let it be seen whole."""
    if isinstance(failure, Invalid):
        fields = "; ".join(f"{name}: {why}" for name, why in failure.fields.items())
        return f"{failure} {fields}".strip()
    if isinstance(failure, _SAY_IT_THEMSELVES):
        return str(failure)
    if isinstance(failure, UnknownTenant):
        return "There is no such client."
    if isinstance(failure, psycopg.OperationalError | OperationalError):
        reason = str(getattr(failure, "orig", failure)).strip().splitlines()[0]
        return f"PostgreSQL does not answer: {reason} (see `kontor doctor`)"
    return None
