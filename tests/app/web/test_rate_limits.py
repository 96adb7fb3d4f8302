"""Limits go on counting, quickly, while Redis is away or hangs."""

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from statistics import median

import pytest
from flask import Flask

from app.web.rate_limits import limiter
from config import Settings
from tests.conftest import another_app
from tests.factories.people import Browser, an_address


@pytest.fixture
def hanging_redis() -> Iterator[str]:
    """Takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture
def lame(app: Flask, settings: Settings, hanging_redis: str) -> Iterator[Flask]:
    with another_app(replace(settings, redis_url=hanging_redis), back=settings) as application:
        yield application
    limiter.enabled = True


def test_case_10_a_hung_redis_costs_a_request_nothing(lame: Flask) -> None:
    browser = Browser(lame)
    email = an_address()
    spans, statuses = [], []
    for _ in range(12):
        word = browser.csrf()
        start = time.perf_counter()
        answer = browser.http.post(
            "/sign-in",
            data={"csrf_token": word, "email": email, "password": "wrong"},
            base_url=browser.base_url,
            environ_overrides={"REMOTE_ADDR": browser.ip},
        )
        spans.append(time.perf_counter() - start)
        statuses.append(answer.status_code)
    assert statuses == [422] * 10 + [429] * 2
    # Redis by its defaults would hold every request up for seconds; one slow one is the machine.
    assert median(spans) < 0.5
