"""Clients of their own for each test of the books: months of one must not be seen by another."""

import secrets
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from app.kernel.clock import now
from config import Settings
from tenants import opening
from tenants.context import TenantRef
from tenants.registry import by_slug

MakeClient = Callable[[], TenantRef]


@pytest.fixture
def new_client(app: Flask, settings: Settings) -> Iterator[MakeClient]:
    """Opens a fresh client each time it is called."""

    def make() -> TenantRef:
        word = "".join(chr(ord("a") + byte % 26) for byte in secrets.token_bytes(7))
        opening.open_client(
            settings.database_direct_url, slug=word, name=word.title(), code=word.upper(), at=now()
        )
        with app.app_context():
            return by_slug(word)

    return make
