"""A client that has just been opened, and its admin."""

from functools import cache

from flask import Flask

from app.identity import accounts, sessions, team
from app.identity.permissions import ClientRole
from app.kernel.clock import now
from config import Settings
from tenants import opening
from tenants.db import transaction
from tenants.registry import by_slug
from tests.factories.portal_visitor import Visitor


@cache
def _token(app: Flask, settings: Settings, slug: str) -> str:
    opening.open_client(
        settings.database_direct_url, slug=slug, name=slug.title(), code=slug.upper(), at=now()
    )
    with app.app_context(), transaction():
        account = accounts.create(
            email=f"admin@{slug}.example", name="New Admin", password="first-day-at-school",
            locale="en",
        )  # fmt: skip
        team.add_member(account_id=account, client=by_slug(slug), role=ClientRole.CLIENT_ADMIN)
        return sessions.open_session(account_id=account, browser=sessions.NOWHERE)


def visitor(app: Flask, settings: Settings, slug: str) -> Visitor:
    """Its admin's browser."""
    return Visitor(app.test_client(), _token(app, settings, slug))
