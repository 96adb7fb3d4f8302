"""`make run`: starting, stopping, being killed, starting again."""

import json
import os
import signal
import socket
import time
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest

from tests.devtools.conftest import UP, Run, make_run


def calls(run: Run) -> list[str]:
    """The commands that the supervisor called so far, from the database they ran in."""
    facts = json.loads((run.home / "instance.json").read_text())
    with psycopg.connect(facts["DATABASE_DIRECT_URL"]) as connection:
        return [row[0] for row in connection.execute("select command from provider.calls")]


def serving(run: Run) -> int:
    """The process id of the web that answers."""
    with urlopen(f"http://127.0.0.1:{run.port}/", timeout=5) as answer:
        return int(answer.read().split()[0])


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT], ids=lambda s: s.name)
def test_starts_serves_and_stops_leaving_nothing(run: Run, with_signal: signal.Signals) -> None:
    run.start().until(UP)

    assert serving(run)
    assert f"http://127.0.0.1:{run.port}" in run.said
    assert "operator@example.com  a-password" in run.said
    assert len(run.left()) > 6

    assert run.stop(with_signal) == 0
    assert run.left() == []
    assert not (run.home / "instance.json").exists()


def test_a_second_start_is_quick_and_keeps_the_data(run: Run) -> None:
    run.start().until(UP).stop()

    began = time.monotonic()
    run.start().until(UP)

    assert time.monotonic() - began < 10
    assert "operator@example.com  a-password" in run.said
    assert calls(run) == ["migrate", "demo load", "migrate"]


def test_after_a_killed_supervisor_the_next_start_recovers(run: Run) -> None:
    run.start().until(UP)
    old = serving(run)

    run.kill()
    run.start().until(UP)

    assert serving(run) != old
    assert calls(run) == ["migrate", "demo load", "migrate"]
    assert run.stop() == 0
    assert run.left() == []


def test_a_killed_supervisor_takes_everything_with_it(run: Run) -> None:
    run.start().until(UP).kill()

    assert run.leaves_nothing()


def test_after_everything_was_killed_the_next_start_recovers(run: Run) -> None:
    run.start().until(UP)
    assert run.process
    run.process.send_signal(signal.SIGSTOP)  # or it would stop what is left in order
    for pid in run.left():
        if pid != run.process.pid:
            os.kill(pid, signal.SIGKILL)
    run.kill()
    assert (run.home / "postgres/data/postmaster.pid").exists()

    run.start().until(UP)

    assert calls(run) == ["migrate", "demo load", "migrate"]


def test_two_checkouts_side_by_side(run: Run, place: Path) -> None:
    other = make_run(place, "two")
    try:
        run.start()
        other.start().until(UP)
        run.until(UP)
        assert serving(run) != serving(other)
        assert calls(other) == ["migrate", "demo load"]
    finally:
        other.stop()


def test_the_same_checkout_twice_is_refused(run: Run) -> None:
    run.start().until(UP)
    second = Run(checkout=run.checkout, home=run.home).start()

    assert second.ends() == 1
    assert f"already: http://127.0.0.1:{run.port}" in second.said
    assert serving(run)


def test_one_that_is_just_stopping_is_waited_for(run: Run) -> None:
    run.start().until(UP)
    assert run.process
    run.process.send_signal(signal.SIGTERM)

    second = Run(checkout=run.checkout, home=run.home, port=run.port)
    try:
        run.until("Stopping")
        second.start().until(UP)
        assert run.ends() == 0
    finally:
        second.stop()


def test_a_taken_port_is_said_before_anything_is_made(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", run.port))
        taken.listen()

        assert run.start().ends() == 1

    assert f"Port {run.port} is taken" in run.said
    assert f"PORT={run.port + 10} make run" in run.said
    assert "Traceback" not in run.said
    assert not (run.home / "postgres").exists()


@pytest.mark.parametrize("port", ["http", "0", "70000"])
def test_a_port_that_is_none(run: Run, port: str) -> None:
    run.more = {"PORT": port}

    assert run.start().ends() == 1
    assert f"PORT={port} is not a port" in run.said


def test_data_of_another_version_is_left_alone(run: Run) -> None:
    run.start().until(UP).stop()
    (run.home / "postgres/data/PG_VERSION").write_text("17\n")

    assert run.start().ends() == 1

    assert "was made by PostgreSQL 17, and this is PostgreSQL 18" in run.said
    assert "make reset" in run.said
    assert run.left() == []


def test_what_crashes_is_started_again(run: Run) -> None:
    run.start().until(UP)
    worker = next(pid for pid in run.left() if b"worker.py\0relay" in _command(pid))

    os.kill(worker, signal.SIGKILL)

    run.until("relay had ended; started it again.")
    assert serving(run)


@pytest.mark.parametrize(("program", "name"), [("postgres", "PostgreSQL"), ("redis", "Redis")])
def test_a_killed_server_is_started_again_where_it_was(run: Run, program: str, name: str) -> None:
    run.start().until(UP)
    before = (run.home / "instance.json").read_text()
    server = min(pid for pid in run.left() if program.encode() in _command(pid).split(b"\0")[0])

    os.kill(server, signal.SIGKILL)

    run.until(f"{name} had ended; started it again.")
    assert serving(run)
    assert (run.home / "instance.json").read_text() == before
    assert run.stop() == 0
    assert run.left() == []


def test_what_crashes_again_and_again_ends_the_run_with_its_last_words(run: Run) -> None:
    (run.checkout / "worker.py").write_text("raise SystemExit('no such thing as a queue')\n")

    assert run.start().ends() == 1

    assert "within a minute" in run.said
    assert "no such thing as a queue" in run.said
    assert run.left() == []


def test_a_failed_migration_stops_the_start(run: Run) -> None:
    (run.checkout / "app/cli/main.py").write_text(
        "import sys\ndef main():\n    sys.exit('the column is in use')\n"
    )

    assert run.start().ends() == 1

    assert "`kontor migrate` failed" in run.said
    assert "the column is in use" in run.said
    assert run.left() == []


def test_stopping_in_the_middle_of_the_first_start(run: Run) -> None:
    (run.checkout / "app/cli/main.py").write_text(
        "import signal\ndef main():\n    signal.pause()\n"
    )
    run.start().until("Migrating")

    assert run.stop() == 0
    assert run.left() == []


@pytest.mark.parametrize("end", ["asked", "killed"])
def test_half_a_demo_is_thrown_away(run: Run, end: str) -> None:
    whole = (run.checkout / "app/cli/main.py").read_text()
    (run.checkout / "app/cli/main.py").write_text(
        whole.replace("def main", "import signal\n\ndef main").replace(
            "    if sys.argv", "    'load' in sys.argv and signal.pause()\n    if sys.argv"
        )
    )
    run.start().until("Loading the demo")
    if end == "asked":
        assert run.stop() == 0
    else:
        run.kill()
    (run.checkout / "app/cli/main.py").write_text(whole)

    run.start().until(UP)

    assert "starting afresh" in run.said
    assert "operator@example.com  a-password" in run.said
    assert calls(run) == ["migrate", "demo load"]
    run.stop()

    assert "starting afresh" not in run.start().until(UP).said


def test_reset_throws_away_and_the_next_start_is_fresh(run: Run) -> None:
    run.start().until(UP)
    other = Run(checkout=run.checkout, home=run.home, port=run.port)
    running = other.start(module="devtools.reset").ends(), other.said
    assert running[0] == 1
    assert "Stop that one with Ctrl-C first" in running[1]
    assert run.stop() == 0

    assert run.start(module="devtools.reset").ends() == 0
    assert not run.home.exists()

    run.start().until(UP)
    assert calls(run) == ["migrate", "demo load"]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
