"""What the fake knows: objects, events, keys, timers and the clock, kept in one snapshot file."""

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from devtools.fakestripe.faulty import missing

API_VERSION = "2026-10-28.endive"
Thing = dict[str, Any]
KEPT = ("objects", "hidden", "keys", "timers", "offset", "deliveries", "serial", "debit_seconds")


@dataclass
class State:
    """Guarded by `lock`: one request, one timer or one change of the clock at a time."""

    snapshot: Path | None = None
    base_url: str = ""
    objects: dict[str, dict[str, Thing]] = field(default_factory=dict)
    hidden: dict[str, Thing] = field(default_factory=dict)
    """What Stripe knows of an object and does not tell: how a test card behaves."""
    keys: dict[str, Thing] = field(default_factory=dict)
    timers: list[Thing] = field(default_factory=list)
    deliveries: list[Thing] = field(default_factory=list)
    """Events on their way to the webhook."""
    offset: float = 0.0
    serial: int = 0
    debit_seconds: float | None = None
    """How long a direct debit takes; as at Stripe, five business days, where nothing is said."""
    faults: list[Thing] = field(default_factory=list)
    plan: Thing = field(default_factory=dict)
    """How webhooks misbehave: duplicate, shuffle, delay, lose."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    dirty: bool = False

    def now(self) -> int:
        """The fake's own time (Unix seconds)."""
        return int(time.time() + self.offset)

    def new_id(self, prefix: str) -> str:
        """An id that nobody had; later ones sort later."""
        self.serial += 1
        return f"{prefix}_{self.serial:08d}{secrets.token_hex(6)}"

    def keep(self, thing: Thing) -> Thing:
        """Add or renew an object."""
        self.objects.setdefault(thing["object"], {})[thing["id"]] = thing
        self.dirty = True
        return thing

    def find(self, kind: str, key: str) -> Thing:
        """The object. Raises StripeError (404)."""
        found = self.objects.get(kind, {}).get(key)
        if found is None:
            raise missing(kind, key)
        return found

    def every(self, kind: str) -> list[Thing]:
        """The objects of a kind, the newest first, as Stripe lists them."""
        return list(reversed(self.objects.get(kind, {}).values()))

    def emit(self, kind: str, thing: Thing, *, request: Thing | None = None) -> Thing:
        """An event about the object as it is now."""
        event = {
            "id": self.new_id("evt"), "object": "event", "api_version": API_VERSION,
            "created": self.now(), "livemode": False, "type": kind, "account": None,
            "context": None, "pending_webhooks": 1,
            "data": {"object": json.loads(json.dumps(thing))},
            "request": request or {"id": None, "idempotency_key": None},
        }  # fmt: skip
        self.keep(event)
        self.deliveries.append({"event": event["id"], "attempt": 0, "at": time.time()})
        return event

    def after(self, seconds: float, kind: str, key: str) -> None:
        """Have something happen later on the fake's clock."""
        self.timers.append({"at": self.now() + seconds, "kind": kind, "id": key})

    def due(self) -> Iterator[Thing]:
        """Take each timer whose time has come, the earliest first."""
        while True:
            coming = [timer for timer in self.timers if timer["at"] <= self.now()]
            if not coming:
                return
            timer = min(coming, key=lambda one: one["at"])
            self.timers.remove(timer)
            yield timer

    @contextmanager
    def held(self) -> Iterator["State"]:
        """One at a time."""
        with self.lock:
            yield self
            self.dirty = True

    def save(self) -> None:
        """Write the snapshot if something has changed."""
        if self.snapshot is None or not self.dirty:
            return
        with self.lock:
            text = json.dumps({name: getattr(self, name) for name in KEPT})
            self.dirty = False
        new = self.snapshot.with_suffix(".new")
        new.write_text(text)
        new.replace(self.snapshot)

    def load(self) -> None:
        """Go on from the snapshot, if there is one."""
        if self.snapshot is not None and self.snapshot.exists():
            for name, value in json.loads(self.snapshot.read_text()).items():
                setattr(self, name, value)


def business_days(after: int, days: int) -> int:
    """Seconds until so many business days (Monday to Friday) later."""
    moment = datetime.fromtimestamp(after, UTC)
    left = days
    while left:
        moment += timedelta(days=1)
        left -= moment.weekday() < 5
    return int(moment.timestamp()) - after
