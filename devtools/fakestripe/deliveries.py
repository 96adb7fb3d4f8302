"""Events go out to the webhook: signed, tried again, and misbehaving when asked to."""

import json
import random
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from stripe import WebhookSignature

from devtools.fakestripe import checkout, invoices, paying
from devtools.fakestripe.state import State, Thing

PAUSES = (1, 2, 5, 15, 60, 300, 900, 3600, 3600, 3600)
"""Seconds until the next attempt; after the last one the event is only to be had by the list."""
_TIMERS = {
    "debit": paying.debited,
    "dispute": paying.dispute,
    "overdue": invoices.overdue,
    "expire": checkout.expired,
}


@dataclass
class Deliveries:
    """A thread that sends what is due, and lets time pass."""

    state: State
    url: str = ""
    secrets: tuple[str, ...] = ()
    stop: threading.Event = field(default_factory=threading.Event)
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311

    def run(self) -> None:
        """Until `stop` is set."""
        saved = time.monotonic()
        while not self.stop.wait(0.05):
            with self.state.lock:
                tick(self.state)
            self.send_due()
            if time.monotonic() - saved > 1:
                self.state.save()
                saved = time.monotonic()
        self.state.save()

    def send_due(self) -> None:
        """Each event whose next attempt has come."""
        with self.state.lock:
            moment = time.time()
            due = [one for one in self.state.deliveries if one["at"] <= moment]
            if not self.url:
                self.state.deliveries.clear()
                return
            self._misbehave(due)
        for one in due:
            if self.stop.is_set():
                return
            self._attempt(one)

    def _misbehave(self, due: list[Thing]) -> None:
        plan = self.state.plan
        if plan.get("shuffle"):
            self.chance.shuffle(due)
        for one in list(due):
            if one["attempt"]:
                continue
            if self.chance.random() < plan.get("lose", 0):
                due.remove(one)
                self.state.deliveries.remove(one)
            elif self.chance.random() < plan.get("delay", 0) and not one.get("delayed"):
                one |= {"delayed": True, "at": time.time() + plan.get("seconds", 1)}
                due.remove(one)
            elif self.chance.random() < plan.get("duplicate", 0):
                due.append(one)

    def _attempt(self, one: Thing) -> None:
        with self.state.lock:
            event = self.state.objects.get("event", {}).get(one["event"])
        taken = event is None or self.post(event) // 100 == 2
        with self.state.lock:
            if one not in self.state.deliveries:
                return
            if taken or one["attempt"] >= len(PAUSES):
                self.state.deliveries.remove(one)
                if event is not None and taken:
                    event["pending_webhooks"] = 0
            else:
                one["at"] = time.time() + PAUSES[one["attempt"]]
                one["attempt"] += 1

    def post(self, event: Thing) -> int:
        """Tell the webhook; its status, or 0 where it cannot be reached."""
        body = json.dumps(event, indent=2)
        place = urlsplit(self.url)
        connection = HTTPConnection(place.hostname or "", place.port or 80, timeout=10)
        try:
            connection.request(
                "POST", place.path, body.encode(),
                {"Content-Type": "application/json; charset=utf-8",
                 "Stripe-Signature": self.signature(body)},
            )  # fmt: skip
            return connection.getresponse().status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()

    def signature(self, body: str) -> str:
        """With each active secret, as while one is being replaced."""
        moment = int(time.time())
        signed = [
            WebhookSignature.generate_signature_header(body, secret, moment).partition(",")[2]
            for secret in self.secrets
        ]
        return ",".join([f"t={moment}", *signed])


def tick(state: State) -> None:
    """Let happen what is due on the fake's clock."""
    for timer in state.due():
        _TIMERS[timer["kind"]](state, timer["id"])


def advance(state: State, seconds: float) -> None:
    """Let time pass; what falls due on the way happens at its own moment."""
    end = state.offset + seconds
    while True:
        coming = min((timer["at"] for timer in state.timers), default=None)
        ahead = None if coming is None else state.offset + (coming - state.now()) + 1
        if ahead is None or ahead > end:
            break
        state.offset = max(state.offset, ahead)
        tick(state)
    state.offset = end
    tick(state)
