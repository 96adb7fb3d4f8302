"""The demo is loaded by the program's own actions, and shows every service that is sold."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app.catalogue.service import services
from app.kernel.clock import now
from app.work import portal_queries
from app.work.portal_queries import Shelf, Wanted
from app.work.rules import WorkStatus
from config import Settings
from devtools.demo import clients, load
from tenants import registry
from tenants.db import transaction
from tenants.scope import tenant_scope
from tests.conftest import another_app


@pytest.fixture(scope="module")
def town(demo_town: tuple[Settings, str], settings: Settings) -> Iterator[tuple[Flask, str]]:
    own, said = demo_town
    with another_app(own, back=settings) as app:
        yield app, said


def test_it_says_who_may_sign_in(town: tuple[Flask, str]) -> None:
    _, said = town
    assert "anna@kontor.example" in said
    assert all(email in said for place in clients.PLACES for _, email, _ in place.members)


def test_every_service_shows_what_it_does(town: tuple[Flask, str]) -> None:
    """A service without `samples` is not to be seen by whoever starts the program."""
    app, _ = town
    seen: dict[str, set[WorkStatus]] = {}
    with app.app_context():
        for ref in registry.all_refs():
            with tenant_scope(ref), transaction():
                for item in portal_queries.requests(Wanted(shelf=Shelf.ALL), limit=10_000):
                    seen.setdefault(item.service_key, set()).add(item.status)
    assert {service.key for service in services()} == set(seen)


def test_a_second_loading_changes_nothing(town: tuple[Flask, str]) -> None:
    app, _ = town
    assert load(app) == ""


def test_what_came_with_the_samples_may_come(town: tuple[Flask, str]) -> None:
    """Files that a service shows have the endings its own orders take."""
    assert town
    wrong = [
        (service.key, name)
        for service in services()
        if service.samples is not None
        for sample in service.samples(now().date())
        for name, _ in sample.files
        if not name.lower().endswith(service.work_type(sample.type_key).accepts)
    ]
    assert wrong == []
