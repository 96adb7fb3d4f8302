"""The embedded servers: whom they let in, what they leave behind, what they say."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from devtools import embedded, programs, unprivileged
from devtools.child import LOOPBACK, lock
from devtools.errors import AlreadyRunning, DevelopmentError, DidNotStart, NoProgram

ROOT = Path(__file__).parent.parent.parent
HOLD = """
import signal, sys
from pathlib import Path
from devtools import embedded
with embedded.postgres(fast=True) as server, embedded.redis(fast=True) as cache:
    print(server.server.process.pid, cache.server.process.pid, flush=True)
    signal.pause()
"""
as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root's servers run as another user")


@pytest.fixture(scope="module")
def postgres() -> Iterator[embedded.Postgres]:
    with embedded.postgres(fast=True) as server:
        yield server


@pytest.fixture(scope="module")
def redis() -> Iterator[embedded.Redis]:
    with embedded.redis(fast=True) as server:
        yield server


def test_postgres_is_18_and_asks_for_the_password(postgres: embedded.Postgres) -> None:
    with psycopg.connect(postgres.superuser_url) as connection:
        row = connection.execute(
            "select current_setting('server_version_num')::int / 10000,"
            " current_setting('listen_addresses'), current_setting('unix_socket_directories'),"
            " (select array_agg(distinct auth_method) from pg_hba_file_rules)"
        ).fetchone()
    assert row == (18, LOOPBACK, "", ["scram-sha-256"])

    wrong = postgres.url(login="postgres", password="guess", database="postgres")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_redis_asks_for_the_password(redis: embedded.Redis) -> None:
    with Redis.from_url(redis.url) as client:
        assert client.ping()
        assert client.config_get("bind") == {b"bind": LOOPBACK.encode()} or client.config_get(
            "bind"
        ) == {"bind": LOOPBACK}
    port = int(redis.url.rsplit(":", 1)[1].split("/")[0])
    with socket.create_connection((LOOPBACK, port)) as connection:
        connection.sendall(b"PING\r\n")
        assert connection.recv(100).startswith(b"-NOAUTH")


def test_no_password_stands_in_a_command_line(
    postgres: embedded.Postgres, redis: embedded.Redis
) -> None:
    secrets = [url.split(":")[2].split("@")[0] for url in (postgres.superuser_url, redis.url)]
    assert len(pids(postgres, redis)) == 2
    for pid in pids(postgres, redis):
        shown = Path(f"/proc/{pid}/cmdline").read_text() + Path(f"/proc/{pid}/environ").read_text()
        assert not any(secret in shown for secret in secrets)


def pids(*found: embedded.Postgres | embedded.Redis) -> list[int]:
    return [one.server.process.pid for one in found if one.server is not None]


@as_root
def test_root_s_servers_run_as_somebody_without_rights(
    postgres: embedded.Postgres, redis: embedded.Redis
) -> None:
    for pid in pids(postgres, redis):
        status = Path(f"/proc/{pid}/status").read_text()
        assert f"Uid:\t{unprivileged.runner().uid}\t" in status
        assert "CapEff:\t0000000000000000" in status


def test_passwords_and_data_are_private(place: Path) -> None:
    with embedded.postgres(place / "postgres", fast=True):
        assert _mode(place / "postgres/password") == 0o600
        assert _mode(place / "postgres/data") == 0o700


def test_redis_keeps_what_it_was_told(place: Path) -> None:
    with embedded.redis(place / "redis") as server, Redis.from_url(server.url) as client:
        client.set("kept", "yes")
    with embedded.redis(place / "redis") as server, Redis.from_url(server.url) as client:
        assert client.get("kept") in {b"yes", "yes"}


def test_servers_end_with_a_process_that_is_killed() -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout
        servers = [Path("/proc") / pid for pid in holder.stdout.readline().split()]
        assert all(server.exists() for server in servers)
        holder.send_signal(signal.SIGKILL)

    end = time.monotonic() + 20
    while any(server.exists() for server in servers) and time.monotonic() < end:
        time.sleep(0.02)
    assert not any(server.exists() for server in servers)


def test_scratch_folders_go_away_also_those_of_killed_runs(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(place))
    abandoned = place / f"{embedded.SCRATCH}abandoned"
    abandoned.mkdir()
    (abandoned / "lock").touch()
    os.utime(abandoned / "lock", (0, 0))
    just_made = place / f"{embedded.SCRATCH}just-made"
    just_made.mkdir()
    (just_made / "lock").touch()

    with embedded.redis(fast=True):
        assert not abandoned.exists()
        assert len(list(place.iterdir())) == 2

    assert list(place.iterdir()) == [just_made]


def test_a_folder_in_use_is_refused(place: Path) -> None:
    with lock(place / "lock", seconds=0, name="PostgreSQL"), pytest.raises(AlreadyRunning):
        lock(place / "lock", seconds=0, name="PostgreSQL")


def test_an_address_in_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KONTOR_DEV_POSTGRES_URL", "postgresql://me@db.example/postgres")
    monkeypatch.setenv("KONTOR_DEV_REDIS_URL", "redis://cache.example/0")

    with embedded.postgres() as postgres, embedded.redis() as redis:
        assert postgres == embedded.Postgres(superuser_url="postgresql://me@db.example/postgres")
        assert redis == embedded.Redis(url="redis://cache.example/0")


def test_without_a_wheel_and_a_program_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(programs, "_package", lambda name: None)
    monkeypatch.setattr(programs, "_fetched_redis", lambda: None)
    monkeypatch.setattr(programs, "_search_path", lambda: "/nowhere")
    monkeypatch.setattr(programs, "MACHINE_POSTGRES", Path("/nowhere"))

    with pytest.raises(NoProgram, match="apt-get install redis-server"):
        programs.redis_program()
    with pytest.raises(NoProgram, match="apt-get install postgresql"):
        programs.postgres_programs()


def test_the_machine_s_own_programs_are_the_second_choice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ours = programs.postgres_programs()
    (tmp_path / "redis-server").write_text("#!/bin/sh\n")
    (tmp_path / "redis-server").chmod(0o755)
    (tmp_path / "postgres").symlink_to(ours / "postgres")
    monkeypatch.setattr(programs, "_package", lambda name: None)
    monkeypatch.setattr(programs, "_fetched_redis", lambda: None)
    monkeypatch.setattr(programs, "_search_path", lambda: str(tmp_path))

    assert programs.redis_program() == tmp_path / "redis-server"
    assert programs.postgres_programs() == tmp_path


def test_little_room_is_said_before_starting(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = shutil.disk_usage(place)._replace(free=1024)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: full)

    with (
        pytest.raises(DevelopmentError, match="The disk is full: 0 MB are free"),
        embedded.postgres(place / "postgres"),
    ):
        pass


def test_a_disk_that_fills_up_is_named_from_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text('PANIC:  could not write to file "pg_wal/x": No space left on device\n')

    assert "the disk is full" in str(DidNotStart.from_log("PostgreSQL", log))


@as_root
def test_programs_out_of_reach_are_copied_once(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unprivileged, "SYSTEM_PLACES", (place / "system",))
    hidden = place / "hidden"
    (hidden / "wheel/bin").mkdir(parents=True, mode=0o700)
    (hidden / "wheel/bin/postgres").write_text("program")
    (hidden / "wheel/bin/postgres").chmod(0o700)
    hidden.chmod(0o700)

    copies = {unprivileged.reachable_copy(hidden, parts=["wheel"], version="1") for _ in range(2)}

    copy = copies.pop()
    assert not copies
    assert _mode(copy / "wheel/bin/postgres") == 0o755
    assert unprivileged.passable(copy / "wheel/bin")
    assert unprivileged.reachable_copy(hidden, parts=["wheel"], version="2") != copy


def test_each_checkout_has_data_of_its_own(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unprivileged, "SYSTEM_PLACES", (place,))
    one, other = place / "a/kontor", place / "b/kontor"
    for checkout in (one, other):
        checkout.mkdir(parents=True)

    first = unprivileged.data_home(one)

    assert unprivileged.data_home(one) == first
    assert unprivileged.data_home(other) != first
    if os.getuid() == 0:
        shutil.rmtree(one / ".kontor")
        assert unprivileged.data_home(one) != first


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
