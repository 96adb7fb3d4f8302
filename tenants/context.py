"""The client whose data is being worked on."""

import re
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum

_SCHEMA = re.compile(r"t_[1-9][0-9]{0,17}")
SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
"""What a client's short name in addresses may be."""
CODE = re.compile(r"[A-Z]{2,8}")
"""What the prefix of a client's item numbers may be."""


class TenantState(StrEnum):
    """spare → ready ⇄ suspended → closed; failed needs a look by a person."""

    SPARE = "spare"
    READY = "ready"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    FAILED = "failed"


class NoTenant(RuntimeError):
    """Client data was asked for outside any client's scope."""


class HostileName(ValueError):
    """A schema name that is not of the form t_<bigint>: it must never become SQL."""


def schema_name(tenant_id: int) -> str:
    """`t_<id>`: both the schema's and the role's name, checked before it becomes SQL."""
    name = f"t_{tenant_id}"
    if not _SCHEMA.fullmatch(name):
        raise HostileName(name)
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantRef:
    """What everybody may know of a client company."""

    id: int
    slug: str
    code: str
    name: str
    state: TenantState = TenantState.READY
    cell_id: int = 1
    locale: str = "de"
    zone: str = "Europe/Berlin"
    sealed: bool = False
    """Whether its words and files lie encrypted at rest (tenants.sealing)."""

    @property
    def schema(self) -> str:
        """The PostgreSQL schema of the client. Raises HostileName for an impossible id."""
        return schema_name(self.id)

    @property
    def role(self) -> str:
        """The PostgreSQL role of the client, named like its schema."""
        return schema_name(self.id)


current: ContextVar[TenantRef | None] = ContextVar("tenant", default=None)


def current_tenant() -> TenantRef:
    """The client in scope. Raises NoTenant: there is no default and no fallback."""
    tenant = current.get()
    if tenant is None:
        raise NoTenant
    return tenant


def scoped_key(*parts: str) -> str:
    """The key of a cache entry, lock, channel or file of the client in scope. Raises NoTenant."""
    return ":".join((f"t{current_tenant().id}", *parts))
