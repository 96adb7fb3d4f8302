"""Who may do what in the schema `provider`: made from the models' marks, after each migration.

The provider's login may use every table. Client roles see only tables marked with
`clients_may(...)`, and of those only their own rows: row-level security on the role itself.
"""

from collections.abc import Iterator

from sqlalchemy import Table

from tenants.bootstrap import CLIENT_GROUP, PROVIDER
from tenants.db import PROVIDER_SCHEMA, ProviderModel

CURRENT_CLIENT = f"{PROVIDER_SCHEMA}.current_client()"
"""The client's id as bigint, taken from the role PostgreSQL itself checks by: never an argument."""

_FUNCTION = f"""
create or replace function {CURRENT_CLIENT} returns bigint
language sql stable parallel safe
return case when current_user::text ~ '^t_[1-9][0-9]{{0,17}}$'
            then substr(current_user::text, 3)::bigint end
"""


def shared_tables() -> list[Table]:
    """The provider's tables that client work uses, marked by `clients_may`."""
    return [t for t in ProviderModel.metadata.sorted_tables if t.info.get("clients_may")]


def statements() -> Iterator[str]:
    """Idempotent SQL, to be run by the owner after migrating the schema `provider`."""
    yield f"grant usage on schema {PROVIDER_SCHEMA} to {PROVIDER}, {CLIENT_GROUP}"
    yield (
        f"grant select, insert, update, delete on all tables in schema {PROVIDER_SCHEMA} "
        f"to {PROVIDER}"
    )
    for table in ProviderModel.metadata.sorted_tables:
        if table.info.get("append_only"):
            yield f'revoke update, delete on {PROVIDER_SCHEMA}."{table.name}" from {PROVIDER}'
    yield f"grant usage, select on all sequences in schema {PROVIDER_SCHEMA} to {PROVIDER}"
    yield f"revoke all on all tables in schema {PROVIDER_SCHEMA} from {CLIENT_GROUP}"
    yield _FUNCTION
    yield f"revoke execute on function {CURRENT_CLIENT} from public"
    yield f"grant execute on function {CURRENT_CLIENT} to {CLIENT_GROUP}, {PROVIDER}"
    for table in shared_tables():
        yield from _share(table)


def _share(table: Table) -> Iterator[str]:
    rights = table.info["clients_may"]
    name = f'{PROVIDER_SCHEMA}."{table.name}"'
    own = f"tenant_id = {CURRENT_CLIENT}"
    if "tenant_id" not in table.columns:
        raise TypeError(f"{table.name} is shared with clients but has no tenant_id")
    yield f"grant {', '.join(rights)} on {name} to {CLIENT_GROUP}"
    for sequence in (c for c in table.columns if c.identity is not None):
        yield (
            f"grant usage on sequence {PROVIDER_SCHEMA}."
            f'"{table.name}_{sequence.name}_seq" to {CLIENT_GROUP}'
        )
    yield f"alter table {name} enable row level security"
    yield f"drop policy if exists own_rows on {name}"
    yield (f"create policy own_rows on {name} to {CLIENT_GROUP} using ({own}) with check ({own})")
    yield f"drop policy if exists provider_rows on {name}"
    yield f"create policy provider_rows on {name} to {PROVIDER} using (true) with check (true)"
