"""Reads a day's mail: every letter's kind, facts and department; writes the register."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import PurePath
from typing import Any, Final

from marshmallow import EXCLUDE

from app.catalogue.result_files import Sheet, file_name, xlsx_file
from app.catalogue.rows import as_date, at, shortened
from app.catalogue.steps import (
    DeliveryInput,
    ProposedValue,
    ResultDocument,
    Severity,
    StepFinding,
    StepInput,
    StepResult,
)
from app.kernel.text import Text
from app.services.mailroom.assigning import DEPARTMENTS as TO
from app.services.mailroom.assigning import service_for
from app.services.mailroom.facts import Facts, facts_of
from app.services.mailroom.kinds import Kind, Verdict, kind_of
from app.services.mailroom.reading import LEAST_SIGNS, Letter, NotALetter, cut, eyes, letters
from app.services.mailroom.schemas import MailroomValues
from app.services.mailroom.texts import DEPARTMENTS, KINDS, Department

_REPLY: Final = re.compile(r"^\s*(?:re|aw|antw|fwd?|wg)\s*:", re.IGNORECASE)
_SUBJECT: Final = re.compile(r"(?:betreff|betr\.|subject)\s*:?\s*(\S.*)", re.IGNORECASE)
SOON: Final = timedelta(days=7)
LEAST_LETTERS: Final = 5
"""A line with fewer is a page number, not a subject."""
HEADING: Final = 400
"""So many signs of a letter's beginning count as its heading."""
MOST_CUT: Final = 24 * 1024 * 1024
"""Bytes of parted batches that are handed back."""


def check(step: StepInput) -> StepResult:
    """A line of the register for every letter; never raises for a file."""
    see = eyes()
    received = as_date(str(step.payload.get("received_on") or "")) or step.today
    found, findings, unread = list[Letter](), list[StepFinding](), list[str]()
    for document in step.documents:
        try:
            inside = letters(document, see=see)
        except NotALetter as reason:
            findings.append(at(document, f"MR-{str(reason).upper()}", Severity.ERROR))
            unread.append(document.name)
            continue
        found += inside
        if len(inside) > 1:
            findings.append(at(document, "MR-SPLIT", Severity.INFO, count=len(inside)))
    rows, marks = list[dict[str, Any]](), list[str]()
    for letter in found:
        verdict, facts = judged(letter, received)
        rows.append(_row(letter, verdict, facts, step))
        mark = sha256(" ".join(letter.text.split()).encode()).hexdigest()
        findings += _about(letter, verdict, facts, step, mark)
        marks += [mark] if letter.text.strip() else []
    values = {
        "received_on": ProposedValue(value=received.isoformat()),
        "letters": ProposedValue(value=rows),
    }
    parted = tuple(_parted(found, rows, findings))
    # It came in, whoever can read it: the register has a line that a clerk fills in.
    rows += [_unread(name) for name in unread]
    return StepResult(
        values=values if rows else {},
        findings=shortened(findings),
        documents=parted,
        units=Decimal(max(len(found), 1)),
        fingerprints=tuple(dict.fromkeys(marks)),
        straight_through=bool(found) and all(one.severity is Severity.INFO for one in findings),
    )


def judged(letter: Letter, received: date) -> tuple[Verdict, Facts]:
    """Its kind and what it says. The subject of a reply is that of another letter."""
    heading = letter.heading or letter.text[:HEADING]
    heading = "" if _REPLY.match(heading) else heading
    return kind_of(letter.text, heading=heading), facts_of(
        f"{letter.heading}\n{letter.text}", today=received
    )


def _row(letter: Letter, verdict: Verdict, facts: Facts, step: StepInput) -> dict[str, Any]:
    dated = letter.sent_on or facts.dated
    return {
        "letter": letter.place[:200],
        "kind": str(verdict.kind),
        "why": _why(verdict),
        "sender": (letter.sender or facts.sender)[:120],
        "subject": (letter.heading or _first_line(letter.text))[:200],
        "dated": dated.isoformat() if dated else None,
        "number": facts.number[:60],
        "amount": f"{facts.amount:.2f}" if facts.amount is not None else None,
        "deadline": facts.deadline.isoformat() if facts.deadline else None,
        "department": str(TO[verdict.kind]),
        "service": service_for(verdict.kind, step.books.get("services") or ())[:120],
    }


def _unread(name: str) -> dict[str, Any]:
    return {
        "letter": name[:200],
        "kind": str(Kind.OTHER),
        "department": str(TO[Kind.OTHER]),
    }


def _why(verdict: Verdict) -> str:
    return ", ".join(f"{word} {weight}" for word, weight in verdict.why)[:200]


def _first_line(text: str) -> str:
    """The line that begins as a subject does, else the first with words."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    lines = [line for line in lines if sum(map(str.isalpha, line)) >= LEAST_LETTERS]
    named = (found[1] for line in lines if (found := _SUBJECT.match(line)))
    return next(named, lines[0] if lines else "")


def _about(
    letter: Letter, verdict: Verdict, facts: Facts, step: StepInput, mark: str
) -> Iterator[StepFinding]:
    def say(code: str, severity: Severity, **more: object) -> StepFinding:
        return StepFinding(
            code=code,
            severity=severity,
            place=letter.place,
            params={"letter": letter.place, **more},
            document_id=letter.document.id,
        )

    for name in letter.trouble:
        yield say("MR-ATTACHMENT", Severity.WARNING, found=name)
    if letter.unread and len(letter.text.strip()) < LEAST_SIGNS * letter.unread:
        yield say("MR-SCAN", Severity.WARNING, count=letter.unread)
        return
    if verdict.kind is Kind.OTHER:
        yield say("MR-OTHER", Severity.WARNING)
    elif not verdict.is_sure:
        yield say("MR-UNSURE", Severity.WARNING, why=_why(verdict))
    if mark in step.known_fingerprints:
        yield say("MR-DUPLICATE", Severity.WARNING, item=step.known_fingerprints[mark])
    if TO[verdict.kind] is not Department.NOBODY:
        yield from _deadline(say, facts.deadline, step.today)


def _deadline(say: Any, deadline: date | None, today: date) -> Iterator[StepFinding]:
    if deadline and deadline < today:
        yield say("MR-OVER", Severity.WARNING, deadline=deadline.isoformat())
    elif deadline and deadline <= today + SOON:
        yield say("MR-SOON", Severity.INFO, deadline=deadline.isoformat())


def _parted(
    found: Sequence[Letter], rows: Sequence[dict[str, Any]], findings: list[StepFinding]
) -> Iterator[ResultDocument]:
    """The letters of a batch as files of their own, as long as they are not too large together.

    Those that are left in their batch are said.
    """
    counts = Counter(letter.document.id for letter in found)
    whole = 0
    for number, (letter, row) in enumerate(zip(found, rows, strict=True), start=1):
        if letter.pages is None or counts[letter.document.id] < 2:
            continue
        try:
            content = cut(letter.document.content, letter.pages)
        except NotALetter:
            continue
        whole += len(content)
        if whole > MOST_CUT:
            findings.append(
                at(
                    letter.document,
                    "MR-NOT-PARTED",
                    Severity.WARNING,
                    letter=letter.place[:200],
                    limit=MOST_CUT // (1024 * 1024),
                )
            )
            return
        stem = PurePath(letter.document.name).stem[:60]
        name = file_name(stem, f"{number:02d}-{row['kind']}", "pdf")
        yield ResultDocument(name=name, media_type="application/pdf", content=content)


def deliver(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """The register as XLSX: all letters, and those with a deadline by its day."""
    values = MailroomValues().load(dict(delivery.values), unknown=EXCLUDE)
    headings = (
        *(Text("Letter"), Text("Kind"), Text("Sender"), Text("Subject")),
        *(Text("Date of the letter"), Text("Number"), Text("Amount"), Text("Deadline")),
        *(Text("Department"), Text("Service"), Text("Why")),
    )
    rows = [
        [
            *(one["letter"], KINDS[Kind(one["kind"])], one["sender"], one["subject"]),
            *(one["dated"], one["number"], one["amount"], one["deadline"]),
            *(DEPARTMENTS[Department(one["department"])], one["service"], one["why"]),
        ]
        for one in values["letters"]
    ]
    dated = sorted((row for row in rows if row[7]), key=lambda row: row[7])
    sheets = [
        Sheet(title=Text("Incoming mail"), headings=headings, rows=rows),
        Sheet(title=Text("Deadlines"), headings=headings, rows=dated),
    ]
    locale = delivery.client_locale
    return (xlsx_file(file_name(delivery.number, "register", "xlsx"), sheets, locale=locale),)
