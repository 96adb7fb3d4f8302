"""Who gets a letter: a department by its kind, and the client's service that fits. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from app.services.mailroom.kinds import Kind
from app.services.mailroom.texts import Department

DEPARTMENTS: Final[Mapping[Kind, Department]] = {
    Kind.INVOICE: Department.ACCOUNTING,
    Kind.REMINDER: Department.ACCOUNTING,
    Kind.BANK: Department.ACCOUNTING,
    Kind.ORDER: Department.SALES,
    Kind.DELIVERY_NOTE: Department.PURCHASING,
    Kind.CONTRACT: Department.LEGAL,
    Kind.NOTICE: Department.LEGAL,
    Kind.APPLICATION: Department.PEOPLE,
    Kind.SICK_NOTE: Department.PEOPLE,
    Kind.COMPLAINT: Department.CUSTOMERS,
    Kind.AUTHORITY: Department.MANAGEMENT,
    Kind.ADVERTISEMENT: Department.NOBODY,
    Kind.OTHER: Department.MANAGEMENT,
}
CUES: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.INVOICE: ("suppliers", "supplier invoice"),
    Kind.REMINDER: ("suppliers", "supplier invoice"),
    Kind.BANK: ("bank statement",),
    Kind.DELIVERY_NOTE: ("delivery and invoice", "despatch advices"),
    Kind.CONTRACT: ("contract deadlines", "contracts"),
    Kind.NOTICE: ("contract deadlines", "contracts"),
    Kind.SICK_NOTE: ("leave", "absences"),
    Kind.COMPLAINT: ("customer service", "customers' mails", "tickets"),
    Kind.AUTHORITY: ("retention", "deadlines of requests", "compliance"),
}
"""What a service says of itself (English message ids) that fits a kind of letter."""


def service_for(kind: Kind, offered: Sequence[Mapping[str, str]]) -> str:
    """The title of the service that says most of what fits; empty where none does."""
    cues = CUES.get(kind, ())
    scored = [
        (sum(cue in str(one["words"]).casefold() for cue in cues), -at, str(one["title"]))
        for at, one in enumerate(offered)
    ]
    best = max(scored, default=(0, 0, ""))
    return best[2] if best[0] else ""
