"""A simulated year of 50 clients: ledger = invoices = Stripe = bank, to the cent.

Here two seeds, one over two months and one over a single one, each with fifty clients and two
processes killed a month. `make chaos` has ten seeds over a month each, `MONTHS=12 make chaos`
over the year (KONTOR_CHAOS_SEEDS, KONTOR_CHAOS_MONTHS; KONTOR_CHAOS_FIRST_SEED begins elsewhere).
Numbers, positions and sums are the program's own; the invoices' files are not made, and waiting
between tries is cut short: both have tests of their own.
"""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app.adapters import stripe
from app.billing.rules.checks import findings
from config import Settings
from tests.factories import billing_book
from tests.factories.beating_door import BeatingDoor
from tests.factories.billing_year import Year
from tests.factories.billing_year_books import check
from tests.factories.bills import forget_jobs
from tests.factories.fake_stripe import KEY, FakeStripe, fake_stripe

MANY = int(os.environ.get("KONTOR_CHAOS_SEEDS", "0"))
FIRST = int(os.environ.get("KONTOR_CHAOS_FIRST_SEED", "1"))
SEEDS = range(FIRST, FIRST + (MANY or 2))
CLIENTS = 50
HERE = {1: 2, 2: 1}
"""Seed → months, without KONTOR_CHAOS_SEEDS."""


def months_of(seed: int) -> int:
    return int(os.environ.get("KONTOR_CHAOS_MONTHS", "12" if MANY else str(HERE.get(seed, 1))))


@pytest.fixture
def fake(app: Flask) -> Iterator[FakeStripe]:
    """A Stripe of this year's own."""
    before = stripe.settings()
    with fake_stripe() as made:
        stripe.configure(replace(before, secret_key=KEY, webhook_secrets=("s",), api_base=made.url))
        yield made
    stripe.configure(before)
    forget_jobs(app)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits between two tries; no files are made."""
    monkeypatch.setattr("app.adapters.stripe.client.PAUSES", (0.01, 0.01, 0.01))
    monkeypatch.setattr("stripe._http_client.HTTPClient.INITIAL_DELAY", 0.01)
    monkeypatch.setattr("stripe._http_client.HTTPClient.MAX_DELAY", 0.02)
    monkeypatch.setattr("app.billing.documents.making.files", lambda *_, **__: ())
    monkeypatch.setattr(
        "app.billing.documents.making.what_is_wrong", lambda bill: list(findings(bill))
    )


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.usefixtures("quick")
def test_a_year_of_collecting_comes_out_even(
    app: Flask,
    settings: Settings,
    fake: FakeStripe,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    print(f"seed {seed}")  # noqa: T201  to run it again
    door = BeatingDoor()
    monkeypatch.setattr("app.adapters.stripe.door", lambda: door)
    year = Year(
        app=app,
        settings=settings,
        fake=fake,
        door=door,
        seed=seed,
        clients=CLIENTS,
        months=months_of(seed),
    )
    with billing_book.leaving_no_terms(app, year.first.year):
        year.live()
        check(year)
    assert year.crashes == 2 * year.months, "a run and a worker were killed each month"
