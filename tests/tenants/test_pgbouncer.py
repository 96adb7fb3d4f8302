"""TENANCY's case 7: the same through PgBouncer in transaction mode, the real one."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic, sleep
from urllib.parse import urlsplit

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from devtools.child import LOOPBACK, free_port
from tenants.context import TenantRef
from tenants.db import db, tenant_engine, transaction
from tenants.driver import plain
from tenants.registry import by_slug
from tenants.scope import tenant_scope
from tests.conftest import PASSWORD
from tests.tenants.conftest import House
from tests.tenants.test_isolation import draft

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
CONFIGURATION = """
[databases]
* = host={host} port={server_port}
[pgbouncer]
listen_addr = {host}
listen_port = {port}
unix_socket_dir =
auth_type = plain
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = 3
server_lifetime = 300
ignore_startup_parameters = extra_float_digits
"""

pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="pgbouncer is not installed (Debian: apt-get install pgbouncer)"
)


@pytest.fixture
def bouncer(house: House) -> Iterator[int]:
    """The port of a PgBouncer before this installation; it refuses to run as root."""
    folder = Path(mkdtemp(prefix="kontor-pgbouncer-"))
    port = free_port()
    server = urlsplit(plain(house.settings.database_url)).port
    (folder / "users").write_text(
        "".join(f'"{name}" "{PASSWORD}"\n' for name in ("kontor_provider", "kontor_tenant_0"))
    )
    (folder / "ini").write_text(
        CONFIGURATION.format(host=LOOPBACK, server_port=server, port=port, folder=folder)
    )
    identity = {}
    if os.getuid() == 0:
        nobody = pwd.getpwnam("nobody")
        for path in (folder, *folder.iterdir()):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    process = subprocess.Popen(
        [str(PROGRAM), str(folder / "ini")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        **identity,  # type: ignore[call-overload]
    )
    try:
        wait_until_it_answers(port)
        yield port
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder)


def wait_until_it_answers(port: int) -> None:
    end = monotonic() + 20
    while True:
        try:
            psycopg.connect(
                host=LOOPBACK,
                port=port,
                user="kontor_provider",
                password=PASSWORD,
                dbname="kontor_second",
            ).close()
        except psycopg.OperationalError:
            assert monotonic() < end, "PgBouncer does not answer"
            sleep(0.02)
        else:
            return


def through(house: House, port: int) -> Flask:
    """The installation's application, whose addresses lead through PgBouncer."""

    def moved(url: str) -> str:
        return url.replace(f":{urlsplit(plain(url)).port}/", f":{port}/")

    settings = replace(
        house.settings,
        database_url=moved(house.settings.database_url),
        tenant_database_url=moved(house.settings.tenant_database_url),
    )
    return replace(house, settings=settings).flask()


def test_the_client_is_right_in_every_transaction(house: House, bouncer: int) -> None:
    """400 scopes on 8 threads, 3 server connections: the right client, and nothing stays."""
    for slug in ("acme", "bolt"):
        house.open(slug)
    small = through(house, bouncer)
    with small.app_context():
        refs = [by_slug("acme"), by_slug("bolt")]
        for ref in refs:
            with tenant_scope(ref), transaction():
                db.session.add(draft(ref.slug))

    def visit(turn: int) -> tuple[str, str, str, int]:
        ref = refs[turn % 2]
        with small.app_context(), tenant_scope(ref):
            with transaction():
                who = str(db.session.scalar(text("select current_user")))
                path = str(db.session.scalar(text("select current_schema()")))
                note = str(db.session.scalar(text("select payload->>'note' from draft")))
                server = int(db.session.scalar(text("select pg_backend_pid()")) or 0)
            assert (who, path) == (ref.role, ref.schema)
            return ref.slug, note, who, server

    with ThreadPoolExecutor(8) as pool:
        visits = list(pool.map(visit, range(400)))
    assert all(slug == note for slug, note, _, _ in visits)
    servers: dict[int, set[str]] = {}
    for _, _, who, server in visits:
        servers.setdefault(server, set()).add(who)
    assert any(len(who) == 2 for who in servers.values()), "no connection served both clients"
    nothing_stays(small, refs[0])


def nothing_stays(small: Flask, ref: TenantRef) -> None:
    with small.app_context():
        for _ in range(10):
            with tenant_engine(ref).connect() as connection:
                left = connection.execute(
                    text("select current_user, current_setting('search_path')")
                ).one()
                assert left[0] == "kontor_tenant_0"
                assert "t_" not in left[1]
        for engine in db.engines.values():
            engine.dispose()
