"""The house whose margin is looked at."""

import pytest
from flask import Flask

from config import Settings
from tests.factories import desk_house
from tests.factories.desk_house import House


@pytest.fixture(scope="session")
def house(app: Flask, settings: Settings) -> House:
    return desk_house.build(app, settings, prefix="marg")
