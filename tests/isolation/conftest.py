"""One world for all tests of the sweep."""

from collections.abc import Iterator

import pytest
from flask import Flask

from config import Settings
from tests.isolation.world import World, build


@pytest.fixture(scope="session")
def world(app: Flask, settings: Settings) -> Iterator[World]:
    app.config["WTF_CSRF_ENABLED"] = False  # tested elsewhere; here it would hide what we look for
    yield build(app, settings)
    app.config["WTF_CSRF_ENABLED"] = True
