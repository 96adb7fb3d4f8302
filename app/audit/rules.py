"""The chain's arithmetic: what an entry's hash is made of, and which link is broken.

An outsider with the exported entries can repeat it: SHA-256 over the JSON text of the fields below
with sorted keys, no blanks, UTF-8, in which `previous_hash` is the hash of the entry before.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

GENESIS = "0" * 64
"""The previous hash of the first entry."""


class Entry(Protocol):
    """An entry as it is stored."""

    seq: int
    id: UUID
    at: datetime
    actor_id: UUID | None
    actor_name: str
    actor_side: Any
    verb: str
    subject_type: str
    subject_id: str
    detail: dict[str, Any]
    previous_hash: str
    hash: str


class Fault(StrEnum):
    """What happened to a broken link."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenLink:
    """The first place where the chain does not hold."""

    seq: int
    fault: Fault


def hash_of(values: Mapping[str, Any]) -> str:
    """The hash of an entry, from its fields by name."""
    fields = {
        "seq": values["seq"],
        "id": str(values["id"]),
        "at": values["at"].astimezone(UTC).isoformat(timespec="microseconds"),
        "actor_id": str(values["actor_id"]) if values["actor_id"] else None,
        "actor_name": values["actor_name"],
        "actor_side": str(values["actor_side"]),
        "verb": values["verb"],
        "subject_type": values["subject_type"],
        "subject_id": values["subject_id"],
        "detail": values["detail"],
        "previous_hash": values["previous_hash"],
    }
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def fields_of(entry: Entry) -> dict[str, Any]:
    """An entry's fields by name, as `hash_of` wants them."""
    return {name: getattr(entry, name) for name in Entry.__annotations__}


class Walk:
    """Goes along the chain, entry by entry in the order of seq, until a link is broken."""

    def __init__(self, *, follows: Callable[[str], int | None], head_seq: int) -> None:
        """`follows` gives the seq of the entry whose previous hash is the given one."""
        self.seq = 0
        self.hash = GENESIS
        self._follows = follows
        self._head_seq = head_seq

    def step(self, entry: Entry) -> BrokenLink | None:
        """The broken link at this entry, or None and the walk goes on."""
        expected = self.seq + 1
        if entry.seq != expected:
            fault = Fault.REMOVED if entry.seq > expected else Fault.INSERTED
            return BrokenLink(seq=expected, fault=fault)
        if entry.previous_hash != self.hash:
            return self._misplaced(entry)
        if hash_of(fields_of(entry)) != entry.hash:
            return BrokenLink(seq=expected, fault=Fault.CHANGED)
        self.seq, self.hash = entry.seq, entry.hash
        return None

    def end(self, *, head_hash: str) -> BrokenLink | None:
        """After the last entry: does the head say the same?"""
        if self.seq < self._head_seq:
            return BrokenLink(seq=self.seq + 1, fault=Fault.REMOVED)
        if self.seq > self._head_seq:
            return BrokenLink(seq=self._head_seq + 1, fault=Fault.INSERTED)
        if self.hash != head_hash:
            return BrokenLink(seq=self.seq, fault=Fault.CHANGED)
        return None

    def _misplaced(self, entry: Entry) -> BrokenLink:
        true_place = self._follows(self.hash)
        if true_place is not None:
            fault = Fault.INSERTED if true_place == entry.seq + 1 else Fault.REORDERED
            return BrokenLink(seq=entry.seq, fault=fault)
        if hash_of(fields_of(entry)) == entry.hash and self.seq:
            # This one is as it was written: the one before was changed and given a new hash.
            return BrokenLink(seq=self.seq, fault=Fault.CHANGED)
        return BrokenLink(seq=entry.seq, fault=Fault.REMOVED)
