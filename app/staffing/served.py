"""Which clients somebody of the provider may serve: of all others the books hold nothing for them.

One door for every page that lists over clients. While a visitor is narrowed, each query in the
provider's books leaves out the rows of clients whom this person is not to serve, whatever page
asks; a new table is narrowed by itself.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Table, event, or_
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlalchemy.sql import visitors

from tenants.context import current
from tenants.db import ProviderModel, TenantSession, among, not_among

_WHOLE = frozenset(
    {
        # Who serves whom: the rule itself, and what is kept of it.
        "staff_client",
        "wall_client",
        "wall_side",
        # Ids alone, for whoever keeps the house running.
        "job",
        "job_attempt",
        "job_limit",
        "job_pause",
        "job_schedule",
        # The wrong-client guard has to know what is another client's; it never says whose.
        "client_identifier",
        "document_mark",
    }
)
"""Tables that nobody is narrowed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Clients by number."""

    only: frozenset[int] | None = None
    """None: nothing restricts it to some."""
    never: frozenset[int] = frozenset()
    """Behind an ethical wall."""

    @property
    def is_narrowed(self) -> bool:
        """Not every client may be served."""
        return self.only is not None or bool(self.never)

    def among(self, every: frozenset[int]) -> frozenset[int]:
        """Those of these clients that may be served."""
        return (every if self.only is None else self.only) - self.never

    def shows(self, tenant_id: Any) -> ColumnElement[bool]:
        """What is no client's is everybody's."""
        fits = not_among(tenant_id, self.never)
        if self.only is not None:
            fits = among(tenant_id, self.only - self.never)
        return or_(tenant_id.is_(None), fits)


Find = Callable[[], Served]
_find: ContextVar[Find | None] = ContextVar("served", default=None)


def begin(find: Find) -> Token[Find | None]:
    """From now on the books are narrowed to what `find` says, until `end`."""
    return _find.set(find)


@contextmanager
def whole() -> Iterator[None]:
    """The books as they are: whom one serves is looked up in them."""
    token = _find.set(None)
    try:
        yield
    finally:
        _find.reset(token)


def end(token: Token[Find | None]) -> None:
    """As it was before."""
    _find.reset(token)


@event.listens_for(TenantSession, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    find = _find.get()
    asked = state.is_orm_statement and not state.is_column_load and not state.is_insert
    if find is None or current.get() is not None or not asked:
        return
    served = find()
    if served.is_narrowed:
        options = [_option(served, model) for model in asked_of(state.statement)]
        state.statement = state.statement.options(*options)


def asked_of(statement: Any) -> set[Any]:
    """The models of clients' rows that a statement reads or changes, wherever in it.

    A rule for every table there is would cost each query more than the query itself. Models have
    no relationships here: nothing is loaded that the statement does not name.
    """
    known = _models()
    return {known[name] for name in _tables(statement) if name in known}


def _tables(statement: Any) -> Iterator[str]:
    seen: set[int] = set()
    left = [statement]
    while left:
        for part in visitors.iterate(left.pop()):
            if isinstance(part, Table):
                yield part.fullname
            # A column knows its table, alias or subquery, which may stand nowhere else.
            elif (of := getattr(part, "table", None)) is not None and id(of) not in seen:
                seen.add(id(of))
                left.append(of)


@cache
def _models() -> dict[str, Any]:
    found = {}
    for mapper in ProviderModel.registry.mappers:
        table = mapper.local_table
        if isinstance(table, Table) and "tenant_id" in table.c and table.name not in _WHOLE:
            found[table.fullname] = mapper.class_
    return found


@lru_cache(maxsize=1024)
def _option(served: Served, model: Any) -> Any:
    return with_loader_criteria(model, served.shows(model.tenant_id), include_aliases=True)
