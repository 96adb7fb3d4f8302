"""List, item page, searches and Get next at 10,000 and 100,000 open items of 1,000 clients.

With one user and with eight at once, beside a bare page served and asked the same way. Four of the
clients are real, with schemas and items of their own; the others are rows of the register and of
the index, as everything that the desk reads over all clients is.
"""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date
from html import unescape
from http.client import HTTPConnection
from statistics import median
from time import perf_counter
from urllib.parse import urlencode

from flask import Flask

from app.clients import actions as clients
from app.factory import create_app
from app.identity import queries as people
from app.identity.permissions import CLIENT_PERMISSIONS, ClientRole, StaffRole
from app.kernel.actor import SYSTEM, Actor, Side
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.staffing import actions as staffing
from app.work.actions import orders
from app.work.actions.orders import Order
from benchmarks.desk_list import FILL, VALUES, served, sign_in
from benchmarks.installation import Installation
from benchmarks.measure import Figure, Size, at_most
from config import Settings
from devtools.child import LOOPBACK
from tenants import opening
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.driver import connect
from tenants.scope import tenant_scope

REAL = 4
CLIENTS = 1000
USERS = 8
FLAT = 1.5
"""So much slower may a page be at most with ten times the items."""
_CSRF = re.compile(r'<meta name="csrf-token" content="([^"]+)">')
_REGISTER = f"""
insert into provider.tenant (slug, code, name, state, cell_id, locale, zone, trade, guidance,
                             colour, schema_version, created_at)
select 'page-' || n, 'PG' || chr(65 + n / 676) || chr(65 + n / 26 % 26) || chr(65 + n % 26),
       'Client ' || n, 'ready', 1, 'de', 'Europe/Berlin', '', '', n % 8, 'none', now()
from generate_series(0, {CLIENTS - REAL} - 1) n
"""
_FIND = """
insert into provider.search_entry (tenant_id, kind, subject_id, item_id, number, title, body,
                                   internal, at, vector)
select tenant_id, 'item', item_id, item_id, number, title, '', false, received_at,
       to_tsvector('german', title || ' ort' || substr(md5(number), 1, 3))
       || to_tsvector('simple',
                      replace(lower(number), '-', '') || ' ' || split_part(number, '-', 2))
from provider.work_index where number like 'PG%'
"""

Ask = Callable[[HTTPConnection], None]


def run(installation: Installation, size: Size) -> list[Figure]:
    """First a tenth of the items, then all of them."""
    app = create_app(Settings.from_mapping(installation.environment))
    refs = _real_clients(app, installation, items=size.pages_takes)
    cookies = [
        sign_in(installation, name="lead"),
        sign_in(installation, role=StaffRole.OPERATOR, name="clerk"),
    ]
    _serve_some(app, refs)
    with ExitStack() as stack:
        desk = stack.enter_context(served("wsgi:app", installation))
        bare = stack.enter_context(served("benchmarks.bare_page:app", installation))
        small = _measure(installation, size, size.items // 10, (desk, bare), cookies, refs)
        large = _measure(installation, size, size.items, (desk, bare), cookies, refs)
    return _figures(small, large, size)


Costs = dict[tuple[str, int], list[float]]


def _measure(
    installation: Installation,
    size: Size,
    items: int,
    ports: tuple[int, int],
    cookies: list[str],
    refs: list[TenantRef],
) -> Costs:
    """What each page costs, by name and number of users."""
    _fill(installation, items)
    desk, bare = ports
    lead = cookies[0]
    pages = {
        "bare page": (bare, _get("/", "")),
        "list": (desk, _get("/desk/?view=open", lead)),
        "item page": (desk, _get(_an_item(installation, refs[0]), lead)),
        "list by words": (desk, _get("/desk/?view=open&q=Supplier+4711", lead)),
        "palette": (desk, _get("/desk/palette?q=Supplier+4711", lead)),
        "search": (desk, _get("/desk/search?q=ortabc", lead)),
        "get next": (desk, _post_next(desk, cookies[1])),
    }
    costs: Costs = {}
    for users in (1, USERS):
        for name, (port, ask) in pages.items():
            times = size.pages_requests if name != "get next" else size.pages_takes // 8
            costs[name, users] = _ask(port, ask, users=users, times=times)
    return costs


def _ask(port: int, ask: Ask, *, users: int, times: int) -> list[float]:
    """So many requests by so many users at once; milliseconds of each."""

    def one_user(_: int) -> list[float]:
        http = HTTPConnection(LOOPBACK, port, timeout=60)
        found = []
        for turn in range(max(times // users, 5)):
            start = perf_counter()
            ask(http)
            if turn > 1:
                found.append((perf_counter() - start) * 1000)
        http.close()
        return found

    with ThreadPoolExecutor(users) as pool:
        return [cost for costs in pool.map(one_user, range(users)) for cost in costs]


def _get(path: str, cookie: str) -> Ask:
    def ask(http: HTTPConnection) -> None:
        http.request("GET", path, headers={"Cookie": cookie, "Accept-Language": "en"})
        answer = http.getresponse()
        answer.read()
        assert answer.status == 200, f"{path}: {answer.status}"

    return ask


def _post_next(port: int, cookie: str) -> Ask:
    """One press of Get next; each gives an item."""
    http = HTTPConnection(LOOPBACK, port, timeout=60)
    http.request("GET", "/account/", headers={"Cookie": cookie})
    answer = http.getresponse()
    token = unescape(_CSRF.findall(answer.read().decode())[0])
    for given in answer.headers.get_all("Set-Cookie", []):
        if given.startswith(cookie.partition("=")[0]):
            cookie = given.partition(";")[0]
    http.close()
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}

    def ask(http: HTTPConnection) -> None:
        http.request("POST", "/desk/next", body=urlencode({"csrf_token": token}), headers=headers)
        answer = http.getresponse()
        answer.read()
        assert "/items/" in answer.headers["Location"], "nothing is left to take"

    return ask


def _figures(small: Costs, large: Costs, size: Size) -> list[Figure]:
    made = []
    for name, users in large:
        if name == "bare page":
            continue
        costs, bare = large[name, users], large["bare page", users]
        label = f"{name}, {users} user{'s' if users > 1 else ''}"
        made.append(_ratio(f"{label}, p50", median(costs), median(bare)))
        made.append(_ratio(f"{label}, p95", _p95(costs), _p95(bare)))
        if users == 1:
            few = median(small[name, users])
            made.append(
                at_most(
                    f"{name}: {size.items} items", value=median(costs), unit="ms",
                    of=(f"{size.items // 10} items", few), gate=FLAT,
                )
            )  # fmt: skip
    return made


def _ratio(name: str, value: float, baseline: float) -> Figure:
    return Figure(name=name, value=value, unit="ms", baseline=baseline, baseline_name="bare page")


def _p95(costs: list[float]) -> float:
    return sorted(costs)[int(len(costs) * 0.95)]


def _real_clients(app: Flask, installation: Installation, *, items: int) -> list[TenantRef]:
    """With contracts and work to take."""
    requester = Actor(
        id=new_id(),
        name="x",
        side=Side.CLIENT,
        permissions=CLIENT_PERMISSIONS[ClientRole.REQUESTER],
    )
    order = Order(
        service_key="general_request",
        type_key="request",
        payload={"subject": "Chairs", "description": "Eight, please."},
    )
    refs = []
    for number in range(REAL):
        ref = opening.open_client(
            installation.owner_url,
            slug=f"real-{number}",
            code=f"REAL{chr(65 + number)}",
            name=f"Real {number}",
            at=now(),
        )
        with app.app_context(), transaction():
            clients.agree(
                actor=SYSTEM,
                tenant_id=ref.id,
                number=f"P-{number}",
                valid_from=date(2020, 1, 1),
                services={"general_request": {}},
            )
        with app.app_context(), tenant_scope(ref), transaction():
            for _ in range(items // REAL + 1):
                orders.open_items(actor=requester, order=order)
        refs.append(ref)
    return refs


def _serve_some(app: Flask, refs: list[TenantRef]) -> None:
    """The clerk serves four of the thousand clients: the worst case of Get next."""
    with app.app_context():
        with transaction():
            account = people.account_by_email("clerk@example.com")
            assert account is not None
            staffing.set_clients(
                actor=SYSTEM, account_id=account.id, tenant_ids=[ref.id for ref in refs]
            )
        for engine in db.engines.values():
            engine.dispose()


def _fill(installation: Installation, items: int) -> None:
    """So many open items of clients that nobody opens, in place of those before."""
    with connect(installation.owner_url, autocommit=True) as connection:
        if not connection.execute("select 1 from provider.tenant where slug = 'page-0'").fetchone():
            connection.execute(_REGISTER.encode())
        ours = "select id from provider.tenant where slug like 'real-%'"
        for table in ("work_index", "search_entry"):
            connection.execute(
                f"delete from provider.{table} where tenant_id not in ({ours})".encode()
            )
        connection.execute(
            FILL.format(
                columns=", ".join(VALUES),
                values=", ".join(VALUES.values()),
                items=items,
                clients=CLIENTS - REAL,
                slugs="page-%",
            ).encode()
        )
        connection.execute(_FIND.encode())
        for table in ("work_index", "search_entry"):
            connection.execute(f"vacuum analyze provider.{table}".encode())


def _an_item(installation: Installation, ref: TenantRef) -> str:
    with connect(installation.owner_url) as connection:
        row = connection.execute(
            "select item_id from provider.work_index where tenant_id = %s limit 1", (ref.id,)
        ).fetchone()
    assert row is not None
    return f"/desk/c/{ref.slug}/items/{row[0]}"
