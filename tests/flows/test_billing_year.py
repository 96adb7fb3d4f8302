"""A simulated year of collecting: ledger = invoices = Stripe = bank, to the cent.

Two seeds here, short; KONTOR_CHAOS_SEEDS=10 runs more, each over twelve months.
"""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app.adapters import stripe
from config import Settings
from tests.factories.billing_year import Year
from tests.factories.bills import forget_jobs
from tests.factories.fake_stripe import KEY, FakeStripe, fake_stripe

MANY = int(os.environ.get("KONTOR_CHAOS_SEEDS", "0"))
SEEDS = range(1, (MANY or 2) + 1)


@pytest.fixture
def fake(app: Flask) -> Iterator[FakeStripe]:
    """A Stripe of this year's own."""
    before = stripe.settings()
    with fake_stripe() as made:
        stripe.configure(replace(before, secret_key=KEY, webhook_secrets=("s",), api_base=made.url))
        yield made
    stripe.configure(before)
    forget_jobs(app)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_year_of_collecting_comes_out_even(
    app: Flask, settings: Settings, fake: FakeStripe, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr("app.adapters.stripe.client.PAUSES", (0.01, 0.01, 0.01))
    print(f"seed {seed}")  # noqa: T201  to run it again
    year = Year(
        app=app, settings=settings, fake=fake, seed=seed,
        clients=8 if MANY else 3, months=12 if MANY else 3,
    )  # fmt: skip
    year.live()
    year.check()
