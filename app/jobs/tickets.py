"""What RQ carries: a job's number and a seal, never its arguments.

Whoever can write to Redis can at most ask for a job that PostgreSQL already holds as enqueued.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

VERSION = 1


class Refused(Exception):
    """The ticket was not written by our relay, or has been tampered with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One dispatch of one job, for the client (None: the provider) that it belongs to."""

    job_id: int
    attempt: int
    """How many attempts had ended before."""
    tenant_id: int | None

    @property
    def name(self) -> str:
        """The id of the RQ job."""
        return f"j{self.job_id}-{self.attempt}"

    def meta(self, secret: str) -> dict[str, Any]:
        """What goes into the RQ job's meta."""
        return {
            "attempt": self.attempt,
            "tenant": self.tenant_id,
            "version": VERSION,
            "hmac": self.seal(secret),
        }

    def seal(self, secret: str) -> str:
        """HMAC-SHA-256 (RFC 2104) over number, attempt and client."""
        text = f"kontor-job:{VERSION}:{self.job_id}:{self.attempt}:{self.tenant_id}"
        return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def read(*, args: Any, meta: Mapping[str, Any], secret: str) -> Ticket:
    """The ticket that an RQ job carries. Raises Refused."""
    if len(args) != 1 or not isinstance(args[0], int) or meta.get("version") != VERSION:
        raise Refused("not a ticket of ours")
    attempt, tenant = meta.get("attempt"), meta.get("tenant")
    if not isinstance(attempt, int) or not isinstance(tenant, int | None):
        raise Refused("attempt or client of the wrong type")
    ticket = Ticket(job_id=args[0], attempt=attempt, tenant_id=tenant)
    if not hmac.compare_digest(ticket.seal(secret), str(meta.get("hmac"))):
        raise Refused("the seal does not fit")
    return ticket
