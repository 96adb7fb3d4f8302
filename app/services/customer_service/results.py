"""Replies ready to be sent, the list of tickets with history and times, and a picture."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Final

from marshmallow import EXCLUDE

from app.catalogue.result_files import Sheet, file_name, xlsx_file
from app.catalogue.steps import DeliveryInput, ResultDocument
from app.kernel.spoken import in_language
from app.kernel.svg import Bar, bars
from app.kernel.text import Text
from app.services.customer_service import schemas

_ANSWER: Final = re.compile(r"\s*(?:re|aw|antw|antwort)\s*:", re.IGNORECASE)
MOST_REPLIES: Final = 100


def ticket_documents(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """A draft (.eml) for each approved reply, tickets and history (XLSX), kinds as a picture."""
    values = schemas.TicketValues().load(dict(delivery.values), unknown=EXCLUDE)
    rows = values["tickets"]
    replies = [one for one in rows if one["send"] == "reply"][:MOST_REPLIES]
    return (
        xlsx_file(
            file_name(delivery.number, "tickets", "xlsx"),
            _sheets(values),
            locale=delivery.client_locale,
        ),
        *(_draft(delivery, one, sender=_sender(values["own"])) for one in replies),
        ResultDocument(
            name=file_name(delivery.number, "kinds", "svg"),
            media_type="image/svg+xml",
            content=_picture(rows, delivery.client_locale),
        ),
    )


def _sender(own: str) -> str:
    return next((one.strip() for one in own.split(",") if "@" in one), "")


def _draft(delivery: DeliveryInput, row: Mapping[str, Any], *, sender: str) -> ResultDocument:
    """Opens as a draft in the usual mail programs, in the thread of what it answers."""
    message = EmailMessage(policy=SMTP)
    subject = row["subject"]
    message["Subject"] = _line(subject if _ANSWER.match(subject) else f"Re: {subject}")
    if "@" in row["address"]:
        message["To"] = _line(row["address"])
    if sender:
        message["From"] = _line(sender)
    if row["message_id"] and ":" not in row["message_id"]:
        message["In-Reply-To"] = message["References"] = _line(f"<{row['message_id']}>")
    message["X-Unsent"] = "1"
    message.set_content(row["reply"])
    return ResultDocument(
        name=file_name(delivery.number, f"reply-{row['ticket']}", "eml"),
        media_type="message/rfc822",
        content=bytes(message),
    )


def _line(text: str) -> str:
    """On one line: nobody writes a head of his own into ours."""
    return " ".join(text.split())


def _sheets(values: Mapping[str, Any]) -> list[Sheet]:
    kinds = _said(schemas.KINDS, schemas.KIND_LABELS)
    levels = _said(schemas.URGENCIES, schemas.URGENCY_LABELS)
    tongues = _said(schemas.LANGUAGES, schemas.LANGUAGE_LABELS)
    sends = _said(schemas.SENDS, schemas.SEND_LABELS)
    sides = _said(schemas.DIRECTIONS, schemas.DIRECTION_LABELS)
    return [
        Sheet(
            title=Text("Tickets"),
            headings=(
                *(Text("Ticket"), Text("Customer"), Text("Address"), Text("Subject")),
                *(Text("Language"), Text("Kind"), Text("Urgency"), Text("Order number")),
                *(Text("Waits since (UTC)"), Text("Hours until answered"), Text("Mails")),
                *(Text("What happens"), Text("Reply")),
            ),
            rows=[
                [
                    *(one["ticket"], one["customer"], one["address"], one["subject"]),
                    *(tongues[one["language"]], kinds[one["kind"]], levels[one["urgency"]]),
                    *(one["order"], one["since"], one["response_hours"], one["letters"]),
                    *(sends[one["send"]], one["reply"]),
                ]
                for one in values["tickets"]
            ],
        ),
        Sheet(
            title=Text("Contact history"),
            headings=(
                *(Text("Ticket"), Text("Date"), Text("Who wrote"), Text("Person"), Text("Text")),
            ),
            rows=[
                [one["ticket"], one["at"], sides[one["direction"]], one["person"], one["text"]]
                for one in values["contacts"]
            ],
        ),
        _times(values["tickets"], kinds),
    ]


def _times(rows: Sequence[Mapping[str, Any]], kinds: Mapping[str, Text]) -> Sheet:
    """How long customers waited for the first answer, by kind."""
    told = []
    for kind in schemas.KINDS:
        of_kind = [one for one in rows if one["kind"] == kind]
        waited = sorted(
            one["response_hours"] for one in of_kind if one["response_hours"] is not None
        )
        if of_kind:
            middle = waited[(len(waited) - 1) // 2] if waited else None
            told.append([kinds[kind], len(of_kind), len(waited), middle, max(waited, default=None)])
    return Sheet(
        title=Text("Response times"),
        headings=(
            *(Text("Kind"), Text("Tickets"), Text("Answered")),
            *(Text("Hours, median"), Text("Hours, longest")),
        ),
        rows=told,
    )


def _said(keys: Sequence[str], labels: Sequence[str]) -> dict[str, Text]:
    return dict(zip(keys, map(Text, labels), strict=True))


def _picture(rows: Sequence[Mapping[str, Any]], locale: str) -> bytes:
    labels = _said(schemas.KINDS, schemas.KIND_LABELS)
    counts = Counter(one["kind"] for one in rows)
    urgent = {one["kind"] for one in rows if one["urgency"] == "urgent"}
    return bars(
        in_language("Tickets by kind", locale),
        [
            Bar(
                label=in_language(labels[kind], locale),
                value=Decimal(count),
                shown=str(count),
                tone="bad" if kind in urgent else "calm",
            )
            for kind, count in counts.most_common()
        ],
    )
