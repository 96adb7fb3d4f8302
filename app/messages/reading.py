"""Reads a mail: who wrote, to which item, what is new in it, and whether a machine wrote it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from hashlib import sha256
from uuid import UUID

from app.messages import quotes

MOST_ATTACHMENTS = 20
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_OUR_ID = re.compile(rf"<({_UUID})@", re.IGNORECASE)
_TAG = re.compile(rf"\+({_UUID})@", re.IGNORECASE)
_NUMBER = re.compile(r"\b([A-Z][A-Z0-9]{1,9})-(\d{1,9})\b")
_MACHINES = re.compile(
    r"^\s*(?:auto(?:matic|-)?\s?reply|automatische antwort|out of (?:the )?office"
    r"|abwesenheits(?:notiz|meldung|assistent)|abwesend\b|ich bin nicht im büro)",
    re.IGNORECASE,
)
_DAEMON = re.compile(r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply)\b", re.IGNORECASE)
_SMALL_PICTURE = 10_000
"""Bytes; a smaller one that stands in the text is somebody's logo."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the mail."""

    name: str
    content: bytes


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
    message = message_from_bytes(content, policy=policy.default)
    name, address = parseaddr(_header(message, "From"))
    subject = _header(message, "Subject")
    files = _attachments(message)
    return ReadMail(
        message_key=_key(message, content),
        sender=address.strip().lower(),
        sender_name=name.strip(),
        subject=subject,
        text=_text(message),
        answers=_answers(message, recipient),
        numbers=[(code, int(digits)) for code, digits in _NUMBER.findall(subject)],
        attachments=files[:MOST_ATTACHMENTS],
        left_out=[file.name for file in files[MOST_ATTACHMENTS:]],
        is_report=message.get_content_type() == "multipart/report",
        is_automatic=_is_automatic(message, envelope_sender, address, subject),
    )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name, "")).split())
    except (ValueError, LookupError, IndexError, AttributeError, TypeError):
        return ""  # the standard library stumbles over some broken headers


def _key(message: EmailMessage, content: bytes) -> str:
    given = _header(message, "Message-ID").strip("<> ")
    return given[:500] if given else f"sha256:{sha256(content).hexdigest()}"


def _answers(message: EmailMessage, recipient: str) -> list[UUID]:
    named = " ".join(_header(message, name) for name in ("References", "In-Reply-To"))
    # The reply address goes last, for it counts most.
    return [UUID(one) for one in (*_OUR_ID.findall(named), *_TAG.findall(recipient))]


def _is_automatic(message: EmailMessage, envelope_sender: str, address: str, subject: str) -> bool:
    """RFC 3834, and what machines write that do not keep to it."""
    submitted = _header(message, "Auto-Submitted").lower()
    precedence = _header(message, "Precedence").lower()
    return (
        not envelope_sender.strip("<> ")
        or submitted not in ("", "no")
        or precedence in ("bulk", "junk", "list", "auto_reply")
        or any(message.get(name) for name in ("X-Autoreply", "X-Autorespond", "List-Id", "X-Loop"))
        or bool(_DAEMON.match(address))
        or bool(_MACHINES.match(subject))
    )


def _text(message: EmailMessage) -> str:
    plain, html = _part(message, "plain"), _part(message, "html")
    if plain.strip():
        return quotes.fresh(plain)
    return quotes.fresh(quotes.text_of_html(html))


def _part(message: EmailMessage, kind: str) -> str:
    return "\n".join(
        _decoded(part)
        for part in message.walk()
        if part.get_content_type() == f"text/{kind}" and not part.get_filename()
    )


def _decoded(part: EmailMessage) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset("utf-8"))
    except (LookupError, UnicodeDecodeError):
        return content.decode("latin-1")


def _attachments(message: EmailMessage) -> list[Attachment]:
    found = []
    for part in message.walk():
        name = part.get_filename()
        content = part.get_payload(decode=True)
        if not name or not isinstance(content, bytes) or not content:
            continue
        in_text = part.get_content_maintype() == "image" and part.get("Content-ID")
        if not in_text or len(content) >= _SMALL_PICTURE:
            found.append(Attachment(name, content))
    return found
