"""A joiner and a neighbour, each with an ERP that orders by itself."""

import pytest
from flask import Flask

from config import Settings
from tests.factories.machines import Machine, Workshop, workshop


@pytest.fixture
def joiner(app: Flask, settings: Settings) -> Workshop:
    return workshop(app, settings, slug="joiner", name="Tischlerei Vogt", code="JOIN")


@pytest.fixture
def neighbour(app: Flask, settings: Settings) -> Workshop:
    return workshop(app, settings, slug="mason", name="Maurer Wolf", code="MASON")


@pytest.fixture
def machine(joiner: Workshop) -> Machine:
    return joiner.machine()


@pytest.fixture
def stranger(neighbour: Workshop) -> Machine:
    return neighbour.machine()
