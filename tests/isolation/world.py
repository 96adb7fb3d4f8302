"""Everybody who can knock at a door: nobody, our people, both clients' people, machines."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.clients import actions as clients
from app.documents import actions as documents
from app.identity import sessions, team, tokens
from app.identity.models import Membership
from app.identity.permissions import (
    STAFF_PERMISSIONS,
    TOKEN_SCOPES,
    ClientRole,
    Permission,
    StaffRole,
)
from app.jobs.models import Job
from app.kernel.actor import SYSTEM, Actor, Side
from app.kernel.clock import now
from app.messages import incoming, mail
from app.messages.incoming import Arrival
from app.messages.incoming_models import Outcome
from app.quality import actions as quality
from app.quality import queries as samples
from app.quality.rules import Plan
from app.sla import agreed, agreeing, what_if_runs
from app.sla.rules.agreement import promised
from app.sla.rules.policy import Metric, WorkingTime
from app.sla.what_if_runs import Question
from app.staffing import actions as staffing
from app.staffing import walls
from app.staffing.wall_models import WallSide
from app.web.session import _TOKEN
from app.webhooks import actions as webhooks
from app.work import document_queries, queries, time_queries
from app.work.actions import approving, asking, handling, orders, recurring, talking, timing
from app.work.actions.approving import Line, Stand
from app.work.actions.asking import Wanted
from app.work.actions.orders import Order
from app.work.actions.recurring import Agreed
from app.work.recurring_models import EngagementPeriod
from app.work.rules.periods import Due, Rhythm, Rule
from config import Settings
from tenants import opening
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.driver import connect
from tests.conftest import in_scope
from tests.factories.people import TestPerson, a_person, with_second_factor
from tests.isolation import books, hidden, twins
from tests.isolation.twins import CANARY

OFFICE = {
    "zone": "Europe/Berlin",
    "week": {"mon": [["09:00", "17:00"]]},
    "holidays": ["2026-12-25"],
    "overrides": {},
}
BASE = "http://127.0.0.1:8000"
ELSEWHERE = 10**12
"""The number of a client that there is not."""
ADMIN = Actor(
    id=uuid4(),
    name="Adam",
    side=Side.PROVIDER,
    permissions=STAFF_PERMISSIONS[StaffRole.ADMIN] | TOKEN_SCOPES["work:write"],
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Knocker:
    """Somebody, and what must never be told them."""

    name: str
    person: TestPerson | None = None
    bearer: str = ""
    own: str = ""
    """The only client this one may know of; empty for the provider's unrestricted people."""
    by_part: bool = False
    """Sees only what this person has ordered."""
    knows_names: bool = False
    """May read what every client is called, and nothing more of those that are not the own one."""

    @property
    def forbidden(self) -> tuple[str, ...]:
        """Canaries that no answer to this one may contain."""
        if self.name == "nobody":
            return tuple(CANARY.values())
        others = tuple(text for slug, text in CANARY.items() if self.own not in ("", slug))
        return (*others, hidden.CANARY) if self.by_part else others


@dataclass(slots=True, kw_only=True)
class World:
    app: Flask
    settings: Settings
    refs: Mapping[str, TenantRef]
    knockers: list[Knocker]
    keys: dict[str, list[UUID]] = field(default_factory=dict)
    """Parameter → values of rows that both clients have."""
    wrens: dict[str, list[UUID]] = field(default_factory=dict)
    """Parameter → values of rows that only Wren has."""
    hidden: dict[str, list[UUID]] = field(default_factory=dict)
    """Parameter → values of Lark's rows that not all of its own people see."""
    _mine: dict[str, str] = field(default_factory=dict)

    def knocker(self, name: str) -> Knocker:
        return next(one for one in self.knockers if one.name == name)

    def ask(self, who: Knocker, method: str, path: str, **more: Any) -> TestResponse:
        """As this one would: with a living session, or the token."""
        http: FlaskClient = self.app.test_client()
        headers = {"Accept-Language": "en", **more.pop("headers", {})}
        if who.bearer:
            headers["Authorization"] = f"Bearer {who.bearer}"
        if who.person is not None:
            with http.session_transaction(base_url=BASE) as kept:
                kept[_TOKEN] = self._session(who)
        return http.open(path, method=method, headers=headers, base_url=BASE, **more)

    def _session(self, who: Knocker) -> str:
        assert who.person is not None
        with self.app.app_context(), transaction():
            token = self._mine.get(who.name)
            known = sessions.find(token) if token else None
            if token is None or known is None or not known.is_fresh:
                token = sessions.open_session(account_id=who.person.id, browser=sessions.NOWHERE)
                self._mine[who.name] = token
        return token

    def snapshot(self, slug: str) -> str:
        """Everything of this client, in its schema and in the provider's books, as text."""
        from tenants.db import ProviderModel, TenantModel

        ref = self.refs[slug]
        lines = []
        with connect(self.settings.database_direct_url) as connection:
            for table in TenantModel.metadata.sorted_tables:
                query = f"select row_to_json(t)::text from {ref.schema}.{table.name} t order by 1"
                lines += [f"{table.name} {row[0]}" for row in connection.execute(query.encode())]
            for table in ProviderModel.metadata.sorted_tables:
                if "tenant_id" in table.columns and table.name != "security_event":
                    query = (
                        f"select row_to_json(t)::text from provider.{table.name} t"
                        f" where tenant_id = {ref.id} order by 1"
                    )
                    rows = connection.execute(query.encode())
                    lines += [f"{table.name} {row[0]}" for row in rows]
        return "\n".join(
            line for line in lines if not line.startswith(("api_token", "staff_access"))
        )


def build(app: Flask, settings: Settings) -> World:
    refs = {slug: _open(app, settings, slug) for slug in ("lark", "wren")}
    people = [Knocker(name="nobody")]
    for slug, ref in refs.items():
        people += _client_people(app, ref, slug)
    people += _staff(app, refs)
    people += [
        Knocker(name=f"{role} of own only@lark", person=person, own="lark", by_part=True)
        for role, person in hidden.people(app, refs["lark"])
    ]
    world = World(app=app, settings=settings, refs=refs, knockers=people)
    _fill(world)
    return world


def _open(app: Flask, settings: Settings, slug: str) -> TenantRef:
    ref = opening.open_client(
        settings.database_direct_url,
        slug=slug,
        name=f"House of {CANARY[slug]}",
        at=now(),
        guidance=f"Call {CANARY[slug]} first",
    )
    with app.app_context(), transaction():
        clients.agree(
            actor=SYSTEM,
            tenant_id=ref.id,
            number=f"V-{CANARY[slug]}",
            valid_from=date(2020, 1, 1),
            services={"accounts_payable": {}, "general_request": {}},
        )
    return ref


def _client_people(app: Flask, ref: TenantRef, slug: str) -> list[Knocker]:
    made = []
    for role in ClientRole:
        person = a_person(
            app,
            name=f"{role} {CANARY[slug]}",
            email=f"{role}@{CANARY[slug]}.example",
            member_of={ref: role},
        )
        made.append(Knocker(name=f"{role}@{slug}", person=person, own=slug))
    with app.app_context(), transaction():
        _, bearer = tokens.create(
            actor=ADMIN, client=ref, name=f"Token {CANARY[slug]}", scopes=frozenset(TOKEN_SCOPES)
        )
    made.append(Knocker(name=f"token@{slug}", bearer=bearer, own=slug))
    return made


def _staff(app: Flask, refs: Mapping[str, TenantRef]) -> list[Knocker]:
    made = []
    for role in StaffRole:
        person = a_person(app, name=f"Our {role}", roles={role})
        if role is StaffRole.ADMIN:
            with_second_factor(app, person)
        made.append(Knocker(name=str(role), person=person))
    walled = a_person(app, name="Behind a wall", roles={StaffRole.OPERATOR})
    with app.app_context(), transaction():
        staffing.set_clients(actor=ADMIN, account_id=walled.id, tenant_ids=[refs["lark"].id])
    return [
        *made,
        Knocker(name="operator of lark only", person=walled, own="lark"),
        *_kept_from_wren(app, refs),
    ]


def _kept_from_wren(app: Flask, refs: Mapping[str, TenantRef]) -> list[Knocker]:
    """Colleagues with more rights than an operator: parted from Wren all the same."""
    finance = a_person(app, name="Finance of Lark", roles={StaffRole.FINANCE})
    lead = a_person(app, name="Lead behind a wall", roles={StaffRole.TEAM_LEAD})
    admin = a_person(app, name="Admin behind a wall", roles={StaffRole.ADMIN})
    with_second_factor(app, admin)
    with app.app_context(), transaction():
        staffing.set_clients(actor=ADMIN, account_id=finance.id, tenant_ids=[refs["lark"].id])
        # The wall's other side is nobody's schema: whoever works for Lark and Wren goes on.
        parted = walls.build(actor=ADMIN, name="Rivals", tenant_ids=[refs["wren"].id, ELSEWHERE])
        db.session.add_all(
            WallSide(wall_id=parted.id, account_id=one.id, tenant_id=ELSEWHERE, since=now())
            for one in (lead, admin)
        )
    return [
        Knocker(name="finance of lark only", person=finance, own="lark", knows_names=True),
        Knocker(name="team_lead behind a wall", person=lead, own="lark", knows_names=True),
        Knocker(name="admin behind a wall", person=admin, own="lark", knows_names=True),
    ]


def _fill(world: World) -> None:
    lark, wren = world.refs["lark"], world.refs["wren"]
    items = [_order(world, number) for number in range(4)]
    _work_on(world, items)
    with in_scope(world.app, lark), transaction():
        files = [file for item in items for file in queries.documents(item)]
        results = [file for item in items for file in queries.documents(item, results=True)]
        world.keys["document_id"] = [file.id for file in (*files, *results)]
        hashes = sorted({file.sha256 for file in (*files, *results)})
        talker = world.knocker("requester@lark").person
        assert talker is not None
        mail.send(
            to=talker.email,
            template="reset",
            locale="en",
            params={"name": CANARY["lark"], "path": "/"},
        )
    world.keys |= {"item_id": items, **_webhook(world), **_asked(world, items[3])}
    world.keys |= _approvals(world)
    world.hidden = hidden.order(world)
    with connect(world.settings.database_direct_url) as connection:
        twins.poison(connection, lark)
        twins.copy_client(connection, lark, wren)
        extra = twins.duplicate(connection, wren, "work_item", items[0], number=777)
        file = twins.duplicate(connection, wren, "document", world.keys["document_id"][0])
        hook = twins.duplicate(connection, wren, "webhook_endpoint", world.keys["endpoint_id"][0])
        told = twins.duplicate(
            connection, wren, "webhook_delivery", world.keys["delivery_id"][0],
            event_id=str(uuid4()),
        )  # fmt: skip
        asked = twins.duplicate(
            connection, wren, "document_request", world.keys["request_id"][0], item_id=str(extra)
        )
        wish = twins.duplicate(
            connection, wren, "requested_document", world.keys["wish_id"][0],
            request_id=str(asked),
        )  # fmt: skip
        rule = twins.duplicate(connection, wren, "approval_rule", world.keys["rule_id"][0])
        stand = twins.duplicate(
            connection, wren, "approval_substitute", world.keys["substitute_id"][0]
        )
    with world.app.app_context():
        twins.copy_files(lark, wren, hashes)
    world.wrens = {
        "item_id": [extra],
        "document_id": [file],
        "endpoint_id": [hook],
        "delivery_id": [told],
        "request_id": [asked],
        "rule_id": [rule],
        "substitute_id": [stand],
        "wish_id": [wish],
        **_wrens_books(world),
    }
    for slug, keys in (("lark", world.keys), ("wren", world.wrens)):
        keys["incoming_id"] = [_incoming(world, slug)]
        keys["time_id"] = [_time(world, slug)]
        keys["sample_id"] = [_sample(world, slug)]
        keys["policy_id"] = [_promise(world, slug)]
        keys["run_id"] = [_what_if(world, slug)]
        keys["contract_id"] = [_contract(world, slug)]
        keys.update(books.billed(world, slug))
        keys.update(_recurring(world, slug))


def _webhook(world: World) -> dict[str, list[UUID]]:
    """An endpoint of Lark's and a message to it that nobody has sent yet."""
    admin = replace(ADMIN, permissions=frozenset({Permission.WEBHOOK_MANAGE}))
    canary = CANARY["lark"]
    with in_scope(world.app, world.refs["lark"]), transaction():
        endpoint, _ = webhooks.add(
            actor=admin, url=f"https://{canary}.invalid/", description=canary,
            event_types=["work.opened"], ordered=False,
        )  # fmt: skip
        told = webhooks.send_test(actor=admin, endpoint_id=endpoint.id)
        return {"endpoint_id": [endpoint.id], "delivery_id": [told]}


def _asked(world: World, item_id: UUID) -> dict[str, list[UUID]]:
    """Documents that Lark is asked for, and one that it has handed in."""
    canary = CANARY["lark"]
    with in_scope(world.app, world.refs["lark"]), transaction():
        request = asking.request_documents(
            actor=ADMIN,
            item_id=item_id,
            wanted=Wanted(titles=[f"First {canary}", f"Second {canary}"], note=canary),
        )
        first, second = document_queries.wishes(request.id)
        file = queries.documents(item_id)[0]
        asking.hand_in(actor=ADMIN, request_id=request.id, files={first.id: file.id})
        return {"request_id": [request.id], "wish_id": [first.id, second.id]}


def _incoming(world: World, slug: str) -> UUID:
    """A mail about this client that a lead has to place."""
    canary = CANARY[slug]
    with world.app.app_context(), transaction():
        written = incoming.write_down(
            Arrival(
                message_key=f"{canary}@example.com", sender=f"x@{canary}.example",
                sender_name=canary, subject=canary, text=canary, content=b"Subject: x\n\nx",
                outcome=Outcome.TRIAGE, reason="unknown_sender", tenant_id=world.refs[slug].id,
            )
        )  # fmt: skip
    assert written is not None
    return written


def _time(world: World, slug: str) -> UUID:
    """Time noted on this client's first item."""
    actor = replace(ADMIN, name=CANARY[slug])
    item_id = world.keys["item_id"][0]
    with in_scope(world.app, world.refs[slug]), transaction():
        timing.enter(actor=actor, item_id=item_id, typed="0:10", text=CANARY[slug])
        return time_queries.of_item(item_id, account_id=None).entries[-1].id


def _sample(world: World, slug: str) -> UUID:
    """The delivered item of this client, drawn."""
    with world.app.app_context(), transaction():
        quality.look_closer(actor=ADMIN, tenant_id=world.refs[slug].id, wanted=Plan(every=True))
    item_id = world.keys["item_id"][2]
    with in_scope(world.app, world.refs[slug]), transaction():
        quality.draw(item_id)
        drawn = samples.samples(scored=False, clients=frozenset({world.refs[slug].id}))
        return next(one.id for one in drawn if one.item_id == item_id)


def _approvals(world: World) -> dict[str, list[UUID]]:
    """Who of Lark approves what, and for whom."""
    person = world.knocker("approver@lark").person
    admin = world.knocker("client_admin@lark").person
    assert person is not None
    assert admin is not None
    canary, today = CANARY["lark"], now().date()
    keeper = replace(
        ADMIN, permissions=frozenset({Permission.PEOPLE_MANAGE, Permission.WORK_ACCEPT})
    )
    with in_scope(world.app, world.refs["lark"]), transaction():
        rule = approving.add_rule(
            actor=keeper,
            line=Line(service_key="", from_minor=10**9, needed=1, approvers={person.id: canary}),
        )
        stand = approving.stand_in(
            actor=keeper,
            stand=Stand(
                account_id=person.id, person=canary, substitute_id=admin.id, substitute=canary,
                starts_on=today, ends_on=today,
            ),
        )  # fmt: skip
        return {"rule_id": [rule.id], "substitute_id": [stand.id]}


def _promise(world: World, slug: str) -> UUID:
    """A calendar and a policy that tell whose they are."""
    canary, tenant_id = CANARY[slug], world.refs[slug].id
    hours = {**OFFICE, "names": {"2026-12-25": f"Day of {canary}"}}
    target = {Metric.RESOLUTION: WorkingTime(3600)}
    with world.app.app_context(), transaction():
        agreeing.set_calendar(
            actor=ADMIN, tenant_id=tenant_id, definition=hours, name=canary, note=canary
        )
        agreeing.set_policy(
            actor=ADMIN, tenant_id=tenant_id, agreement=promised(target), note=canary
        )
        (policy,) = agreed.policies(tenant_id)
        return policy.id


def _contract(world: World, slug: str) -> UUID:
    """A contract that tells whose it is."""
    with world.app.app_context(), transaction():
        contract = clients.agree(
            actor=ADMIN,
            tenant_id=world.refs[slug].id,
            number=CANARY[slug],
            valid_from=date(2020, 1, 1),
            services={},
        )
        return contract.id


def _recurring(world: World, slug: str) -> dict[str, list[UUID]]:
    """Work that comes back by itself and tells whose it is: one period is open."""
    canary = CANARY[slug]
    with in_scope(world.app, world.refs[slug]), transaction():
        made = recurring.agree(
            actor=ADMIN,
            agreed=Agreed(
                service_key="general_request",
                type_key="request",
                matter=f"matter-{canary}",
                title=f"Again {canary}",
                rule=Rule(rhythm=Rhythm.YEARLY, due=Due.DAY, number=1),
                payload={"subject": canary, "description": canary},
                starts_on=date(now().year, 1, 1),
                ends_on=date(now().year, 12, 31),
            ),
        )
        recurring.open_due()
        query = select(EngagementPeriod.id).where(EngagementPeriod.engagement_id == made.id)
        return {"engagement_id": [made.id], "period_id": list(db.session.scalars(query))}


def _what_if(world: World, slug: str) -> UUID:
    """An answered what-if that tells whose it is."""
    asker = replace(ADMIN, name=CANARY[slug])
    question = Question(
        since=now() - timedelta(days=2),
        until=now() + timedelta(days=1),
        agreement={"metrics": {"resolution": {"target": {"seconds": 1}}}},
    )
    with in_scope(world.app, world.refs[slug]), transaction():
        run = what_if_runs.ask(actor=asker, question=question)
        what_if_runs.work_out(run.id)
        return run.id


def _order(world: World, number: int) -> UUID:
    canary = CANARY["lark"]
    with in_scope(world.app, world.refs["lark"]), transaction():
        file = documents.store(
            actor=ADMIN, name=f"{canary}-{number}.txt", content=f"{number} {canary}\n".encode()
        )
        order = Order(
            service_key="general_request",
            type_key="request",
            payload={"subject": f"Subject {canary}", "description": f"Text {canary}"},
            document_ids=[file.id],
        )
        requester = world.knocker("requester@lark").person
        assert requester is not None
        actor = Actor(
            id=requester.id,
            name=f"requester {canary}",
            side=Side.CLIENT,
            permissions=TOKEN_SCOPES["work:write"],
        )
        (item,) = orders.open_items(actor=actor, order=order)
        orders.save_draft(
            actor=actor,
            service_key=order.service_key,
            type_key=order.type_key,
            payload=order.payload,
            document_ids=[],
        )
        return item.id


def _work_on(world: World, items: list[UUID]) -> None:
    """The first stays new, the second is asked about, the third is delivered."""
    canary = CANARY["lark"]

    def act(deed: Callable[..., Any], **values: Any) -> None:
        with in_scope(world.app, world.refs["lark"]), transaction():
            deed(**values)

    def finish(item_id: UUID) -> None:
        for entry in queries.checklist(item_id):
            handling.tick(actor=ADMIN, item_id=item_id, key=entry.key, done=True)
        handling.correct(actor=ADMIN, item_id=item_id, values={"result": f"Done {canary}"})
        handling.hand_over(actor=ADMIN, item_id=item_id)

    act(talking.ask_client, actor=ADMIN, item_id=items[1], body=f"Which {canary}?")
    act(talking.jot, actor=ADMIN, item_id=items[1], body=f"Internal {canary}")
    act(handling.take, actor=ADMIN, item_id=items[2])
    act(finish, item_id=items[2])


def _wrens_books(world: World) -> dict[str, list[UUID]]:
    """Keys of the provider's books that are Wren's."""
    wren = world.refs["wren"]
    admin = world.knocker("client_admin@wren").person
    assert admin is not None
    with world.app.app_context(), transaction():
        sessions.open_session(account_id=admin.id, browser=sessions.NOWHERE)
        return {
            "membership_id": list(
                db.session.scalars(select(Membership.id).where(Membership.tenant_id == wren.id))
            ),
            "token_id": [token.id for token in tokens_of(wren)],
            "session_id": [one.id for one in sessions.sessions_of(admin.id)],
            "account_id": [admin.id],
            "job_id": list(
                db.session.scalars(select(Job.public_id).where(Job.tenant_id == wren.id))
            ),
            "mail_id": [one.id for one in mail.mails() if one.tenant_id == wren.id],
        }


def tokens_of(ref: TenantRef) -> Any:
    from app.identity.queries import api_tokens

    return api_tokens(ref.id)


__all__ = ["World", "build", "team"]
