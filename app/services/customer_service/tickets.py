"""Threads of mails as tickets: who waits since when, and what was said."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from app.kernel.mails import Letter
from app.kernel.threads import threads
from app.services.customer_service.judging import Judged, Pressure, judged, pressure

HOUR: Final = Decimal(3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One thread of a customer."""

    number: int
    letters: tuple[Letter, ...]
    own: frozenset[str]
    """Addresses and domains that answers come from."""
    judged: Judged
    pressure: Pressure

    @property
    def asked(self) -> Letter:
        """The customer's latest letter."""
        return [one for one in self.letters if not is_own(one, self.own)][-1]

    @property
    def since(self) -> datetime | None:
        """When the customer's first letter came that nobody has answered; else the first."""
        waiting = self.waiting
        letters = waiting or [one for one in self.letters if not is_own(one, self.own)]
        return letters[0].sent_at

    @property
    def waiting(self) -> Sequence[Letter]:
        """The customer's letters after the last answer."""
        return unanswered(self.letters, self.own)

    @property
    def answered_at(self) -> datetime | None:
        """The first answer to the customer's first letter."""
        first = next((one for one in self.letters if not is_own(one, self.own)), None)
        if first is None or first.sent_at is None:
            return None
        answers = (
            one.sent_at
            for one in self.letters
            if is_own(one, self.own) and one.sent_at is not None and one.sent_at >= first.sent_at
        )
        return next(answers, None)

    @property
    def response_hours(self) -> Decimal | None:
        """Hours from the customer's first letter to the first answer; None while there is none."""
        first = next((one for one in self.letters if not is_own(one, self.own)), None)
        if self.answered_at is None or first is None or first.sent_at is None:
            return None
        return hours(first.sent_at, self.answered_at)


def is_own(letter: Letter, own: frozenset[str]) -> bool:
    """Whether the company wrote it."""
    return letter.sender in own or letter.sender.rpartition("@")[2] in own


def own_addresses(told: str, letters: Sequence[Letter]) -> frozenset[str]:
    """What the order names, else the address that most letters went to."""
    named = frozenset(
        one.strip().lower().removeprefix("@") for one in told.replace(";", ",").split(",")
    ) - {""}
    if named:
        return named
    counts = Counter(one for letter in letters for one in letter.recipients)
    return frozenset(one for one, _ in counts.most_common(1))


def unanswered(letters: Sequence[Letter], own: frozenset[str]) -> list[Letter]:
    """What the customer wrote since the last answer."""
    last = max((at for at, one in enumerate(letters) if is_own(one, own)), default=-1)
    return list(letters[last + 1 :])


def tickets(
    letters: Sequence[Letter], *, own: frozenset[str], at: datetime, target_hours: int
) -> list[Ticket]:
    """One for each thread in which a customer wrote; `at` is when it is looked at."""
    found: list[Ticket] = []
    for thread in threads(letters):
        asked = [one for one in thread if not is_own(one, own)]
        if not asked:
            continue
        waiting = unanswered(thread, own)
        text = "\n".join(one.text for one in (waiting or asked[-1:]))
        since = waiting[0].sent_at if waiting else None
        late = since is not None and hours(since, at) > target_hours
        found.append(
            Ticket(
                number=len(found) + 1,
                letters=tuple(thread),
                own=own,
                judged=judged(asked[-1].subject, text),
                pressure=pressure(
                    f"{asked[-1].subject}\n{text}", unanswered=len(waiting), late=late
                ),
            )
        )
    return found


def hours(start: datetime, end: datetime) -> Decimal:
    """With one decimal."""
    seconds = Decimal(int((end - start).total_seconds()))
    return (seconds / HOUR).quantize(Decimal("0.1"))


def order_number(text: str, orders: Mapping[str, object]) -> str:
    """The first number of a known order that the text names."""
    plain = text.casefold()
    places = {
        number: at for number in orders if number and (at := plain.find(number.casefold())) >= 0
    }
    return min(places, key=lambda number: (places[number], -len(number))) if places else ""
