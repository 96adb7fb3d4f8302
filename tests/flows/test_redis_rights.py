"""The rights in Redis that deploy/ gives Kontor are enough for it, and for nothing else."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from limits import parse
from limits.storage import RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis import Redis
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError

from devtools.child import free_port
from devtools.programs import redis_program
from tests.conftest import ROOT
from tests.factories.mortal import World
from tests.factories.waiting import until

PASSWORD = "only-for-this-test"


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[int]:
    """The port of a Redis that knows only the users of deploy/redis-users.acl."""
    rules = (ROOT / "deploy" / "redis-users.acl").read_text()
    (tmp_path / "users.acl").write_text(rules.replace("CHANGE-ME", PASSWORD))
    port = free_port()
    process = subprocess.Popen(
        [redis_program(), "--port", str(port), "--bind", "127.0.0.1", "--save", "",
         "--aclfile", str(tmp_path / "users.acl")],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until(lambda: _answers(port), what="Redis")
        yield port
    finally:
        process.kill()
        process.wait()


def _url(port: int) -> str:
    return f"redis://kontor:{PASSWORD}@127.0.0.1:{port}/0"


def _answers(port: int) -> bool:
    with Redis.from_url(_url(port)) as connection:
        try:
            return bool(connection.ping())
        except RedisError:
            return False


def test_relay_and_worker_need_no_more(world: World, guarded: int) -> None:
    world.environment["REDIS_URL"] = _url(guarded)
    world.enqueue("test.effect", "a", "b")
    world.start("relay")
    world.start("worker")
    world.wait_until_done()
    assert world.effects() == ["a", "b"]
    counted = FixedWindowRateLimiter(RedisStorage(_url(guarded)))
    assert counted.hit(parse("1/minute"), "kontor"), "rate limits count by scripts of their own"
    assert "NOPERM" not in world.log("worker") + world.log("relay")


def test_nothing_else_is_allowed(guarded: int) -> None:
    with Redis.from_url(_url(guarded)) as connection:
        for command in (
            ("FLUSHALL",),
            ("CONFIG", "GET", "*"),
            ("KEYS", "*"),
            ("SET", "other", "1"),
            ("ACL", "LIST"),
        ):
            with pytest.raises(NoPermissionError):
                connection.execute_command(*command)
    with Redis(port=guarded) as stranger, pytest.raises(AuthenticationError):
        stranger.ping()
