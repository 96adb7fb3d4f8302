"""A mail that came back (RFC 3464) marks the mail it was and the address that did not take it."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.kernel.clock import now
from app.messages.mail_models import BouncedAddress, Mail, MailState
from tenants.db import db

MOST_BYTES = 1_000_000
_OUR_ID = re.compile(rb"<([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """What a report says of one recipient."""

    mail_id: UUID
    address: str
    failed: bool
    """For good; else it is only late, or has arrived after all."""
    status: str
    diagnostic: str


def read(content: bytes) -> list[Bounce]:
    """The recipients that a report tells of; nothing if it is none, or not about a mail of ours."""
    report = message_from_bytes(content[:MOST_BYTES], policy=policy.default)
    mail_id = _our_id(report)
    if mail_id is None:
        return []
    return [
        Bounce(
            mail_id=mail_id,
            address=_plain(fields.get("Original-Recipient") or fields["Final-Recipient"]).lower(),
            failed=str(fields.get("Action", "")).strip().lower() == "failed",
            status=str(fields.get("Status", "")).strip()[:20],
            diagnostic=_plain(fields.get("Diagnostic-Code"))[:500],
        )
        for fields in _recipients(report)
    ]


def _recipients(report: EmailMessage) -> Iterator[Message]:
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            for fields in blocks if isinstance(blocks, list) else []:
                if isinstance(fields, Message) and fields.get("Final-Recipient"):
                    yield fields


def _our_id(report: EmailMessage) -> UUID | None:
    """Of the returned mail, not of the report: the header says so in either form of return."""
    for part in report.walk():
        if part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            for line in part.as_bytes().splitlines():
                if line.lower().startswith(b"message-id:") and (found := _OUR_ID.search(line)):
                    return UUID(found[1].decode())
    return None


def _plain(field: object) -> str:
    """`rfc822; ada@example.com` without its type."""
    return str(field or "").rpartition(";")[2].strip().strip("<>")


def note(content: bytes) -> list[Bounce]:
    """Mark what a report tells of; gives what was marked. In the provider's books.

    Only somebody who has the mail knows its id; and only its own recipient is marked.
    """
    marked = []
    for bounce in read(content):
        mail = db.session.get(Mail, bounce.mail_id, with_for_update=True)
        if mail is None or mail.recipient.lower() != bounce.address or not bounce.failed:
            continue
        mail.state = MailState.BOUNCED
        mail.last_error = f"{bounce.status} {bounce.diagnostic}".strip()[:500]
        values = {
            "mail_id": mail.id, "at": now(), "status": bounce.status,
            "diagnostic": bounce.diagnostic,
        }  # fmt: skip
        statement = insert(BouncedAddress).values(address=bounce.address, **values)
        db.session.execute(statement.on_conflict_do_update(index_elements=["address"], set_=values))
        marked.append(bounce)
    return marked


def bounced(addresses: Collection[str]) -> Mapping[str, BouncedAddress]:
    """Which of these (in small letters) did not take a mail of ours."""
    wanted = {address.lower() for address in addresses}
    query = select(BouncedAddress).where(BouncedAddress.address.in_(wanted))
    return {row.address: row for row in db.session.scalars(query)}


def forget(address: str) -> bool:
    """The address is well again; False if it was not marked."""
    gone = delete(BouncedAddress).where(BouncedAddress.address == address.lower())
    return db.session.execute(gone.returning(BouncedAddress.address)).first() is not None
