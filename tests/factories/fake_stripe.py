"""The fake Stripe as a process of its own, its switches, and the real SDK that talks to it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import stripe

from tests.conftest import ROOT

KEY = "sk_test_only_for_tests"
CARD, CARD_DECLINED, CARD_DISPUTED = "4242424242424242", "4000000000000341", "4000000000000259"
IBAN, IBAN_FAILS, IBAN_DISPUTED = (
    "DE89370400440532013000",
    "DE62370400440532013001",
    "DE35370400440532013002",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeStripe:
    """A running fake."""

    url: str
    process: subprocess.Popen[str]

    def client(self, *, timeout: float = 5) -> stripe.StripeClient:
        return stripe.StripeClient(
            KEY, base_addresses={"api": self.url}, max_network_retries=2,
            http_client=stripe.RequestsClient(timeout=timeout),
        )  # fmt: skip

    def do(self, switch: str, **values: Any) -> Any:
        """Turn one of its switches."""
        asked = Request(  # noqa: S310  http only
            f"{self.url}/_fake/{switch}", json.dumps(values).encode(),
            {"Content-Type": "application/json"},
        )  # fmt: skip
        with urlopen(asked, timeout=10) as answer:  # noqa: S310  http only
            return json.load(answer)

    def fault(self, match: str, kind: str, *, times: int = 1, seconds: float = 30) -> None:
        self.do("faults", match=match, kind=kind, times=times, seconds=seconds)

    def later(self, **span: float) -> None:
        """Let its clock go on by weeks, days, hours …"""
        from datetime import timedelta

        self.do("clock", seconds=timedelta(**span).total_seconds())

    def waiting(self) -> int:
        """How many events are on their way to the webhook."""
        with urlopen(f"{self.url}/_fake/health", timeout=10) as answer:  # noqa: S310  http only
            return int(json.load(answer)["waiting"])


@contextmanager
def fake_stripe(
    *, snapshot: Path | None = None, webhook: str = "", secrets: tuple[str, ...] = ()
) -> Iterator[FakeStripe]:
    """Start it on a free port, stop it at the end."""
    command = [sys.executable, "-m", "devtools.fakestripe.main", "--port", "0"]
    command += ["--snapshot", str(snapshot)] if snapshot else []
    command += ["--webhook", webhook] if webhook else []
    for secret in secrets:
        command += ["--secret", secret]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        yield FakeStripe(url=said.split()[-1], process=process)
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
