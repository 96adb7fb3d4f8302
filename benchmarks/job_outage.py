"""What a request waits for while Redis hangs: it takes connections and never answers."""

import logging
import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from flask import Flask
from flask.testing import FlaskClient

from app.factory import create_app
from benchmarks.installation import Installation
from benchmarks.measure import Figure, Size, milliseconds
from config import Settings
from tenants.db import db

_LONGER = 50.0
"""Milliseconds."""
_TURNS = 4


def run(installation: Installation, size: Size) -> list[Figure]:
    """Signing in with a wrong password, which is counted in Redis; hung and well in turns."""
    app = create_app(
        Settings.from_mapping({**installation.environment, "KONTOR_ENVIRONMENT": "test"})
    )
    logging.getLogger("kontor.web").setLevel("ERROR")  # not a line for each try
    well: list[float] = []
    hung: list[float] = []
    for turn in range(_TURNS):
        well += _tries(app, turn, each=size.requests // 40)
        with _hanging(installation):
            hung += _tries(app, _TURNS + turn, each=size.requests // 40)
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
    longer = median(hung) - median(well)
    return [
        Figure(
            name="a counted request while Redis hangs, longer by, p50", value=longer, unit="ms",
            gate=f"< {_LONGER:.0f} ms", passed=longer < _LONGER,
        ),
        Figure(
            name="the slowest of them, longer by", value=max(hung) - median(well), unit="ms"
        ),
    ]  # fmt: skip


@contextmanager
def _hanging(installation: Installation) -> Iterator[None]:
    server = installation.redis.server
    assert server is not None, "somebody else's Redis is not ours to stop"
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.process.pid, signal.SIGCONT)


def _tries(app: Flask, turn: int, *, each: int) -> list[float]:
    """Milliseconds of each."""
    browser, costs = app.test_client(), []
    for number in range(each):
        page = browser.get("/sign-in", base_url="http://127.0.0.1:8000").text
        found = re.search(r'name="csrf-token" content="([^"]+)"', page)
        word = found[1] if found else ""
        costs.append(
            milliseconds(lambda word=word, number=number: _try(browser, word, turn, number))  # type: ignore[misc]
        )
    return costs


def _try(browser: FlaskClient, word: str, turn: int, number: int) -> None:
    answer = browser.post(
        "/sign-in",
        data={"csrf_token": word, "email": f"x{turn}-{number}@example.org", "password": "wrong"},
        base_url="http://127.0.0.1:8000",
        environ_overrides={"REMOTE_ADDR": f"10.0.{turn}.{number}"},
    )
    if answer.status_code != 422:
        raise RuntimeError(f"answered {answer.status_code}")
