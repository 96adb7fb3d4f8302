"""A child with limits: it answers, or it dies alone."""

import io
import os
import resource
import sys
import time

import pytest

from app.kernel import sandbox
from app.kernel.sandbox import Failure, run_limited

HERE = "tests.app.kernel.test_sandbox"


def shout(payload: bytes) -> bytes:
    return payload.upper()


def surroundings(_: bytes) -> bytes:
    """What the child can see of the world: environment and open files."""
    return repr((sorted(os.environ), resource.getrlimit(resource.RLIMIT_CORE))).encode()


def greedy(_: bytes) -> bytes:
    return bytes(4 * 1024 * 1024 * 1024)


def busy(_: bytes) -> bytes:
    while True:
        pass


def asleep(_: bytes) -> bytes:
    time.sleep(60)
    return b""


def faulty(_: bytes) -> bytes:
    raise ValueError


def gone(_: bytes) -> bytes:
    os.abort()


def talkative(_: bytes) -> bytes:
    for _number in range(sandbox.MAX_OUTPUT_BYTES // 1024 // 1024 + 2):
        sys.stdout.buffer.write(bytes(1024 * 1024))
    return b""


def counting(payload: bytes) -> bytes:
    for _number in sandbox.counted(range(int(payload))):
        time.sleep(0.02)
    return b"done"


def run(function: str, payload: bytes = b"", *, seconds: float = 20) -> sandbox.Outcome:
    return run_limited(f"{HERE}:{function}", payload, seconds=seconds, megabytes=512)


def test_it_answers() -> None:
    assert run("shout", b"abc" * 100_000).output == b"ABC" * 100_000


def test_it_inherits_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "very secret")
    output = run("surroundings").output.decode()
    assert "SECRET_KEY" not in output
    assert "DATABASE_URL" not in output
    assert "(0, 0)" in output


@pytest.mark.parametrize(
    ("function", "failure"),
    [
        ("greedy", Failure.MEMORY),
        ("faulty", Failure.CRASH),
        ("gone", Failure.CRASH),
        ("talkative", Failure.CRASH),
        ("there_is_no_such_function", Failure.CRASH),
    ],
)
def test_it_dies_alone(function: str, failure: Failure) -> None:
    outcome = run(function)
    assert outcome.failure is failure
    assert outcome.output == b""


@pytest.mark.parametrize("function", ["busy", "asleep"])
def test_its_time_ends(function: str) -> None:
    started = time.monotonic()
    assert run(function, seconds=0.5).failure is Failure.TIME
    assert time.monotonic() - started < 10


class Standard:
    """Stands for a stream with a binary buffer."""

    def __init__(self, content: bytes = b"") -> None:
        self.buffer = io.BytesIO(content)


@pytest.mark.parametrize(
    ("function", "code"),
    [("shout", 0), ("greedy_on_paper", sandbox.OUT_OF_MEMORY), ("faulty", sandbox.RAISED)],
)
def test_what_the_child_does(monkeypatch: pytest.MonkeyPatch, function: str, code: int) -> None:
    limits: list[tuple[int, int]] = []
    monkeypatch.setattr(sandbox, "_limit", lambda *both: limits.append(both))
    monkeypatch.setattr(sandbox.sys, "stdin", Standard(b"abc"))
    out = Standard()
    monkeypatch.setattr(sandbox.sys, "stdout", out)
    assert sandbox.main([f"{HERE}:{function}", "5", "512"]) == code
    assert limits == [(5, 512)]
    assert out.buffer.getvalue() == (b"ABC" if code == 0 else b"")


def greedy_on_paper(_: bytes) -> bytes:
    raise MemoryError


def test_limits_never_exceed_what_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    set_to: dict[int, int] = {}
    allowed = {resource.RLIMIT_AS: 1000, resource.RLIMIT_CPU: resource.RLIM_INFINITY}
    monkeypatch.setattr(
        sandbox.resource, "getrlimit", lambda kind: (0, allowed.get(kind, resource.RLIM_INFINITY))
    )
    monkeypatch.setattr(
        sandbox.resource, "setrlimit", lambda kind, both: set_to.__setitem__(kind, both[1])
    )
    sandbox._limit(7, 512)  # noqa: SLF001 (it must not bind this process)
    assert set_to[resource.RLIMIT_AS] == 1000
    assert set_to[resource.RLIMIT_CPU] == 7


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (0, None),
        (None, Failure.TIME),
        (-24, Failure.TIME),
        (-9, Failure.MEMORY),
        (1, Failure.CRASH),
    ],
)
def test_exit_codes(code: int | None, failure: Failure | None) -> None:
    assert sandbox._failure_of(code) is failure  # noqa: SLF001 (no child ends like that at will)


def test_it_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "LOOK_SECONDS", 0.05)
    told: list[tuple[int, int]] = []
    with sandbox.watched(lambda done, of: told.append((done, of))):
        assert run("counting", b"100").output == b"done"
    assert told == sorted(set(told))
    assert len(told) > 2
    assert all(0 <= done < of == 100 for done, of in told)


def test_a_watcher_that_gives_up_ends_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "LOOK_SECONDS", 0.05)

    def give_up(_: int, __: int) -> None:
        raise KeyboardInterrupt

    started = time.monotonic()
    with sandbox.watched(give_up), pytest.raises(KeyboardInterrupt):
        run("counting", b"3000")
    assert time.monotonic() - started < 30


def test_what_runs_beside_is_heard_too_but_seldom() -> None:
    told: list[int] = []
    with sandbox.watched(lambda done, _: told.append(done)):
        assert list(sandbox.counted(range(5000))) == list(range(5000))
    assert told == [0]
    sandbox.progress(1, 2)
    assert told == [0]
