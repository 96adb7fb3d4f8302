"""Mails and order tables as they are handed in: .eml, .mbox, pasted text, CSV and XLSX."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from app.catalogue.rows import Column, at, heads, read_table
from app.catalogue.steps import Severity, StepDocument, StepFinding
from app.kernel.mails import Letter, letter
from app.kernel.quotes import fresh
from app.kernel.tables import decoded

MOST_LETTERS: Final = 2_000
_BREAK: Final = re.compile(rb"^From \S+ .*\d{4}\r?\n", re.MULTILINE)
_HEAD: Final = re.compile(rb"\A[!-9;-~]{1,70}:[ \t]", re.MULTILINE)
STATES: Final = {
    **dict.fromkeys(("open", "offen", "neu", "in bearbeitung", "bezahlt", "paid"), "open"),
    **dict.fromkeys(("shipped", "versandt", "versendet", "geliefert", "delivered"), "shipped"),
    **dict.fromkeys(("cancelled", "storniert", "canceled"), "cancelled"),
    **dict.fromkeys(("returned", "retour", "retourniert", "zurückgesandt"), "returned"),
}
ORDERS: Final = (
    Column(key="order", names=("Bestellnummer", "Bestellung", "Auftrag", "Nummer"), required=True),
    Column(key="state", names=("Status", "Stand"), choices=STATES, required=True),
    Column(key="day", names=("Versanddatum", "Datum", "Termin", "Date"), kind="date"),
    Column(key="tracking", names=("Sendungsnummer", "Paketnummer", "Tracking")),
)


def read_files(
    documents: Sequence[StepDocument],
) -> tuple[list[Letter], dict[str, Mapping[str, Any]], list[StepFinding]]:
    """Letters (each once), orders by number, and what was wrong with the files."""
    letters: dict[str, Letter] = {}
    orders: dict[str, Mapping[str, Any]] = {}
    findings: list[StepFinding] = []
    for document in documents:
        if document.name.lower().endswith((".csv", ".xlsx")):
            findings += _read_orders(document, orders)
            continue
        for place, content in enumerate(_mails(document.content), start=1):
            if len(letters) >= MOST_LETTERS:
                findings.append(at(document, "CS-TOO-MANY", Severity.ERROR, most=MOST_LETTERS))
                break
            findings += _take(document, place, content, letters)
    return list(letters.values()), orders, findings


def _read_orders(
    document: StepDocument, orders: dict[str, Mapping[str, Any]]
) -> Sequence[StepFinding]:
    if "order" not in heads(document, ORDERS):
        return [at(document, "CS-NO-ORDERS", Severity.ERROR)]
    table = read_table(document, ORDERS)
    orders.update({row["order"]: row.cells for row in table.rows})
    return table.findings


def _mails(content: bytes) -> Iterator[bytes]:
    """The mails of a file: one, or many after `From ` lines (mbox)."""
    breaks = [*_BREAK.finditer(content)]
    if not breaks or breaks[0].start() != 0:
        yield content
        return
    ends = [*(one.start() for one in breaks[1:]), len(content)]
    for one, end in zip(breaks, ends, strict=True):
        yield content[one.end() : end].replace(b"\n>From ", b"\nFrom ")


def _take(
    document: StepDocument, place: int, content: bytes, letters: dict[str, Letter]
) -> list[StepFinding]:
    one = letter(content)
    has_head = _HEAD.match(content.lstrip())
    if not has_head and _is_text(document):
        return _take_text(document, content, letters)
    if not has_head or not one.sender:
        return [at(document, "CS-NOT-MAIL", Severity.ERROR, line=place)]
    if one.is_automatic:
        return [at(document, "CS-AUTOMATIC", Severity.INFO, sender=one.sender[:80])]
    if one.message_id in letters:
        return [at(document, "CS-TWICE", Severity.INFO, subject=one.subject[:80])]
    letters[one.message_id] = one
    found = []
    if one.sent_at is None:
        found.append(at(document, "CS-UNDATED", Severity.WARNING, subject=one.subject[:80]))
    if one.attachments:
        names = ", ".join(file.name[:40] for file in one.attachments[:5])
        found.append(at(document, "CS-ATTACHED", Severity.INFO, names=names))
    return found


def _is_text(document: StepDocument) -> bool:
    content = document.content
    return document.name.lower().endswith(".txt") and bool(content.strip()) and b"\0" not in content


def _take_text(
    document: StepDocument, content: bytes, letters: dict[str, Letter]
) -> list[StepFinding]:
    """The words of a message alone, as somebody copied them into a text file."""
    title = document.name[: -len(".txt")]
    letters[f"form:{document.name}"] = _message(
        key=document.name, subject=title[:200], text=fresh(decoded(content))
    )
    return [at(document, "CS-NO-HEAD", Severity.WARNING)]


def pasted(payload: Mapping[str, Any]) -> Letter | None:
    """What somebody pasted into the form."""
    text = str(payload.get("text") or "").strip()
    if not text:
        return None
    day = str(payload.get("received_on") or "")
    sender, subject = str(payload.get("sender") or ""), str(payload.get("subject") or "")
    return _message(
        key=f"{sender}:{subject}",
        sender=sender.strip().lower(),
        subject=subject,
        sent_at=datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC) if day else None,
        text=text,
    )


def _message(
    *, key: str, subject: str, text: str, sender: str = "", sent_at: datetime | None = None
) -> Letter:
    """What came without the head of a mail."""
    return Letter(
        message_id=f"form:{key}",
        references=(),
        sender=sender,
        sender_name="",
        recipients=(),
        subject=subject,
        sent_at=sent_at,
        text=text,
        is_automatic=False,
        attachments=(),
    )
