"""One world for all tests of the sweep."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from config import Settings
from tests.isolation.world import World, build


@pytest.fixture(scope="session")
def world(app: Flask, settings: Settings) -> World:
    with _without_csrf(app):
        return build(app, settings)


@pytest.fixture(autouse=True)
def without_csrf(app: Flask) -> Iterator[None]:
    """Tested elsewhere; here it would hide what we look for."""
    with _without_csrf(app):
        yield


@contextmanager
def _without_csrf(app: Flask) -> Iterator[None]:
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True
