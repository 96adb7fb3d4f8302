"""Every route, everybody, the other client's keys: nothing of the other client comes out.

Table-driven: a new route must name its permission (app.web.access), and a new parameter of an
address must get values here; otherwise these tests fail.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.identity.permissions import Permission
from app.kernel.clock import now
from app.wiring import DEVELOPMENT_BLUEPRINTS
from app.work.desk_queries import View
from config import Settings
from tenants import opening
from tenants.context import TenantState
from tests.conftest import another_app
from tests.isolation.hidden import CANARY
from tests.isolation.world import Knocker, World

ONLY_IN_DEVELOPMENT = {module.rpartition(".")[2] for module in DEVELOPMENT_BLUEPRINTS}
"""The developer's outbox and the like: not there in production (tested below)."""
WITHOUT_CLASS = {"static"}
UNKNOWN = str(uuid4())
TEXTS = {
    "service_key": ["general_request", "unknown"],
    "type_key": ["request"],
    "word": ["unknown"],
    "filename": ["kontor.css"],
    "path": ["unknown"],
    "calendar_key": ["default", "unknown"],
    "number": ["1", "99"],
    "kind": ["pdf", "xml", "unknown"],
    "run_id": [UNKNOWN],
    "export_id": [UNKNOWN],
    "usage_id": [UNKNOWN],
    "stripe_event_id": [UNKNOWN],
    "who": ["nobody", UNKNOWN],
    "wall_id": [UNKNOWN],
    "text_id": [UNKNOWN],
    "batch_id": [UNKNOWN],
    "view_id": [UNKNOWN],
    "deed": ["pause", "end", "unknown"],
}
VIEWS = tuple(f"?view={view}" for view in View)
QUERIES = {
    "desk_work.work_list": ("", *VIEWS, "?view=open&client=wren", "?view=open&q=canary"),
    "desk_work.export": VIEWS,
    "desk_work.palette": ("", "?q=canary", "?q=WREN", "?q=wren"),
    "desk_radar.radar": ("", "?group=unmeasured", "?client=wren", "?group=late&hours=24"),
    "portal_search.find": (
        "",
        "?q=subject",
        "?q=hidden",
        "?q=which&kind=message",
        "?q=txt&kind=document",
    ),
    "desk_ledger_entries.hours": ("", "?client=lark"),
    "desk_jobs.jobs": ("", "?view=pending", "?view=dead"),
    "desk_search.find": ("", "?q=subject", "?q=internal", "?q=subject&client=wren"),
    "portal_requests.requests": ("", "?words=canary", "?words=rencanar"),
    "portal_promises.items": ("", "?ending=met"),
    "desk_promises.items": ("", "?ending=cancelled"),
    "desk_recurring.calendar": ("", "?month=2030-01", "?client=wren"),
    "portal_documents.documents": ("", "?words=canary", "?kind=result"),
    "api_work_items.list_items": ("", "?limit=200", "?status=new"),
}
"""Lists and searches: what they find beside what they show at first."""
ENDS_SESSIONS = {"sign_in.sign_out", "account.revoke_all"}
"""Nothing to find there, and everybody would have to sign in again."""
FORM: dict[str, Any] = {
    "reason": "x", "body": "x", "subject": "x", "description": "x", "email": "x@example.com",
    "role": "requester", "name": "x", "scopes": "work:read", "key": "x",
}  # fmt: skip


def rules(app: Flask, *methods: str) -> list[tuple[Rule, str]]:
    found = [
        (rule, method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] not in ONLY_IN_DEVELOPMENT
        for method in sorted((rule.methods or set()) & set(methods))
    ]
    return sorted(found, key=lambda one: (str(one[0]), one[1]))


def addresses(world: World, rule: Rule, *, clients: tuple[str, ...], foreign: bool) -> list[str]:
    """The rule's addresses with every combination of the values its parameters can take."""
    names = sorted(rule.arguments)
    choices = [
        list(clients) if name == "client" else values(world, name, foreign=foreign)
        for name in names
    ]
    made = []
    for chosen in product(*choices):
        with world.app.test_request_context():
            built = rule.build(dict(zip(names, chosen, strict=True)))
        assert built is not None, rule
        made += [str(built[1]) + query for query in QUERIES.get(rule.endpoint, ("",))]
    return made


def values(world: World, name: str, *, foreign: bool) -> list[str]:
    if name in TEXTS:
        return TEXTS[name]
    own, theirs = world.keys.get(name, []), world.wrens.get(name, [])
    if not own and not theirs:
        pytest.fail(f"no values for the parameter <{name}>: name some in tests/isolation")
    return [str(key) for key in theirs] if foreign else [*map(str, own), UNKNOWN]


def test_every_route_is_classified(app: Flask) -> None:
    known = {*map(str, Permission), "public", "signed-in"}
    unclassified = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in WITHOUT_CLASS
        and str(getattr(app.view_functions[rule.endpoint], "permission", None)) not in known
    ]
    assert unclassified == []


def test_the_developers_pages_are_not_in_production(settings: Settings, tmp_path: Path) -> None:
    strict = replace(
        settings,
        environment="production",
        base_url="https://kontor.example",
        data_dir=str(tmp_path),
    )
    with another_app(strict, back=settings) as production:
        assert not ONLY_IN_DEVELOPMENT & production.blueprints.keys()
        assert not [rule for rule in production.url_map.iter_rules() if "/dev/" in str(rule)]


def test_every_parameter_has_values(world: World) -> None:
    names = {name for rule in world.app.url_map.iter_rules() for name in rule.arguments}
    for name in names - {"client"}:
        assert values(world, name, foreign=True) or values(world, name, foreign=False)


def body(who: Knocker, method: str, address: str) -> dict[str, Any]:
    """What is sent along, so that the refusal is not about the form."""
    if method == "GET":
        return {}
    if not who.bearer:
        return {"data": FORM}
    if "/document-requests/" in address:
        return {"json": {"document": UNKNOWN}}
    return {"json": {"body" if address.endswith("/messages") else "reason": "x"}}


def check(who: Knocker, method: str, address: str, response: Any) -> None:
    where = f"{who.name}: {method} {address} → {response.status_code}"
    assert response.status_code < 500, where
    # Files may be of any kind.
    assert b"&lt;Macro" not in response.data, f"{where} shows a piece of its template"
    told = (response.get_data().decode("utf-8", "replace") + str(response.headers)).lower()
    if who.knows_names:
        told = told.replace("house of wrencanary", "")
    for canary in who.forbidden:
        assert canary not in told, f"{where} tells {canary}"


NAMES = (
    "nobody",
    "operator of lark only",
    "requester@lark",
    "approver@lark",
    "client_admin@lark",
    "token@lark",
)


PARTED = ("finance of lark only", "team_lead behind a wall", "admin behind a wall")
"""Ours, with more rights than an operator, and kept from Wren: in lists over all clients too."""


@pytest.mark.parametrize(
    "name", [*NAMES, *PARTED, "requester@wren", "client_admin@wren", "token@wren"]
)
def test_reading_tells_nothing_of_the_other_client(world: World, name: str) -> None:
    who = world.knocker(name)
    for foreign in (False, True):
        for rule, method in rules(world.app, "GET"):
            for address in addresses(world, rule, clients=("lark", "wren"), foreign=foreign):
                check(who, method, address, world.ask(who, method, address))


def test_ones_own_canary_is_found(world: World) -> None:
    """Otherwise the sweep would look for something that is nowhere."""
    item, file = world.keys["item_id"][0], world.keys["document_id"][0]
    for slug, name in product(("lark", "wren"), ("requester", "client_admin")):
        who, canary = world.knocker(f"{name}@{slug}"), f"{slug}canary"
        for path in (
            "", "requests", f"requests/{item}", f"documents/{file}/content", "search?q=subject",
        ):  # fmt: skip
            answer = world.ask(who, "GET", f"/p/{slug}/{path}")
            assert answer.status_code == 200, path
            assert canary in answer.text.lower(), path
        machine = world.knocker(f"token@{slug}")
        for path in ("work-items", f"work-items/{item}", f"documents/{file}/content"):
            assert canary in world.ask(machine, "GET", f"/api/v1/{path}").text.lower(), path
    walled, operator = world.knocker("operator of lark only"), world.knocker("operator")
    assert "larkcanary" in world.ask(walled, "GET", "/desk/?view=open").text.lower()
    assert "wrencanary" in world.ask(operator, "GET", f"/desk/c/wren/items/{item}").text.lower()


@pytest.mark.parametrize("name", ["operator", "team_lead", "finance", "admin"])
def test_the_page_of_one_client_shows_nothing_of_another(world: World, name: str) -> None:
    """Also to those who may see both: the wrong client's text beside a task is a mistake made."""
    who = world.knocker(name)
    for rule, method in rules(world.app, "GET"):
        if "client" not in rule.arguments or not str(rule).startswith("/desk"):
            continue
        for slug, other in (("lark", "wrencanary"), ("wren", "larkcanary")):
            for address in addresses(world, rule, clients=(slug,), foreign=False):
                answer = world.ask(who, method, address)
                check(who, method, address, answer)
                # The navigation names every client that this one may serve.
                told = answer.text.lower().replace(f"house of {other}", "")
                assert other not in told, f"{name}: {address} tells {other}"


@pytest.mark.parametrize("name", [*NAMES[1:], "operator", "team_lead", "finance", "admin"])
def test_an_unknown_client_is_404(world: World, name: str) -> None:
    who = world.knocker(name)
    for rule, method in rules(world.app, "GET", "POST"):
        if "client" in rule.arguments:
            (address, *_) = addresses(world, rule, clients=("nobody-knows",), foreign=False)
            assert world.ask(who, method, address).status_code == 404, address


@pytest.mark.parametrize("name", NAMES[1:5])
def test_the_other_client_is_as_good_as_unknown(world: World, name: str) -> None:
    who = world.knocker(name)
    for rule, method in rules(world.app, "GET", "POST"):
        if "client" in rule.arguments:
            for address in addresses(world, rule, clients=("wren",), foreign=False):
                answer = world.ask(who, method, address, **body(who, method, address))
                assert answer.status_code == 404, f"{name}: {method} {address}"


PARTS = ("requester of own only@lark", "approver of own only@lark")


@pytest.mark.parametrize("name", PARTS)
def test_whoever_sees_only_own_work_is_told_nothing_of_other_work(world: World, name: str) -> None:
    """Lists, counts, files, search, exports: every page, also by the keys of what is hidden."""
    who = world.knocker(name)
    for rule, method in rules(world.app, "GET"):
        if str(rule).startswith("/desk"):
            continue
        for keys in (world.keys, world.hidden):
            for address in addresses_of(world, rule, keys):
                answer = world.ask(who, method, address)
                check(who, method, address, answer)
                hides = keys is world.hidden and rule.arguments & world.hidden.keys()
                if hides and str(rule).startswith("/p/"):
                    assert answer.status_code in (404, 403), f"{name}: {address}"


@pytest.mark.parametrize("name", PARTS)
def test_whoever_sees_only_own_work_changes_no_other(world: World, name: str) -> None:
    who = world.knocker(name)
    before = world.snapshot("lark")
    for rule, method in rules(world.app, "POST"):
        if not rule.arguments & world.hidden.keys() or not str(rule).startswith("/p/"):
            continue
        for address in addresses_of(world, rule, world.hidden):
            answer = world.ask(who, method, address, **body(who, method, address))
            check(who, method, address, answer)
            assert answer.status_code in (404, 403), f"{name}: {method} {address}"
    assert world.snapshot("lark") == before


def test_all_of_it_is_there_for_whoever_sees_all(world: World) -> None:
    """Otherwise the two tests above would look for something that is nowhere."""
    who = world.knocker("client_admin@lark")
    item, file = world.hidden["item_id"][0], world.hidden["document_id"][0]
    for path in ("requests", f"requests/{item}", f"documents/{file}/content", "search?q=hidden"):
        assert CANARY in world.ask(who, "GET", f"/p/lark/{path}").text.lower(), path


def addresses_of(world: World, rule: Rule, keys: dict[str, list[UUID]]) -> list[str]:
    """The rule's addresses at Lark with these keys, and where they name none, with all."""
    names = sorted(rule.arguments)
    choices = [
        ["lark"] if n == "client" else TEXTS.get(n) or keys.get(n) or world.keys.get(n, [UNKNOWN])
        for n in names
    ]
    made = []
    for chosen in product(*choices):
        with world.app.test_request_context():
            built = rule.build({n: str(one) for n, one in zip(names, chosen, strict=True)})
        assert built is not None, rule
        made += [str(built[1]) + query for query in QUERIES.get(rule.endpoint, ("",))]
    return made


CLIENTS_KEYS = {
    "contract_id",
    "delivery_id",
    "document_id",
    "endpoint_id",
    "engagement_id",
    "item_id",
    "membership_id",
    "period_id",
    "policy_id",
    "request_id",
    "rule_id",
    "substitute_id",
    "token_id",
    "wish_id",
}


@pytest.mark.parametrize("name", NAMES[1:])
def test_keys_of_the_other_client_are_404(world: World, name: str) -> None:
    """Or 403, where the role may not do this with anybody's."""
    who = world.knocker(name)
    before = world.snapshot("wren")
    for rule, method in rules(world.app, "GET", "POST"):
        staff = str(rule).startswith("/desk")
        if not rule.arguments & CLIENTS_KEYS or staff != name.startswith("operator"):
            continue
        if str(rule).startswith("/api") != name.startswith("token"):
            continue
        for address in addresses(world, rule, clients=("lark",), foreign=True):
            answer = world.ask(who, method, address, **body(who, method, address))
            check(who, method, address, answer)
            assert answer.status_code in (404, 403), f"{name}: {method} {address}"
    assert world.snapshot("wren") == before


@pytest.mark.parametrize("name", [*NAMES, *PARTED])
def test_writing_changes_and_tells_nothing_of_the_other_client(world: World, name: str) -> None:
    """The keys are equal: a statement without its client would hit the other one's row."""
    who = world.knocker(name)
    before = _work_of_wren(world, who)
    for rule, method in rules(world.app, "POST", "PUT", "PATCH", "DELETE"):
        if rule.endpoint in ENDS_SESSIONS:
            continue
        for foreign in (False, True):
            for address in addresses(world, rule, clients=("lark",), foreign=foreign):
                answer = world.ask(who, method, address, **body(who, method, address))
                check(who, method, address, answer)
    assert _work_of_wren(world, who) == before


def _work_of_wren(world: World, who: Knocker) -> list[str]:
    """Jobs are ids, and whoever keeps the house running keeps all of them running."""
    lines = world.snapshot("wren").splitlines()
    return [line for line in lines if not (who.knows_names and line.startswith("job "))]


@pytest.fixture
def suspended(world: World) -> Iterator[None]:
    def change(state: TenantState) -> None:
        opening.change_state(world.settings.database_direct_url, slug="lark", state=state, at=now())

    change(TenantState.SUSPENDED)
    yield
    change(TenantState.READY)


@pytest.mark.usefixtures("suspended")
@pytest.mark.parametrize("name", [*NAMES[1:], "team_lead"])
def test_a_suspended_client_can_be_read_and_not_changed(world: World, name: str) -> None:
    """Case 12 at every route: no page breaks, nothing changes."""
    who = world.knocker(name)
    before = world.snapshot("lark")
    machine = bool(who.bearer)
    for rule, method in rules(world.app, "GET", "POST"):
        of_client = "client" in rule.arguments or (machine and str(rule).startswith("/api/v1"))
        if not of_client or rule.endpoint in ENDS_SESSIONS:
            continue
        for address in addresses(world, rule, clients=("lark",), foreign=False):
            answer = world.ask(who, method, address, **body(who, method, address))
            check(who, method, address, answer)
            if method == "POST":
                assert answer.status_code >= 400, f"{name}: {address} {answer.status_code}"
    assert world.snapshot("lark") == before
