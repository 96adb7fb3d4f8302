"""TENANCY's case 15: a tampered row of the desk's index is found and mended."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from app.cli.house import House
from app.cli.work import command
from app.clients import actions as clients
from app.identity.permissions import (
    CLIENT_PERMISSIONS,
    ClientRole,
    StaffRole,
    staff_permissions,
)
from app.kernel.actor import SYSTEM, Actor, Side
from app.work.actions import asking, orders
from app.work.actions.asking import Wanted
from app.work.actions.orders import Order
from app.work.reconcile import Difference, reconcile
from tenants.context import TenantRef
from tenants.db import db, transaction
from tests.conftest import in_scope

REQUESTER = Actor(
    id=uuid4(),
    name="Rita",
    side=Side.CLIENT,
    permissions=CLIENT_PERMISSIONS[ClientRole.REQUESTER],
)

CLERK = Actor(
    id=uuid4(),
    name="Clara",
    side=Side.PROVIDER,
    permissions=staff_permissions(frozenset({StaffRole.OPERATOR})),
)


@pytest.fixture
def item_id(app: Flask, acme: TenantRef) -> UUID:
    """An ordered item of a client whose index is otherwise in order."""
    with app.app_context(), transaction():
        clients.agree(
            actor=SYSTEM,
            tenant_id=acme.id,
            number=f"V-{uuid4().hex[:6]}",
            valid_from=date(2019, 1, 1),  # others' newer contracts with this client go first
            services={"general_request": {}},
        )
    with in_scope(app, acme), transaction():
        order = Order(
            service_key="general_request",
            type_key="request",
            payload={"subject": "Chair", "description": "Red."},
        )
        (item,) = orders.open_items(actor=REQUESTER, order=order)
        db.session.flush()
        made = item.id
    with in_scope(app, acme), transaction():
        reconcile()  # whatever other tests left
    return made


TAMPERED = {
    "update provider.work_index set title = 'x', is_open = false where item_id = :id": (
        "untrue",
        ("is_open", "title"),
    ),
    "update provider.work_index set version = 99 where item_id = :id": ("untrue", ("version",)),
    "delete from provider.work_index where item_id = :id": ("missing", ()),
}


@pytest.mark.parametrize("statement", TAMPERED)
def test_a_tampered_row_is_found_and_mended(
    app: Flask, acme: TenantRef, item_id: UUID, statement: str
) -> None:
    with in_scope(app, acme), transaction():
        assert reconcile() == []
        db.session.execute(text(statement), {"id": item_id})
    kind, columns = TAMPERED[statement]
    expected = [Difference(subject_id=item_id, kind=kind, columns=columns)]
    with in_scope(app, acme), transaction():
        assert reconcile(mend=False) == expected
    with in_scope(app, acme), transaction():
        assert reconcile() == expected
    with in_scope(app, acme), transaction():
        assert reconcile() == []


@pytest.fixture
def request_id(app: Flask, acme: TenantRef, item_id: UUID) -> UUID:
    """A request for two documents of the item."""
    with in_scope(app, acme), transaction():
        wanted = Wanted(titles=["Contract", "Receipt"])
        return asking.request_documents(actor=CLERK, item_id=item_id, wanted=wanted).id


OF_REQUESTS = {
    "update provider.request_index set missing = 0, asked_by = 'x' where request_id = :id": (
        "untrue",
        ("asked_by", "missing"),
    ),
    "delete from provider.request_index where request_id = :id": ("missing", ()),
    "delete from requested_document where request_id = :id": ("untrue", ("missing", "wanted")),
}


@pytest.mark.parametrize("statement", OF_REQUESTS)
def test_a_tampered_row_of_document_requests_too(
    app: Flask, acme: TenantRef, request_id: UUID, statement: str
) -> None:
    with in_scope(app, acme), transaction():
        assert reconcile() == []
        db.session.execute(text(statement), {"id": request_id})
        kind, columns = OF_REQUESTS[statement]
        expected = [Difference(subject_id=request_id, kind=kind, columns=columns)]
        assert reconcile(mend=False) == expected
    with in_scope(app, acme), transaction():
        assert reconcile() == expected
    with in_scope(app, acme), transaction():
        assert reconcile() == []


def test_the_shell_says_what_differs_and_mends(
    app: Flask, acme: TenantRef, request_id: UUID
) -> None:
    run = CliRunner()
    house = House()
    house.__dict__["app"] = app
    with in_scope(app, acme), transaction():
        statement = "update provider.request_index set wanted = 9 where request_id = :id"
        db.session.execute(text(statement), {"id": request_id})
    found = run.invoke(command, ["reconcile", "--client", acme.slug], obj=house)
    assert found.exit_code == 1
    assert f"{acme.slug} {request_id} untrue: wanted" in found.output
    assert run.invoke(command, ["reconcile", "--mend"], obj=house).exit_code == 0
    assert run.invoke(command, ["reconcile"], obj=house).exit_code == 0


def test_a_row_of_no_item_is_removed(app: Flask, acme: TenantRef, item_id: UUID) -> None:
    stray = uuid4()
    with in_scope(app, acme), transaction():
        columns = ", ".join(
            db.session.scalars(
                text(
                    "select attname from pg_attribute where attnum > 0 and not attisdropped"
                    " and attrelid = 'provider.work_index'::regclass and attname <> 'item_id'"
                )
            )
        )
        db.session.execute(
            text(
                f"insert into provider.work_index (item_id, {columns})"
                f" select :stray, {columns} from provider.work_index where item_id = :id"
            ),
            {"stray": stray, "id": item_id},
        )
    with in_scope(app, acme), transaction():
        assert reconcile() == [Difference(subject_id=stray, kind="superfluous")]
    with in_scope(app, acme), transaction():
        assert reconcile() == []
