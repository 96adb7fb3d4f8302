"""The demo's mails as files: one JSON file each in the outbox folder, newest name last.

The file `<time>-<random>.json` holds
    id           the file's name without its ending
    received_at  ISO 8601, UTC
    sender       envelope sender
    recipients   list of envelope recipients
    subject      decoded
    text, html   decoded bodies, or ""
    attachments  list of {"filename", "content_type", "size"}
and `<id>.eml` beside it is the mail as it came. The folder is KONTOR_OUTBOX_DIR.
"""

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

_NAME = re.compile(r"[0-9]{8}T[0-9]{12}Z-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail that the demo would have sent."""

    id: str
    received_at: str
    sender: str
    recipients: list[str]
    subject: str
    text: str
    html: str
    attachments: list[dict[str, Any]]


def keep(folder: Path, *, sender: str, recipients: Sequence[str], content: bytes) -> Mail:
    """Write a mail into the outbox."""
    now = datetime.now(UTC)
    message = message_from_bytes(content, policy=policy.default)
    mail = Mail(
        id=f"{now:%Y%m%dT%H%M%S%f}Z-{secrets.token_hex(4)}",
        received_at=now.isoformat(),
        sender=sender,
        recipients=list(recipients),
        subject=str(message.get("subject", "")),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=[
            {
                "filename": part.get_filename() or "",
                "content_type": part.get_content_type(),
                "size": len(part.get_payload(decode=True) or b""),
            }
            for part in message.iter_attachments()
        ],
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{mail.id}.eml").write_bytes(content)
    unfinished = folder / f"{mail.id}.new"
    unfinished.write_text(json.dumps(asdict(mail), ensure_ascii=False, indent=1), "utf-8")
    unfinished.rename(folder / f"{mail.id}.json")  # readers see whole mails only
    return mail


def mails(folder: Path, *, most: int = 200) -> list[Mail]:
    """The newest mails first."""
    files = sorted(folder.glob("*.json"), reverse=True)[:most]
    return [Mail(**json.loads(file.read_text("utf-8"))) for file in files]


def mail(folder: Path, *, mail_id: str) -> Mail | None:
    """One mail, or None if there is none of that id."""
    file = folder / f"{mail_id}.json"
    if not _NAME.fullmatch(mail_id) or not file.exists():
        return None
    return Mail(**json.loads(file.read_text("utf-8")))


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""
