"""What it costs to be one client: a transaction of six statements with and without the context."""

from random import shuffle

from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from app.kernel.clock import now
from benchmarks.installation import Installation
from benchmarks.measure import Figure, Size, at_most, calm, milliseconds
from config import Settings
from tenants import opening
from tenants.db import db, transaction
from tenants.driver import engine_options
from tenants.scope import tenant_scope

_STATEMENT = text("select value from counter where name = :name")


def run(installation: Installation, size: Size) -> list[Figure]:
    """Alternating, so that both see the same machine."""
    settings = Settings.from_mapping(installation.environment)
    ref = opening.open_client(settings.database_direct_url, slug="context", name="x", at=now())
    small = Flask("context")
    small.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(pool_size=2),
        SQLALCHEMY_BINDS={
            "cell_1_0": {"url": settings.tenant_url(0), **engine_options(pool_size=2)}
        },
        TENANT_LOGINS=1,
    )
    db.init_app(small)
    bare = create_engine(settings.database_direct_url, **engine_options(pool_size=2))
    statement = text(f"select value from {ref.schema}.counter where name = :name")

    def with_context() -> None:
        with tenant_scope(ref), transaction():
            for number in range(6):
                db.session.execute(_STATEMENT, {"name": str(number)})

    def without() -> None:
        with Session(bare) as session, session.begin():
            for number in range(6):
                session.execute(statement, {"name": str(number)})

    with small.app_context():
        costs: dict[str, list[float]] = {"with": [], "without": []}
        turns = [("with", with_context), ("without", without)] * size.transactions
        shuffle(turns)
        for _, work in turns[:100]:
            work()
        for name, work in turns:
            costs[name].append(milliseconds(work))
        for engine in db.engines.values():
            engine.dispose()
    bare.dispose()
    middle = {name: calm(found) for name, found in costs.items()}
    return [
        at_most(
            "a transaction of six statements in a client's context",
            value=middle["with"], unit="ms", of=("without", middle["without"]), gate=1.3,
        )
    ]  # fmt: skip
