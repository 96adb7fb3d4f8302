"""The one session, the two bases, the one commit."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import Enum as PythonEnum
from typing import Any, ClassVar, cast

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    DateTime,
    Engine,
    Enum,
    MetaData,
    Text,
    all_,
    any_,
    event,
    literal,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, SessionTransaction
from typing_extensions import override

from tenants.context import TenantRef, TenantState, current, current_tenant

PROVIDER_SCHEMA = "provider"
_NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
_TYPES: dict[Any, Any] = {
    datetime: DateTime(timezone=True),
    str: Text,
    dict[str, Any]: JSONB,
    list[Any]: JSONB,
    list[str]: JSONB,
    list[dict[str, Any]]: JSONB,
    # Names, not PostgreSQL enum types: a new state must not need a type change in every schema.
    PythonEnum: Enum(
        PythonEnum,
        native_enum=False,
        create_constraint=False,
        length=40,
        values_callable=lambda kind: [str(member.value) for member in kind],
    ),
}


class ProviderModel(DeclarativeBase):
    """A row of the provider's own books, in the schema `provider`."""

    metadata = MetaData(schema=PROVIDER_SCHEMA, naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = _TYPES


class TenantModel(DeclarativeBase):
    """A row that belongs to one client; its schema is named by the client in scope."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = _TYPES


def clients_may(*rights: str) -> dict[str, Any]:
    """Table argument of a provider's table that client work uses: rows of its own client only.

    The table needs a column `tenant_id`; grants and row-level security are made from this mark
    (tenants.grants). Rights: select, insert, update, delete.
    """
    if unknown := set(rights) - {"select", "insert", "update", "delete"}:
        raise ValueError(f"unknown rights {unknown}")
    return {"info": {"clients_may": rights}}


APPEND_ONLY: dict[str, Any] = {"info": {"append_only": True}}
"""Table argument of a client's table whose rows are never changed: PostgreSQL refuses it."""


class TenantSwitched(RuntimeError):
    """One client's scope was entered inside another's, or over an open transaction."""


class TenantSession(Session):
    """A session that is the provider's outside a scope and one client's inside."""

    @override
    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kw: Any) -> Any:
        if bind is not None:
            return bind
        tenant = current.get()
        return db.engine if tenant is None else tenant_engine(tenant)


db = SQLAlchemy(session_options={"class_": TenantSession})


def tenant_engine(tenant: TenantRef) -> Engine:
    """The pool of the login that is a member of this client's role, in its cell."""
    bucket = tenant.id % current_app.config["TENANT_LOGINS"]
    return db.engines[f"cell_{tenant.cell_id}_{bucket}"]


# One round trip. What is set lasts until the transaction's end, whatever pool or PgBouncer the
# connection goes back to. A suspended client can be read; PostgreSQL refuses to write.
_CONTEXT = "set_config('search_path', %(path)s, true), set_config('role', %(role)s, true)"
_ENTER = f"select {_CONTEXT}"
_ENTER_READING = f"select set_config('transaction_read_only', 'on', true), {_CONTEXT}"


@event.listens_for(TenantSession, "after_begin")
def _enter_tenant(
    _: TenantSession, transaction: SessionTransaction, connection: Connection
) -> None:
    # A savepoint begins inside a transaction that has its context; asking again is refused,
    # because the client's role may not call set_config.
    tenant = current.get()
    if transaction.nested or tenant is None:
        return
    enter = _ENTER_READING if tenant.state is TenantState.SUSPENDED else _ENTER
    connection.exec_driver_sql(enter, {"path": f"{tenant.schema}, pg_temp", "role": tenant.role})


def among(column: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """`column = any(values)`: one parameter and one prepared statement, however many values.

    `in_` writes a parameter for each anew whenever the statement is sent.
    """
    return cast("ColumnElement[bool]", column == any_(_list(column, values)))


def not_among(column: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """`column <> all(values)`."""
    return cast("ColumnElement[bool]", column != all_(_list(column, values)))


def _list(column: Any, values: Collection[Any]) -> BindParameter[Any]:
    return literal(list(values), ARRAY(column.type))


@contextmanager
def noting() -> Iterator[Connection]:
    """A transaction of its own in the client's schema, also while the client can only be read.

    For what the house must write down about reading itself. Raises NoTenant.
    """
    tenant = current_tenant()
    with tenant_engine(tenant).begin() as connection:
        connection.exec_driver_sql(
            _ENTER, {"path": f"{tenant.schema}, pg_temp", "role": tenant.role}
        )
        yield connection


class Transaction:
    """What `transaction()` yields: `doom()` makes it roll back though nothing was raised."""

    doomed = False

    def doom(self) -> None:
        """Roll back at the end though nothing was raised: an answer that refuses."""
        self.doomed = True


@contextmanager
def reading() -> Iterator[Connection]:
    """The provider's books for one statement that only reads.

    Where the session is in the books already, on its connection: who holds one of a pool and waits
    for another can wait for ever. Else beside it and without a transaction of its own: BEGIN and
    ROLLBACK would be two round trips more.
    """
    if current.get() is None and db.session().in_transaction():
        yield db.session.connection()
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


@contextmanager
def transaction() -> Iterator[Transaction]:
    """Commit on the way out; roll back if the work failed or was doomed."""
    tx = Transaction()
    try:
        yield tx
        if tx.doomed:
            db.session.rollback()
        else:
            db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
