"""Reads a mail as it stands in a file: heads, what is new in it, what hangs on it.

Nothing here raises for what stands in a mail: what cannot be read is left out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr, parsedate_to_datetime
from hashlib import sha256
from typing import Final

from app.kernel import quotes

MOST_IDS: Final = 200
MOST_HTML: Final = 200_000
_TOLD: Final = ("From", "To", "Cc", "Date", "Subject")
_ID: Final = re.compile(r"<([^<>\s]{1,500})>")
_MACHINES: Final = re.compile(
    r"^\s*(?:auto(?:matic|-)?\s?reply|automatische antwort|out of (?:the )?office"
    r"|abwesenheits(?:notiz|meldung|assistent)|abwesend\b|ich bin nicht im büro)",
    re.IGNORECASE,
)
_DAEMON: Final = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply)\b", re.IGNORECASE
)
_HEADS: Final = re.compile(rb".*?\r?\n\r?\n", re.DOTALL)
_SMALL_PICTURE: Final = 10_000
"""Bytes; a smaller one that stands in the text is somebody's logo."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the mail."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail on its own, whoever it was sent to."""

    message_id: str
    """Without its angle brackets; a hash of the mail where it has none."""
    references: tuple[str, ...]
    """Mails it answers, the oldest first."""
    sender: str
    sender_name: str
    recipients: tuple[str, ...]
    subject: str
    sent_at: datetime | None
    """In UTC."""
    text: str
    """What is new in it."""
    is_automatic: bool
    attachments: tuple[Attachment, ...]


def parsed(content: bytes) -> EmailMessage:
    """The mail, however broken."""
    return message_from_bytes(_readable(content), policy=policy.default)


def _readable(content: bytes) -> bytes:
    """Heads that an old program wrote in the letters of Windows, in UTF-8; the rest as it is."""
    end = _HEADS.match(content)
    heads = end[0] if end else content
    try:
        heads.decode()
    except UnicodeDecodeError:
        return heads.decode("cp1252", "replace").encode() + content[len(heads) :]
    return content


def letter(content: bytes) -> Letter:
    """Everything a reader asks of a mail."""
    message = parsed(content)
    name, address = parseaddr(header(message, "From"))
    subject = header(message, "Subject")
    named = " ".join(header(message, one) for one in ("References", "In-Reply-To"))
    return Letter(
        message_id=key(message, content),
        references=tuple(dict.fromkeys(_ID.findall(named)))[:MOST_IDS],
        sender=address.strip().lower(),
        sender_name=name.strip(),
        recipients=tuple(
            one.strip().lower()
            for _, one in getaddresses([header(message, "To"), header(message, "Cc")])
            if one
        ),
        subject=subject,
        sent_at=_sent_at(header(message, "Date")),
        text=text(message),
        is_automatic=is_automatic(message, address, subject),
        attachments=tuple(attachments(message)),
    )


def told(content: bytes) -> list[str]:
    """The mail as a reader sees it, quotes too, line by line; empty where there is no sender."""
    try:
        message = parsed(content)
        if not header(message, "From"):
            return []
        heads = [f"{one}: {said}" for one in _TOLD if (said := header(message, one))]
        files = [f"[{one.name}]" for one in attachments(message)]
        plain = _part(message, "plain")
        if not plain.strip():
            plain = quotes.text_of_html(_part(message, "html")[:MOST_HTML], quoted=True)
    except RecursionError:  # parts in parts in parts
        return []
    return [*heads, *files, "", *plain.splitlines()]


def header(message: EmailMessage, name: str) -> str:
    """A head on one line; empty where it is missing or cannot be read."""
    try:
        return " ".join(str(message.get(name, "")).split())
    except (ValueError, LookupError, IndexError, AttributeError, TypeError):
        return ""  # the standard library stumbles over some broken headers


def key(message: EmailMessage, content: bytes) -> str:
    """What tells a mail from every other."""
    given = header(message, "Message-ID").strip("<> ")
    return given[:500] if given else f"sha256:{sha256(content).hexdigest()}"


def is_automatic(message: EmailMessage, address: str, subject: str) -> bool:
    """RFC 3834, and what machines write that do not keep to it."""
    submitted = header(message, "Auto-Submitted").lower()
    precedence = header(message, "Precedence").lower()
    return (
        submitted not in ("", "no")
        or precedence in ("bulk", "junk", "list", "auto_reply")
        or any(
            header(message, name) for name in ("X-Autoreply", "X-Autorespond", "List-Id", "X-Loop")
        )
        or bool(_DAEMON.match(address))
        or bool(_MACHINES.match(subject))
    )


def text(message: EmailMessage) -> str:
    """What is new in it, from the plain part or else from the HTML."""
    plain, html = _part(message, "plain"), _part(message, "html")
    if plain.strip():
        return quotes.fresh(plain)
    return quotes.fresh(quotes.text_of_html(html))


def attachments(message: EmailMessage) -> Sequence[Attachment]:
    """Its files, without logos that stand in the text."""
    found = []
    for part in message.walk():
        name = part.get_filename()
        content = part.get_payload(decode=True)
        if not name or not isinstance(content, bytes) or not content:
            continue
        in_text = part.get_content_maintype() == "image" and header(part, "Content-ID")
        if not in_text or len(content) >= _SMALL_PICTURE:
            found.append(Attachment(name, content))
    return found


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
    except (LookupError, ValueError):
        return content.decode("latin-1")


def _sent_at(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
