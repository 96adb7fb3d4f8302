"""The tables of people and absences, read into what the rules take."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.catalogue.rows import Column, Table, TypedRow
from app.catalogue.steps import Severity, StepFinding
from app.kernel.law_dates import STATE_WORDS
from app.services.hr_leave.rules import Absence, Person, counted_days, overlaps, statutory_days

KINDS: Final = {
    **dict.fromkeys(("leave", "urlaub", "u"), "leave"),
    **dict.fromkeys(("sick", "krank", "k", "au"), "sick"),
    **dict.fromkeys(
        (
            *("other", "sonstiges", "sonderurlaub", "elternzeit", "mutterschutz", "kurzarbeit"),
            *("unbezahlt", "fortbildung", "kind krank"),
        ),
        "other",
    ),
}
WEEKDAYS: Final = {
    "mo": 0,
    "di": 1,
    "tu": 1,
    "mi": 2,
    "we": 2,
    "do": 3,
    "th": 3,
    "fr": 4,
    "sa": 5,
    "so": 6,
    "su": 6,
}
MONDAY_TO_FRIDAY: Final = (0, 1, 2, 3, 4)
_BETWEEN: Final = re.compile(r"\s*(?:[-–—]|\b(?:bis|to)\b)\s*")  # noqa: RUF001
_PARTED: Final = str.maketrans({",": " ", ";": " ", "/": " ", "+": " ", ".": " "})
STAFF: Final = (
    Column(key="person", names=("Name", "Mitarbeiter", "Employee"), required=True),
    Column(key="entry", names=("Eintritt", "Eintrittsdatum"), kind="date", required=True),
    Column(key="exit", names=("Austritt", "Austrittsdatum"), kind="date"),
    Column(key="weekdays", names=("Arbeitstage", "Wochentage", "Working days")),
    Column(
        key="state",
        names=("Bundesland", "Land"),
        choices=STATE_WORDS,
    ),
    Column(key="contract_days", names=("Urlaubstage", "Urlaub im Jahr", "Days"), kind="amount"),
    Column(key="carried_over", names=("Resturlaub", "Übertrag", "Carry-over"), kind="amount"),
    Column(key="severely_disabled", names=("Schwerbehindert", "GdB ab 50"), kind="yes"),
)
ABSENCES: Final = (
    Column(key="person", names=("Name", "Mitarbeiter", "Employee"), required=True),
    Column(key="first", names=("Von", "Erster Tag", "From"), kind="date", required=True),
    Column(key="last", names=("Bis", "Letzter Tag", "To"), kind="date", required=True),
    Column(key="kind", names=("Art", "Type"), choices=KINDS),
    Column(key="half", names=("Halb", "Halber Tag", "Half day"), kind="yes"),
)


@dataclass(frozen=True, slots=True)
class Away:
    """An absence with the line it stands in."""

    absence: Absence
    table: Table
    line: int


def _person(row: TypedRow, state: str) -> Person:
    return Person(
        name=row["person"][:120],
        entry=row["entry"],
        exit=row["exit"],
        weekdays=_weekdays(row["weekdays"] or "") or MONDAY_TO_FRIDAY,
        state=row["state"] or state,
        contract_days=row["contract_days"] or Decimal(0),
        carried_over=row["carried_over"] or Decimal(0),
        severely_disabled=bool(row["severely_disabled"]),
    )


def _weekdays(text: str) -> tuple[int, ...]:
    """`Mo-Do`, `Montag bis Freitag`, `Mo Mi Fr` or a number of days a week from Monday on; none
    where a word of it is unknown.
    """
    words = _BETWEEN.sub(" - ", text.casefold()).translate(_PARTED).split()
    if words and words[0].isdecimal() and set(words[1:]) <= {"tage", "tag", "days", "day"}:
        return tuple(range(min(int(words[0]), 6)))
    known = [WEEKDAYS[word[:2]] for word in words if word[:2] in WEEKDAYS]
    if words[1:2] == ["-"] and len(known) == 2 and len(words) == 3:
        return tuple(range(known[0], known[1] + 1))
    return tuple(sorted(set(known))) if len(known) == len(words) else ()


def people(table: Table, *, state: str) -> tuple[dict[str, Person], list[StepFinding]]:
    """The people by name, in lower case; what is wrong with their rows."""
    found: dict[str, Person] = {}
    lines: dict[str, int] = {}
    findings = list(table.findings)
    for row in table.rows:
        one = _person(row, state)
        key = one.name.casefold()
        if key in found:
            told = {"person": one.name, "first": lines[key]}
            findings.append(
                table.finding("HR-DOUBLE", Severity.WARNING, row.line, "person", **told)
            )
            continue
        found[key], lines[key] = one, row.line
        if row["weekdays"] and not _weekdays(row["weekdays"]):
            told = {"person": one.name, "found": row["weekdays"][:60]}
            findings.append(
                table.finding("HR-WEEKDAYS", Severity.WARNING, row.line, "weekdays", **told)
            )
        if one.exit and one.exit < one.entry:
            told = {"person": one.name}
            findings.append(table.finding("HR-EXIT", Severity.ERROR, row.line, "exit", **told))
        least = statutory_days(len(one.weekdays))
        if one.contract_days and one.contract_days < least:
            told = {"person": one.name, "days": f"{one.contract_days:f}", "least": f"{least:.1f}"}
            findings.append(
                table.finding("HR-BELOW-LAW", Severity.ERROR, row.line, "contract_days", **told)
            )
    return found, findings


def away(
    tables: Sequence[Table], people_: Mapping[str, Person]
) -> tuple[dict[str, list[Away]], list[StepFinding]]:
    """Each person's absences of all the tables, and what is wrong with them."""
    found: dict[str, list[Away]] = {}
    findings = [one for table in tables for one in table.findings]
    for table, row in ((each, row) for each in tables for row in each.rows):
        key = row["person"].casefold()
        told = {"person": row["person"][:80]}
        if key not in people_:
            findings.append(table.finding("HR-UNKNOWN", Severity.ERROR, row.line, "person", **told))
        elif row["last"] < row["first"]:
            findings.append(table.finding("HR-ORDER", Severity.ERROR, row.line, "last", **told))
        else:
            absence = Absence(
                first=row["first"],
                last=row["last"],
                # A word nobody knows takes no leave; it was said.
                kind=row["kind"] or ("other" if "kind" in row.unread else "leave"),
                half=bool(row["half"]),
            )
            found.setdefault(key, []).append(Away(absence, table, row.line))
    for key, mine in found.items():
        findings += _about(people_[key], mine)
    return found, findings


def _about(person: Person, mine: Sequence[Away]) -> Iterator[StepFinding]:
    told = {"person": person.name}
    for earlier, later in overlaps([one.absence for one in mine]):
        yield mine[later].table.finding(
            "HR-OVERLAP",
            Severity.ERROR,
            mine[later].line,
            "first",
            first=mine[earlier].line,
            **told,
        )
    sick = [one.absence for one in mine if one.absence.kind == "sick"]
    for one in mine:
        absence = one.absence
        if absence.first < person.entry or (person.exit and absence.last > person.exit):
            yield one.table.finding("HR-OUTSIDE", Severity.ERROR, one.line, "first", **told)
        if absence.kind != "leave":
            continue
        whole = counted_days(person, absence)
        back = whole - counted_days(person, absence, without=sick)
        if whole == 0:
            yield one.table.finding("HR-NO-DAYS", Severity.WARNING, one.line, "first", **told)
        if back:
            days = f"{back:f}"
            yield one.table.finding(
                "HR-SICK-IN-LEAVE", Severity.INFO, one.line, "first", days=days, **told
            )
