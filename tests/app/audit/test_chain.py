"""The chain holds under concurrency, and every way of tampering is found where it happened."""

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from uuid import uuid4

import pytest
from flask import Flask, current_app
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import ProgrammingError

from app.audit import actions, queries
from app.audit.models import AuditEntry, AuditHead, ProviderAuditEntry
from app.audit.rules import BrokenLink, Fault, fields_of, hash_of
from app.kernel.actor import Actor, Side
from tenants.context import NoTenant, TenantRef
from tenants.db import db, transaction
from tenants.driver import connect
from tenants.scope import tenant_scope

ADA = Actor(id=uuid4(), name="Ada Lovelace", side=Side.PROVIDER)


def record(*verbs: str, subject: str = "1") -> None:
    for verb in verbs:
        actions.record(
            actor=ADA, verb=verb, subject_type="item", subject_id=subject,
            detail={"amount": Decimal("1.10"), "ids": (uuid4(),), "text": "Ünïcode\x00"},
        )  # fmt: skip


def fill(tenant: TenantRef, number: int = 5) -> None:
    for at in range(number):
        with tenant_scope(tenant), transaction():
            record(f"verb.{at}")


def verdict(tenant: TenantRef) -> queries.Verdict:
    with tenant_scope(tenant):
        return queries.verify()


def tamper(owner_url: str, tenant: TenantRef, *statements: str) -> None:
    with connect(owner_url) as owner:
        owner.execute(f"set local search_path = {tenant.schema}".encode())
        for statement in statements:
            owner.execute(statement.encode())


def test_an_empty_chain_holds(dog: TenantRef) -> None:
    assert verdict(dog) == queries.Verdict(length=0)


def test_entries_join_at_commit_and_the_chain_holds(dog: TenantRef, elk: TenantRef) -> None:
    fill(dog)
    with tenant_scope(dog), transaction():
        record("one", "two")
    assert verdict(dog) == queries.Verdict(length=7)
    assert verdict(elk) == queries.Verdict(length=0)


def test_the_provider_has_a_chain_of_its_own(dog: TenantRef) -> None:
    with transaction():
        actions.record_provider(
            actor=ADA, verb="client.opened", subject_type="tenant", subject_id=dog.id
        )
    assert queries.verify() == queries.Verdict(length=1)
    assert [entry.verb for entry in queries.latest()] == ["client.opened"]


def test_outside_a_client_there_is_no_clients_chain(dog: TenantRef) -> None:
    with pytest.raises(NoTenant):
        record("verb")
    with tenant_scope(dog), pytest.raises(actions.InsideClient):
        actions.record_provider(actor=ADA, verb="v", subject_type="s", subject_id=1)


def test_what_is_rolled_back_is_not_recorded(dog: TenantRef) -> None:
    with tenant_scope(dog):
        with transaction() as tx:
            record("doomed")
            tx.doom()
        with transaction():
            record("kept")
        db.session.rollback()
        assert db.session.scalars(select(AuditEntry.verb)).all() == ["kept"]


def test_a_savepoint_takes_its_entries_along(dog: TenantRef) -> None:
    with tenant_scope(dog), transaction():
        record("before")
        with db.session.begin_nested():
            record("inside")
        savepoint = db.session.begin_nested()
        record("undone")
        with db.session.begin_nested():
            record("undone with it")
        savepoint.rollback()
        record("after")
    with tenant_scope(dog):
        verbs = db.session.scalars(select(AuditEntry.verb).order_by(AuditEntry.seq)).all()
        assert verbs == ["before", "inside", "after"]
        assert queries.verify().broken is None


def test_postgresql_refuses_the_client_to_change_entries(dog: TenantRef) -> None:
    fill(dog, 1)
    for statement in (update(AuditEntry).values(verb="x"), delete(AuditEntry)):
        with tenant_scope(dog), pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(statement)
    for statement in (update(ProviderAuditEntry).values(verb="x"), delete(ProviderAuditEntry)):
        with pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(statement)
        db.session.rollback()


SWAP = (
    "update audit_entry set seq = 100 where seq = 2",
    "update audit_entry set seq = 2 where seq = 4",
    "update audit_entry set seq = 4 where seq = 100",
)
INSERT = (
    "update audit_entry set seq = seq + 100 where seq >= 3",
    "update audit_entry set seq = seq - 99 where seq >= 103",
    """insert into audit_entry (seq, id, at, actor_id, actor_name, actor_side, verb, subject_type,
         subject_id, detail, previous_hash, hash)
       select 3, gen_random_uuid(), at, actor_id, actor_name, actor_side,
       'forged', subject_type, subject_id, detail, previous_hash, hash
       from audit_entry where seq = 2""",
)
REMOVE_AND_RENUMBER = (
    "delete from audit_entry where seq = 3",
    "update audit_entry set seq = seq - 1 where seq > 3",
)


@pytest.mark.parametrize(
    ("statements", "seq", "fault"),
    [
        (("update audit_entry set verb = 'x' where seq = 3",), 3, Fault.CHANGED),
        (("update audit_entry set detail = '{}' where seq = 1",), 1, Fault.CHANGED),
        (("update audit_entry set at = at + interval '1 us' where seq = 5",), 5, Fault.CHANGED),
        (("update audit_entry set actor_name = 'Bob' where seq = 2",), 2, Fault.CHANGED),
        (("delete from audit_entry where seq = 3",), 3, Fault.REMOVED),
        (("delete from audit_entry where seq = 1",), 1, Fault.REMOVED),
        (("delete from audit_entry where seq = 5",), 5, Fault.REMOVED),
        (("truncate audit_entry",), 1, Fault.REMOVED),
        (REMOVE_AND_RENUMBER, 3, Fault.REMOVED),
        (SWAP, 2, Fault.REORDERED),
        (INSERT, 3, Fault.INSERTED),
    ],
)
def test_tampering_is_named_at_its_first_link(
    dog: TenantRef, owner_url: str, statements: tuple[str, ...], seq: int, fault: Fault
) -> None:
    fill(dog)
    tamper(owner_url, dog, *statements)
    assert verdict(dog).broken == BrokenLink(seq=seq, fault=fault)


def test_a_change_with_a_new_hash_is_found_too(dog: TenantRef, owner_url: str) -> None:
    fill(dog)
    with tenant_scope(dog):
        entry = db.session.get_one(AuditEntry, 3)
        forged = hash_of({**fields_of(entry), "verb": "x"})
    tamper(owner_url, dog, f"update audit_entry set verb = 'x', hash = '{forged}' where seq = 3")
    assert verdict(dog).broken == BrokenLink(seq=3, fault=Fault.CHANGED)


def test_an_appended_entry_that_the_head_does_not_know(dog: TenantRef, owner_url: str) -> None:
    fill(dog)
    tamper(
        owner_url, dog,
        "insert into audit_entry (seq, id, at, actor_id, actor_name, actor_side, verb,"
        " subject_type, subject_id, detail, previous_hash, hash)"
        " select 6, gen_random_uuid(), at, actor_id, actor_name,"
        " actor_side, 'forged', subject_type, subject_id, detail, hash, hash from audit_entry"
        " where seq = 5",
    )  # fmt: skip
    assert verdict(dog).broken == BrokenLink(seq=6, fault=Fault.CHANGED)


def test_many_at_once_make_one_chain(dog: TenantRef) -> None:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001

    def write(number: int) -> None:
        with app.app_context(), tenant_scope(dog), transaction():
            record(f"{number}.a", f"{number}.b")

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(write, range(20)))
    assert verdict(dog) == queries.Verdict(length=40)


def test_the_head_is_locked_only_at_the_end(dog: TenantRef) -> None:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    fill(dog, 1)
    done = threading.Event()

    def other() -> None:
        with app.app_context(), tenant_scope(dog), transaction():
            record("quick")
        done.set()

    with tenant_scope(dog), transaction():
        record("slow")
        db.session.execute(text("select 1"))
        thread = threading.Thread(target=other)
        thread.start()
        assert done.wait(10), "the slow transaction holds the chain's head"
        thread.join()
    with tenant_scope(dog):
        verbs = db.session.scalars(select(AuditEntry.verb).order_by(AuditEntry.seq)).all()
        assert list(verbs) == ["verb.0", "quick", "slow"]
        assert db.session.get_one(AuditHead, 1).seq == 3


def test_the_history_of_a_thing_comes_in_pages(dog: TenantRef) -> None:
    with tenant_scope(dog), transaction():
        record("a", "b", "c", subject="7")
        record("d", subject="8")
    with tenant_scope(dog):
        first = queries.history(subject_type="item", subject_id=7, limit=2)
        assert [entry.verb for entry in first] == ["c", "b"]
        rest = queries.history(subject_type="item", subject_id=7, before=first[-1].seq)
        assert [entry.verb for entry in rest] == ["a"]
