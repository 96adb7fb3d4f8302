"""Everything the files and the order tell about one case, put together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from app.services.insurance_claims.comparing import Billed, Paid

COMPARED: Final = frozenset({"patient", "birth_date", "policy_number", "bill_number", "insurance"})
LAST_YEAR: Final = 9000
"""Later days are mistakes, and no deadline can be reckoned from them."""


@dataclass(slots=True)
class Case:
    """What was read so far; what comes first stays, so the order form goes before the files."""

    head: dict[str, str] = field(default_factory=dict)
    billed: list[Billed] = field(default_factory=list)
    paid: list[Paid] = field(default_factory=list)
    sequences: dict[str, Billed] = field(default_factory=dict)
    """Lines of a FHIR claim by their number."""
    pointed: list[tuple[str, Paid]] = field(default_factory=list)
    """Answers that only name the number of the claim's line."""
    has_policy: bool = False
    has_statement: bool = False

    contradictions: dict[str, tuple[str, str]] = field(default_factory=dict)
    """What stands once so and once so: the two values."""

    def note(self, key: str, value: object) -> None:
        """Keep a value, unless there is one already; what contradicts it is kept beside it."""
        text = value.isoformat() if isinstance(value, date) else str(value or "").strip()[:200]
        before = self.head.get(key, "")
        if text and not before:
            self.head[key] = text
        elif text and key in COMPARED and _plain(text) != _plain(before):
            self.contradictions.setdefault(key, (before, text))

    def answers(self) -> list[Paid]:
        """All lines of the statement; those that point at a line of the claim take its marks."""
        named = []
        for sequence, answer in self.pointed:
            line = self.sequences.get(sequence)
            named.append(
                replace(answer, day=line.day, number=line.number, amount=line.amount)
                if line
                else answer
            )
        return [*self.paid, *named]

    def day(self, key: str) -> date | None:
        """A noted day; None where it is none."""
        try:
            day = date.fromisoformat(self.head.get(key, "")[:10])
        except ValueError:
            return None
        return day if day.year < LAST_YEAR else None


def from_order(payload: Mapping[str, Any], keys: Sequence[str]) -> Case:
    """A case with what the order form says."""
    case = Case()
    for key in keys:
        case.note(key, payload.get(key))
    return case


def _plain(text: str) -> str:
    """Without blanks, signs and case: `A-12 3` and `a123` are the same number."""
    return "".join(one for one in text.casefold() if one.isalnum())
