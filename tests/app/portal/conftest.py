"""The town's people, each with a browser."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from tests.factories import portal_town
from tests.factories.portal_town import Town
from tests.factories.portal_visitor import Visitor


@pytest.fixture(scope="session")
def town(app: Flask, settings: Settings) -> Town:
    return portal_town.build(app, settings)


@pytest.fixture
def requester(town: Town) -> Visitor:
    return town.visitor("requester@sommer")


@pytest.fixture
def approver(town: Town) -> Visitor:
    return town.visitor("approver@sommer")


@pytest.fixture
def admin(town: Town) -> Visitor:
    return town.visitor("client_admin@sommer")


@pytest.fixture
def stranger(town: Town) -> Visitor:
    return town.visitor("client_admin@kern")


@pytest.fixture
def anonymous(app: Flask) -> FlaskClient:
    return app.test_client()
