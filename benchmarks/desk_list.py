"""The desk's list, 25 rows of many open items over many clients, signed in, behind gunicorn."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from statistics import median
from time import monotonic, sleep

from app.factory import create_app
from app.identity import accounts, sessions, staff
from app.identity.permissions import StaffRole
from app.web.session import _TOKEN
from benchmarks.installation import Installation
from benchmarks.measure import Figure, Size, at_most, milliseconds
from config import ROOT, Settings
from devtools.child import LOOPBACK, free_port
from tenants.db import db, transaction
from tenants.driver import connect

_REGISTER = """
insert into provider.tenant (slug, code, name, state, cell_id, locale, zone, trade, guidance,
                             colour, schema_version, created_at)
select 'desk-' || n, 'DESK' || chr(65 + n / 26) || chr(65 + n % 26), 'Client ' || n, 'ready', 1,
       'de', 'Europe/Berlin', '', '', n % 8, 'none', now()
from generate_series(0, {clients} - 1) n
"""
FILL = """
insert into provider.work_index ({columns})
select {values}
from generate_series(1, {items}) n
join (select id, code, row_number() over (order by id) - 1 as place
      from provider.tenant where slug like '{slugs}') c on c.place = n % {clients}
"""
VALUES = {
    "tenant_id": "c.id",
    "item_id": "gen_random_uuid()",
    "number": "c.code || '-' || n",
    "service_key": "case when n % 3 = 0 then 'general_request' else 'accounts_payable' end",
    "type_key": "case when n % 3 = 0 then 'request' else 'supplier_invoice' end",
    "title": "'Invoice of supplier ' || n",
    "status": "case n % 4 when 0 then 'new' when 1 then 'review' else 'in_progress' end",
    "priority": "2",
    "assignee_name": "''",
    "received_at": "now() - n * interval '1 second'",
    "due_at": "now() + (n * 7919 % 1000000) * interval '1 second'",
    "urgent_at": "now() + (n * 7919 % 1000000) * interval '1 second'",
    "is_open": "true",
    "worker_ids": "'[]'",
    "version": "1",
}


def run(installation: Installation, size: Size) -> list[Figure]:
    """Both pages in turn, so that they see the same machine."""
    _fill(installation, size)
    cookie = sign_in(installation)
    with ExitStack() as stack:
        desk = stack.enter_context(served("wsgi:app", installation))
        bare = stack.enter_context(served("benchmarks.bare_page:app", installation))
        costs: dict[str, list[float]] = {"desk": [], "bare": []}
        for turn in range(size.requests + 20):
            for name, port, path in (("desk", desk, "/desk/?view=open"), ("bare", bare, "/")):
                cost = milliseconds(lambda port=port, path=path: get(port, path, cookie))
                if turn >= 20:
                    costs[name].append(cost)
        whole = get(desk, "/desk/?view=open", cookie)
        assert whole.count(b"DESK") >= 25, "the list is not there"
    _clear(installation)
    return [
        at_most(
            f"the desk's list, 25 of {size.items} items, p50",
            value=median(costs["desk"]),
            unit="ms",
            of=("bare page", median(costs["bare"])),
            gate=3,
        ),
        Figure(
            name="the same, p95",
            value=sorted(costs["desk"])[int(len(costs["desk"]) * 0.95)],
            unit="ms",
            baseline=sorted(costs["bare"])[int(len(costs["bare"]) * 0.95)],
            baseline_name="bare page",
        ),
    ]


def _fill(installation: Installation, size: Size) -> None:
    with connect(installation.owner_url, autocommit=True) as connection:
        connection.execute(_REGISTER.format(clients=size.list_clients).encode())
        connection.execute(
            FILL.format(
                columns=", ".join(VALUES),
                values=", ".join(VALUES.values()),
                items=size.items,
                clients=size.list_clients,
                slugs="desk-%",
            ).encode()
        )
        connection.execute("vacuum analyze provider.work_index")


def _clear(installation: Installation) -> None:
    """These clients have no schema: who presses Get next after this must not be sent there."""
    with connect(installation.owner_url, autocommit=True) as connection:
        mine = b"select id from provider.tenant where slug like 'desk-%'"
        connection.execute(b"delete from provider.work_index where tenant_id in (%b)" % mine)
        connection.execute(b"delete from provider.tenant where slug like 'desk-%'")


def sign_in(
    installation: Installation, *, role: StaffRole = StaffRole.TEAM_LEAD, name: str = "bench"
) -> str:
    app = create_app(Settings.from_mapping(installation.environment))
    with app.app_context():
        with transaction():
            account_id = accounts.create(
                email=f"{name}@example.com", name="Bea", password="kran-wolke-siebzehn", locale="en"
            )
            staff.give_roles(account_id=account_id, roles=frozenset({role}))
            token = sessions.open_session(account_id=account_id, browser=sessions.NOWHERE)
        for engine in db.engines.values():
            engine.dispose()
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps({_TOKEN: token})}"


@contextmanager
def served(target: str, installation: Installation) -> Iterator[int]:
    """The same gunicorn for both: one process, four threads."""
    port = free_port()
    log = (installation.folder / f"{target.partition(':')[0]}.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", target, "--bind", f"{LOOPBACK}:{port}",
         "--worker-class", "gthread", "--threads", "4", "--no-control-socket"],
        cwd=ROOT, env=os.environ | installation.environment, stdout=log, stderr=log,
    )  # fmt: skip
    try:
        _wait(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    end = monotonic() + 60
    while True:
        try:
            get(port, "/", "")
        except OSError:
            if process.poll() is not None or monotonic() > end:
                raise
            sleep(0.05)
        else:
            return


def get(port: int, path: str, cookie: str) -> bytes:
    connection = HTTPConnection(LOOPBACK, port, timeout=30)
    connection.request("GET", path, headers={"Cookie": cookie, "Accept-Language": "en"})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    if cookie and answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status} {answer.headers.get('Location', '')}")
    return content
