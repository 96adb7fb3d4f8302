"""The ticker calls what is due every so often. Any number may run; one leads."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import psycopg
import structlog
from flask import Flask
from psycopg import Connection
from psycopg.rows import TupleRow

from app.jobs.registry import Periodic
from app.jobs.relay import lead
from tenants.db import db
from tenants.driver import connect

log = structlog.get_logger(__name__)

_LOCK = 0x6B6F6E746F720002
_BEAT = 1.0


@dataclass(slots=True, kw_only=True)
class Ticker:
    """One ticker process."""

    app: Flask
    database_url: str
    periodic: Mapping[str, Periodic]
    beat: float = _BEAT
    stop: threading.Event = field(default_factory=threading.Event)
    _due: dict[str, float] = field(default_factory=dict)

    def run(self) -> None:
        """Lead, or wait to lead, until `stop` is set."""
        while not self.stop.is_set():
            try:
                with connect(self.database_url, autocommit=True) as connection:
                    self._stand_by(connection)
            except psycopg.OperationalError as failure:
                log.warning("ticker_without_database", error=str(failure).strip())
                self.stop.wait(self.beat)

    def _stand_by(self, connection: Connection[TupleRow]) -> None:
        while not self.stop.is_set():
            # The lock is this session's: asking again also proves that the session lives.
            if lead(connection, _LOCK):
                self.tick()
            self.stop.wait(self.beat)

    def tick(self) -> None:
        """Call everything that is due now. What fails is tried again at its next time."""
        for name, periodic in self.periodic.items():
            moment = time.monotonic()
            if self.stop.is_set() or moment < self._due.get(name, 0):
                continue
            self._due[name] = moment + periodic.every.total_seconds()
            self._call(periodic)

    def _call(self, periodic: Periodic) -> None:
        with self.app.app_context():
            try:
                periodic.function()
            except Exception:
                log.exception("periodic_failed", name=periodic.name)
            finally:
                db.session.remove()
