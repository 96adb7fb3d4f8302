"""Reads a mail: who wrote, to which item, what is new in it, and whether a machine wrote it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from uuid import UUID

from app.kernel import mails
from app.kernel.mails import Attachment

MOST_ATTACHMENTS = 20
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_OUR_ID = re.compile(rf"<({_UUID})@", re.IGNORECASE)
_TAG = re.compile(rf"\+({_UUID})@", re.IGNORECASE)
_NUMBER = re.compile(r"\b([A-Z][A-Z0-9]{1,9})-(\d{1,9})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMail:
    """What a mail says."""

    message_key: str
    sender: str
    sender_name: str
    subject: str
    text: str
    answers: Sequence[UUID]
    """Mails of ours that it answers, by reply address or references."""
    numbers: Sequence[tuple[str, int]]
    """(code, number) of items that its subject names."""
    attachments: Sequence[Attachment]
    left_out: Sequence[str]
    """Names of files that were too many."""
    is_report: bool
    is_automatic: bool


def read(content: bytes, *, envelope_sender: str, recipient: str) -> ReadMail:
    """Never raises for what stands in a mail: what cannot be read is left out."""
    message = mails.parsed(content)
    name, address = parseaddr(mails.header(message, "From"))
    subject = mails.header(message, "Subject")
    files = mails.attachments(message)
    return ReadMail(
        message_key=mails.key(message, content),
        sender=address.strip().lower(),
        sender_name=name.strip(),
        subject=subject,
        text=mails.text(message),
        answers=_answers(message, recipient),
        numbers=[(code, int(digits)) for code, digits in _NUMBER.findall(subject)],
        attachments=files[:MOST_ATTACHMENTS],
        left_out=[file.name for file in files[MOST_ATTACHMENTS:]],
        is_report=message.get_content_type() == "multipart/report",
        is_automatic=not envelope_sender.strip("<> ")
        or mails.is_automatic(message, address, subject),
    )


def _answers(message: EmailMessage, recipient: str) -> list[UUID]:
    named = " ".join(mails.header(message, name) for name in ("References", "In-Reply-To"))
    # The reply address goes last, for it counts most.
    return [UUID(one) for one in (*_OUR_ID.findall(named), *_TAG.findall(recipient))]
