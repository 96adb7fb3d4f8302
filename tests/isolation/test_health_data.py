"""Work about people's health: sealed at rest, and not there for whoever has no right to it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.audit import queries as audit
from app.clients import actions as contracts
from app.documents import actions as documents
from app.documents import queries as document_queries
from app.identity import tokens
from app.identity.permissions import CLIENT_PERMISSIONS, ClientRole, StaffRole, staff_permissions
from app.kernel.actor import SYSTEM, Actor, Side
from app.kernel.clock import now
from app.kernel.errors import Forbidden
from app.messages.mail_models import Mail
from app.quality.models import QualitySample
from app.quality.rules import Reason
from app.work import document_queries as asked
from app.work import index, queries
from app.work.actions import asking, automation, handling, orders, talking, timing
from app.work.actions.asking import Wanted
from app.work.actions.orders import Order
from app.work.events import DocumentSentBack
from app.work.models import WorkIndex
from app.work.subscribers import tell_of_the_document_sent_back
from config import Settings
from tenants import opening, sealing
from tenants.context import TenantRef
from tenants.db import ProviderModel, TenantModel, db, transaction
from tenants.driver import connect
from tenants.registry import by_slug
from tenants.scope import tenant_scope
from tests.conftest import in_scope
from tests.factories.people import Browser, a_person, signed_in

CANARY = "Zwergkaninchenallergie"
SERVICE = "patient_billing"
CLERK = Actor(
    id=uuid4(),
    name="Clara",
    side=Side.PROVIDER,
    permissions=staff_permissions(frozenset({StaffRole.OPERATOR, StaffRole.HEALTH})),
)
STRANGER = replace(
    CLERK, id=uuid4(), permissions=staff_permissions(frozenset({StaffRole.TEAM_LEAD}))
)
DOCTOR = Actor(
    id=uuid4(),
    name="Dr. Fink",
    side=Side.CLIENT,
    permissions=frozenset(CLIENT_PERMISSIONS[ClientRole.CLIENT_ADMIN]),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """A practice with one bill, full of what nobody else may read."""

    ref: TenantRef
    item_id: UUID
    document_id: UUID
    tokens: dict[str, str]
    request_id: UUID


@pytest.fixture(scope="module")
def practice(app: Flask, settings: Settings) -> Practice:
    opened = opening.open_client(
        settings.database_direct_url, slug="fink", code="FINK", name="Praxis Fink", at=now()
    )
    with app.app_context(), transaction():
        contracts.agree(
            actor=SYSTEM,
            tenant_id=opened.id,
            number="V-FINK-1",
            valid_from=now().date(),
            services={SERVICE: {}, "general_request": {}},
        )
        words = {
            " ".join(scopes): tokens.create(
                actor=DOCTOR, client=opened, name="Praxisprogramm", scopes=frozenset(scopes)
            )[1]
            for scopes in (["work:read"], ["work:read", "health:read"])
        }
    with app.app_context():
        ref = by_slug("fink")
    with in_scope(app, ref), transaction():
        file = documents.store(
            actor=DOCTOR,
            name=f"{CANARY}.csv",
            content=f"Datum;Ziffer;Begründung\n2026-11-02;1;{CANARY}\n".encode(),
        )
        (item,) = orders.open_items(
            actor=DOCTOR,
            order=Order(
                service_key=SERVICE,
                type_key="patient_bill",
                title=CANARY,
                payload={"patient": CANARY, "diagnosis": CANARY, "invoice_number": CANARY},
                document_ids=(file.id,),
            ),
        )
        item_id, document_id = item.id, file.id
    with in_scope(app, ref):
        automation.check(item_id=item_id)
    with in_scope(app, ref), transaction():
        handling.take(actor=CLERK, item_id=item_id)
        talking.ask_client(actor=CLERK, item_id=item_id, body=f"Seit wann die {CANARY}?")
        talking.say(actor=DOCTOR, item_id=item_id, body=f"{CANARY} seit Mai.")
        values = queries.item(item_id).values
        handling.correct(
            actor=CLERK, item_id=item_id, values=values | {"street": CANARY, "total": "10.72"}
        )
        wanted = Wanted(titles=[f"Überweisung {CANARY}", "Anlage"], note=f"Es fehlt: {CANARY}.")
        request_id = asking.request_documents(actor=CLERK, item_id=item_id, wanted=wanted).id
        wish, _other = asked.wishes(request_id)
        asking.hand_in(actor=DOCTOR, request_id=request_id, files={wish.id: document_id})
        asking.send_back(actor=CLERK, wish_id=wish.id, reason=f"{CANARY} ist nicht lesbar.")
        orders.save_draft(
            actor=DOCTOR, service_key=SERVICE, type_key="patient_bill", payload={"patient": CANARY}
        )
    return Practice(
        ref=ref, item_id=item_id, document_id=document_id, tokens=words, request_id=request_id
    )


def everything(settings: Settings, ref: TenantRef) -> str:
    """Every row of the client's schema and of the provider's books, as a dump has it."""
    lines = []
    with connect(settings.database_direct_url) as connection:
        for schema, model in ((ref.schema, TenantModel), ("provider", ProviderModel)):
            for table in model.metadata.sorted_tables:
                query = f"select row_to_json(t)::text from {schema}.{table.name} t"
                lines += [str(row[0]) for row in connection.execute(query.encode())]
    return "\n".join(lines)


def test_the_words_are_there_for_who_may_read_them(app: Flask, practice: Practice) -> None:
    with in_scope(app, practice.ref), transaction():
        item = queries.item(practice.item_id)
        assert item.payload["patient"] == item.values["street"] == CANARY
        assert item.title == "Patientenrechnung"
        assert item.values["positions"][0]["reason"] == CANARY
        document = document_queries.document(practice.document_id)
        assert document.name == f"{CANARY}.csv"
        assert CANARY.encode() in document_queries.content(document)
        wish, _other = asked.wishes(practice.request_id)
        assert wish.title == f"Überweisung {CANARY}"
        assert wish.reason.startswith(CANARY)
        assert CANARY in asked.view(practice.request_id).request.note


def test_a_dump_of_the_database_does_not_say_them(practice: Practice, settings: Settings) -> None:
    dump = everything(settings, practice.ref)
    assert str(practice.item_id) in dump
    assert CANARY.casefold() not in dump.casefold()
    assert sealing.MARK in dump


def test_no_file_says_them(practice: Practice, settings: Settings) -> None:
    files = [path for path in Path(settings.data_dir).rglob("*") if path.is_file()]
    folder = [path for path in files if f"/t{practice.ref.id}/" in str(path)]
    assert folder
    assert [path for path in folder if CANARY.encode() in path.read_bytes()] == []
    assert all(path.read_bytes().startswith(sealing.FILE_MARK) for path in folder)


def test_no_mail_says_them(app: Flask, practice: Practice) -> None:
    admin = a_person(app, member_of={practice.ref: ClientRole.CLIENT_ADMIN})
    with in_scope(app, practice.ref), transaction():
        wish, _other = asked.wishes(practice.request_id)
        tell_of_the_document_sent_back(DocumentSentBack(item_id=practice.item_id, wish_id=wish.id))
    with app.app_context(), transaction():
        mails = db.session.scalars(select(Mail).where(Mail.tenant_id == practice.ref.id)).all()
        to_admin = [mail.template for mail in mails if mail.recipient == admin.email]
        assert to_admin == ["document_sent_back"]
        assert not [mail for mail in mails if CANARY in str(mail.params)]


def test_another_key_does_not_open_them(app: Flask, practice: Practice, bolt: TenantRef) -> None:
    with in_scope(app, practice.ref):
        sealed = sealing.seal(CANARY.encode())
        assert sealing.unseal(sealed) == CANARY.encode()
    with in_scope(app, bolt), pytest.raises(sealing.NotOurs):
        sealing.unseal(sealed)
    with in_scope(app, practice.ref), pytest.raises(sealing.NotOurs):
        sealing.unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_a_client_without_health_data_stays_readable_and_cannot_forge(
    app: Flask, bolt: TenantRef
) -> None:
    with in_scope(app, bolt):
        assert sealing.seal_file(b"plain") == b"plain"
        forged = sealing.FILE_MARK + b"not sealed at all"
        assert sealing.unseal_file(sealing.seal_file(forged)) == forged
        with pytest.raises(sealing.NotSealed):
            sealing.require_on()


def test_actions_refuse_a_colleague_without_the_right(app: Flask, practice: Practice) -> None:
    with in_scope(app, practice.ref):
        for deed in (handling.release, talking.resume):
            with pytest.raises(Forbidden), transaction():
                deed(actor=STRANGER, item_id=practice.item_id)
        with pytest.raises(Forbidden), transaction():
            orders.open_items(
                actor=STRANGER,
                order=Order(service_key=SERVICE, type_key="patient_bill", payload={}),
            )


def pages(practice: Practice) -> list[str]:
    item = f"/desk/c/fink/items/{practice.item_id}"
    asked = f"/desk/c/fink/document-requests/{practice.request_id}"
    return [item, f"{item}/fresh", f"{item}/files/{practice.document_id}", asked]


def lists() -> list[str]:
    return [
        "/desk/?view=open",
        "/desk/?view=open&client=fink",
        f"/desk/?view=open&service={SERVICE}",
        "/desk/export.csv?view=open",
        "/desk/palette?q=FINK-1",
        "/desk/radar?client=fink&hours=24",
        "/desk/documents?shelf=open",
    ]


def browser_of(app: Flask, *roles: StaffRole) -> Browser:
    return signed_in(app, a_person(app, roles=set(roles)))


def test_a_colleague_without_the_right_sees_nothing(app: Flask, practice: Practice) -> None:
    for role in (StaffRole.TEAM_LEAD, StaffRole.FINANCE):
        visitor = browser_of(app, role)
        for page in pages(practice):
            assert visitor.get(page).status_code == 404, (role, page)
        for page in lists():
            answer = visitor.get(page)
            assert answer.status_code == 200, page
            text = answer.get_data(as_text=True)
            assert CANARY not in text
            assert str(practice.item_id) not in text, (role, page)


def lists_of_leads() -> list[str]:
    return ["/desk/load/nobody", "/desk/load", "/desk/quality", "/desk/calendar", "/desk/times"]


def test_lists_of_leads_leave_it_out(app: Flask, practice: Practice) -> None:
    with in_scope(app, practice.ref), transaction():
        item = queries.item(practice.item_id)
        item.assignee_id = None
        db.session.flush()
        index.project(item)
        number = index.number_of(item)
        first = datetime(2000, 1, 1, tzinfo=UTC)  # whatever other tests have left to nobody
        db.session.execute(
            update(WorkIndex).where(WorkIndex.item_id == item.id).values(urgent_at=first)
        )
        timing.enter(actor=CLERK, item_id=item.id, typed="0:30")
        sample = QualitySample(
            tenant_id=practice.ref.id, item_id=item.id, item_number=number, title=item.title,
            service_key=SERVICE, operator_id=uuid4(), operator_name="Clara", drawn_at=now(),
            reason=Reason.RANDOM,
        )  # fmt: skip
        db.session.add(sample)
        db.session.flush()
        card = f"/desk/quality/{sample.id}"
    visitor = browser_of(app, StaffRole.TEAM_LEAD)
    for page in lists_of_leads():
        answer = visitor.get(page)
        assert answer.status_code == 200, page
        assert number not in answer.text, page
        assert str(practice.item_id) not in answer.text, page
    assert visitor.get(card).status_code == 404
    assert visitor.post(f"{card}/score", {"remark": "x"}).status_code == 404
    both = browser_of(app, StaffRole.TEAM_LEAD, StaffRole.HEALTH)
    for page in ("/desk/load/nobody", "/desk/quality", "/desk/times"):
        assert number in both.get(page).text, page
    assert both.get(card).status_code == 200


def test_with_the_right_it_is_there(app: Flask, practice: Practice) -> None:
    visitor = browser_of(app, StaffRole.TEAM_LEAD, StaffRole.HEALTH)
    for page in pages(practice):
        assert visitor.get(page).status_code in (200, 204), page
    assert CANARY in visitor.get(pages(practice)[0]).get_data(as_text=True)
    assert str(practice.item_id) in visitor.get(lists()[1]).get_data(as_text=True)


def ask(app: Flask, practice: Practice, scopes: str, path: str) -> Any:
    headers = {"Authorization": f"Bearer {practice.tokens[scopes]}"}
    return app.test_client().get(f"/api/v1{path}", headers=headers)


def test_a_program_needs_the_scope(app: Flask, practice: Practice) -> None:
    paths = (f"/work-items/{practice.item_id}", f"/documents/{practice.document_id}/content")
    for path in paths:
        assert ask(app, practice, "work:read", path).status_code == 404
        answer = ask(app, practice, "work:read health:read", path)
        assert answer.status_code == 200
        assert CANARY in answer.get_data(as_text=True)
    asked = f"/document-requests/{practice.request_id}"
    assert ask(app, practice, "work:read", asked).status_code == 404
    assert ask(app, practice, "work:read health:read", asked).status_code == 200
    for path in ("/work-items", "/document-requests", "/approvals"):
        assert ask(app, practice, "work:read", path).json["items"] == []
    found = ask(app, practice, "work:read health:read", "/work-items").json["items"]
    assert [one["id"] for one in found] == [str(practice.item_id)]


def test_the_chain_of_deeds_still_verifies(app: Flask, practice: Practice) -> None:
    with app.app_context(), tenant_scope(practice.ref), transaction():
        entries = audit.history(subject_type="work_item", subject_id=practice.item_id, limit=100)
        assert any("street" in str(entry.detail) for entry in entries)
        assert audit.verify().broken is None
