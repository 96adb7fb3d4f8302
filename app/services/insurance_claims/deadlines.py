"""By when an insurer has to answer, and by when its answer has to be objected to."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from app.kernel.law_dates import add_months, working_day_on_or_after

Insurance = Literal["private", "statutory"]
Request = Literal["bill", "approval"]
Expert = Literal["none", "medical", "dental"]

STATUTORY_WEEKS: Final[dict[Expert, int]] = {"none": 3, "medical": 5, "dental": 6}
"""§ 13 (3a) sentences 1 and 4 SGB V."""
PRIVATE_WEEKS: Final = 4
PRIVATE_WEEKS_URGENT: Final = 2
FOUR_DAYS_SINCE: Final = date(2025, 1, 1)
"""Postrechtsmodernisierungsgesetz: before it was three days."""
PRIVATE_YEARS: Final = 3
STATUTORY_YEARS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A last day and the rule it comes from."""

    day: date
    law: str


def answer_until(
    insurance: Insurance,
    request: Request,
    received: date,
    *,
    expert: Expert = "none",
    urgent: bool = False,
    state: str = "",
) -> Deadline:
    """The last day for the insurer's answer to what it received on a day.

    Approval before a treatment: § 13 (3a) SGB V, § 192 (8) VVG. Bills: one month, after which
    instalments can be demanded (§ 14 (2) VVG: no end of a period that a holiday moves); six months,
    after which a court can be called (§ 88 (1) SGG).
    """
    if insurance == "private" and request == "bill":
        return Deadline(day=add_months(received, 1), law="§ 14 (2) VVG")
    if insurance == "private":
        weeks = PRIVATE_WEEKS_URGENT if urgent else PRIVATE_WEEKS
        end, law = received + timedelta(weeks=weeks), "§ 192 (8) VVG"
    elif request == "approval":
        end, law = received + timedelta(weeks=STATUTORY_WEEKS[expert]), "§ 13 (3a) SGB V"
    else:
        end, law = add_months(received, 6), "§ 88 (1) SGG"
    return Deadline(day=working_day_on_or_after(end, state), law=law)


def known_on(posted: date) -> date:
    """The day on which a letter posted inside the country counts as received (§ 37 (2) SGB X);
    it does not move when it is a Saturday or holiday (BSG, B 14 AS 12/09 R).
    """
    return posted + timedelta(days=4 if posted >= FOUR_DAYS_SINCE else 3)


def objection_until(
    insurance: Insurance, decided: date, *, instructed: bool = True, state: str = ""
) -> Deadline | None:
    """The last day for an objection to a decision posted on a day; None where no law sets one.

    One month (§ 84 (1) SGG), one year without instruction (§ 66 (2) SGG); § 64 (3) SGG moves it.
    """
    if insurance == "private":
        return None
    end = add_months(known_on(decided), 1 if instructed else 12)
    law = "§ 84 (1) SGG" if instructed else "§ 66 (2) SGG"
    return Deadline(day=working_day_on_or_after(end, state), law=law)


def barred_after(insurance: Insurance, billed: date) -> Deadline:
    """The earliest day after which the claim may be barred: § 15 VVG stops the time between claim
    and decision, so that it may be later.

    Private: three years from the end of the year (§§ 195, 199 BGB); statutory: four (§ 45 SGB I).
    """
    if insurance == "private":
        return Deadline(day=date(billed.year + PRIVATE_YEARS, 12, 31), law="§§ 195, 199 BGB")
    return Deadline(day=date(billed.year + STATUTORY_YEARS, 12, 31), law="§ 45 SGB I")
