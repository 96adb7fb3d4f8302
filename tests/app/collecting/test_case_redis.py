"""Case 18: Redis is killed when an event was taken and its ticket handed over; nothing is lost."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import stripe as sdk
from flask import Flask
from redis import Redis

from app.adapters import stripe
from app.collecting import inbox
from app.kernel.clock import freeze, now
from config import Settings
from devtools import embedded
from tenants import migrations
from tenants.db import transaction
from tenants.driver import connect
from tests.app.collecting.conftest import SECRET
from tests.app.collecting.test_cases_events import event_of, paid, post
from tests.conftest import ROOT, another_app, make_settings
from tests.factories.bare_house import environment, number_apart
from tests.factories.bills import Firm, a_firm
from tests.factories.fake_stripe import KEY, FakeStripe
from tests.factories.mortal import MortalRedis
from tests.factories.waiting import until

DATABASE = "kontor_without_redis"


@dataclass(slots=True, kw_only=True)
class House:
    """A whole Kontor of its own (its relay takes no jobs of other tests), with a mortal Redis."""

    app: Flask
    settings: Settings
    environment: dict[str, str]
    redis: MortalRedis
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *part: str) -> None:
        with (Path(self.settings.data_dir) / f"{part[0]}.log").open("ab") as log:
            self.started.append(
                subprocess.Popen(
                    [sys.executable, "worker.py", *part], cwd=ROOT, env=self.environment,
                    stdout=log, stderr=log,
                )
            )  # fmt: skip

    def stop(self) -> None:
        for process in self.started:
            process.kill()
            process.wait()

    def sql(self, statement: str) -> list[Any]:
        with connect(self.settings.database_direct_url) as connection:
            return list(connection.execute(statement.encode()))

    def jobs(self) -> list[tuple[str, int]]:
        """The jobs of events that are not done, by state."""
        return self.sql(
            f"select state, count(*) from provider.job where kind = '{inbox.APPLY}'"
            " and state <> 'done' group by 1 order by 1"
        )

    def tickets(self) -> int:
        """How many Redis holds for the workers that speak to Stripe."""
        connection = Redis.from_url(self.redis.url)
        try:
            return int(connection.llen("rq:queue:kontor-external"))
        finally:
            connection.close()


@pytest.fixture
def house(
    servers: tuple[embedded.Postgres, embedded.Redis], settings: Settings, fake: FakeStripe,
    tmp_path: Path,
) -> Iterator[House]:  # fmt: skip
    own = make_settings(servers, DATABASE, str(tmp_path))
    migrations.upgrade_provider(own.database_direct_url)
    with connect(own.database_direct_url) as connection:
        number_apart(connection)
    redis = MortalRedis()
    values = environment(
        servers[0].superuser_url, redis.url, database=DATABASE, data_dir=tmp_path
    ) | {
        "SECRET_KEY": own.secret_key, "STRIPE_SECRET_KEY": KEY,
        "STRIPE_WEBHOOK_SECRETS": SECRET, "STRIPE_API_BASE": fake.url,
    }  # fmt: skip
    collects = stripe.settings()
    with ExitStack() as stack:
        stack.callback(redis.kill)
        app = stack.enter_context(another_app(replace(own, redis_url=redis.url), back=settings))
        stripe.configure(collects)
        made = House(app=app, settings=own, environment=values, redis=redis)
        stack.callback(made.stop)
        yield made


def test_case_18_redis_down_after_the_event_was_taken(
    house: House, fake: FakeStripe, sdk_client: sdk.StripeClient
) -> None:
    house.start("relay")
    firm = a_firm(house.app, house.settings)
    (first, told), (second, told_later) = (
        _paid(firm, fake, sdk_client),
        _paid(firm, fake, sdk_client),
    )
    assert post(house.app, told) == 200
    until(lambda: house.tickets() == 1, what="the ticket of the first event")
    house.redis.kill()  # it keeps nothing on disk: the ticket is gone
    assert post(house.app, told_later) == 200, "Redis is never asked when an event is taken"
    assert house.jobs() == [("enqueued", 1), ("pending", 1)]
    with freeze(now() + timedelta(minutes=3)), house.app.app_context(), transaction():
        assert inbox.sweep() == 2
    assert sum(count for _, count in house.jobs()) == 2, "what has its job is given no second one"

    house.redis.start()  # empty: the relay may have filled it again at once
    house.start("worker", "--queue", "external")
    until(lambda: house.jobs() == [], what="both events applied", patience=90)
    assert [firm.payments(key) for key in (first, second)] == [[11_900], [11_900]]


def _paid(firm: Firm, fake: FakeStripe, client: sdk.StripeClient) -> tuple[Any, str]:
    """An invoice that was paid at Stripe, and what Stripe tells of it."""
    key, theirs = paid(firm, fake)
    return key, json.dumps(event_of(client, theirs, "invoice.paid"))
