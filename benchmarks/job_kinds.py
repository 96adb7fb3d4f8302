"""The one job that every system under measurement does: a client's transaction with one row."""

import os
from functools import cache

from flask import Flask
from sqlalchemy import insert

from app.factory import create_app
from app.jobs.models import Fact
from app.jobs.registry import job, tiny_job
from app.kernel.clock import now
from app.kernel.ids import new_id
from config import Settings
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.registry import by_id
from tenants.scope import tenant_scope


def effect(name: str) -> None:
    """A row that can be counted and says when it was written."""
    db.session.execute(
        insert(Fact).values(id=new_id(), name=f"effect:{name}", payload={}, occurred_at=now())
    )


@job("bench.effect")
def leave_effect(name: str) -> None:
    effect(name)


@tiny_job("bench.tiny")
def leave_small_effect(name: str) -> None:
    effect(name)


@cache
def house() -> Flask:
    """All of Kontor, made once in a process and inherited by those forked from it."""
    return create_app(Settings.from_env())


@cache
def _client(tenant_id: int, _: int) -> TenantRef:
    return by_id(tenant_id)


def by_another_system(tenant_id: int, name: str) -> None:
    """The same effect as an ordinary program would have it: its own scope and transaction."""
    with house().app_context():
        tenant = _client(tenant_id, os.getpid())
        with tenant_scope(tenant), transaction():
            effect(name)
