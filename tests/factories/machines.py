"""Two clients' machines that speak to the API, and the clerks who do their work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.clients import actions as clients
from app.identity import tokens
from app.identity.permissions import STAFF_PERMISSIONS, StaffRole
from app.kernel.actor import SYSTEM, Actor, Side
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.work import queries
from app.work.actions import handling
from app.work.actions.automation import check
from config import Settings
from tenants import opening
from tenants.context import TenantRef, TenantState
from tenants.db import transaction
from tenants.registry import UnknownTenant, by_slug
from tests.conftest import in_scope

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
LETTER: dict[str, Any] = {
    "service": "general_request",
    "type": "request",
    "payload": {"subject": "Bescheinigung für die Bank", "description": "Bitte bis Freitag."},
}
API = "/api/v1"


@dataclass
class Machine:
    """A program of a client: sends its token with every request."""

    http: FlaskClient
    token: str
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.send("GET", path, **more)

    def post(self, path: str, **more: Any) -> TestResponse:
        return self.send("POST", path, **more)

    def send(self, method: str, path: str, **more: Any) -> TestResponse:
        own = {"Authorization": f"Bearer {self.token}", **self.headers}
        headers = {**own, **more.pop("headers", {})}
        return self.http.open(API + path, method=method, headers=headers, **more)

    def upload(self, name: str, content: bytes) -> TestResponse:
        """Hand in a file."""
        return self.post(
            "/documents",
            data={"file": (BytesIO(content), name)},
            content_type="multipart/form-data",
        )

    def document(self, name: str = "brief.pdf", content: bytes = PDF) -> str:
        """The id of a file that was taken."""
        answer = self.upload(name, content)
        assert answer.status_code == 201, answer.text
        return str(answer.json["id"])

    def order(self, *, key: str | None = None, **changes: Any) -> TestResponse:
        """Order a letter, or what `changes` make of it."""
        headers = {"Idempotency-Key": key} if key else {}
        return self.post("/work-items", json={**LETTER, **changes}, headers=headers)

    def ordered(self, **changes: Any) -> str:
        """The id of a work item that was opened."""
        answer = self.order(**changes)
        assert answer.status_code == 201, answer.text
        return str(answer.json["id"])


def clerk(name: str) -> Actor:
    """Somebody of the provider."""
    return Actor(
        id=new_id(),
        name=name,
        side=Side.PROVIDER,
        permissions=STAFF_PERMISSIONS[StaffRole.TEAM_LEAD],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """A client whose machines talk to us."""

    app: Flask
    client: TenantRef
    settings: Settings
    anna: Actor

    def token(self, *scopes: str) -> tuple[UUID, str]:
        """A new token's id and word."""
        with self.app.app_context(), transaction():
            token, word = tokens.create(
                actor=SYSTEM, client=self.client, name="ERP", scopes=frozenset(scopes)
            )
            return token.id, word

    def machine(self, *scopes: str) -> Machine:
        """With these scopes, or with all."""
        _id, word = self.token(*(scopes or ("work:read", "work:write")))
        return Machine(self.app.test_client(), word)

    def act(self, deed: Callable[..., Any], **values: Any) -> Any:
        """Do something at the client in a transaction of its own."""
        with in_scope(self.app, self.client), transaction():
            return deed(**values)

    def run_check(self, item_id: str) -> None:
        """What the job does."""
        with in_scope(self.app, self.client):
            check(item_id=UUID(item_id))

    def finish(self, item_id: str, *, result: str = "Liegt bei.") -> None:
        """The clerk does the work and delivers."""
        item = UUID(item_id)
        self.act(handling.take, actor=self.anna, item_id=item)
        self.tick_all(item_id)
        self.act(handling.correct, actor=self.anna, item_id=item, values={"result": result})
        self.act(handling.hand_over, actor=self.anna, item_id=item)

    def tick_all(self, item_id: str) -> None:
        """The whole checklist."""
        item = UUID(item_id)
        for key in self.act(lambda: [entry.key for entry in queries.checklist(item)]):
            self.act(handling.tick, actor=self.anna, item_id=item, key=key, done=True)

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """The client can only be read."""
        for state in (TenantState.SUSPENDED, TenantState.READY):
            opening.change_state(
                self.settings.database_direct_url, slug=self.client.slug, state=state, at=now()
            )
            if state is TenantState.SUSPENDED:
                yield


def workshop(app: Flask, settings: Settings, *, slug: str, name: str, code: str) -> Workshop:
    """The client of this name under contract; opened once."""
    with app.app_context():
        try:
            by_slug(slug)
            known = True
        except UnknownTenant:
            known = False
    if not known:
        opening.open_client(settings.database_direct_url, slug=slug, name=name, code=code, at=now())
        with app.app_context(), transaction():
            clients.agree(
                actor=SYSTEM,
                tenant_id=by_slug(slug).id,
                number=f"V-{code}",
                valid_from=date(2020, 1, 1),
                services={"accounts_payable": {}, "general_request": {}},
            )
    with app.app_context():
        return Workshop(app=app, client=by_slug(slug), settings=settings, anna=clerk("Anna Krüger"))
