"""Reads calendars, finds clashes and free times; writes them as table, calendar and picture."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from icalendar import Alarm, Calendar, Event
from marshmallow import EXCLUDE

from app.catalogue.result_files import Sheet, csv_file, file_name, xlsx_file
from app.catalogue.rows import at, shortened
from app.catalogue.steps import (
    DeliveryInput,
    ProposedValue,
    ResultDocument,
    Severity,
    StepDocument,
    StepFinding,
    StepInput,
    StepResult,
)
from app.kernel.spoken import speaker
from app.kernel.svg import Bar, bars
from app.kernel.text import Text
from app.services.appointments.calendars import NotACalendar, Taken, occurrences
from app.services.appointments.rules import (
    ZONE,
    Busy,
    Hours,
    clashes,
    free,
    outside,
    parse_hours,
    slots,
)
from app.services.appointments.schemas import AppointmentsValues

MOST_SLOTS: Final = 500
REMIND: Final = timedelta(days=-1)
Stretch = tuple[datetime, datetime]


def check(step: StepInput) -> StepResult:
    """Each file is one calendar: a doctor, a room."""
    first = date.fromisoformat(str(step.payload["first"]))
    last = first + timedelta(weeks=int(step.payload.get("weeks") or 2), days=-1)
    hours = Hours(
        parse_hours(str(step.payload.get("hours") or "08:00-12:00, 14:00-17:00")),
        state=str(step.payload.get("state") or "BE"),
    )
    minutes, buffer = int(step.payload.get("minutes") or 20), int(step.payload.get("buffer") or 0)
    findings: list[StepFinding] = []
    rows, taken, by_day = [], 0, dict[date, int]()
    for document in step.documents:
        name = document.name.rsplit(".", 1)[0][:60]
        try:
            found = occurrences(document.content, name=name, first=first, last=last)
        except NotACalendar:
            findings.append(at(document, "AM-NO-CALENDAR", Severity.ERROR))
            continue
        busy = found.busy
        taken += len(busy)
        findings += [*_unread(document, found), *_about(document, busy, hours)]
        stretches = free(hours, busy, first=first, last=last, minutes=minutes, buffer=buffer)
        for begin, end in stretches:
            long = int((end - begin).total_seconds() // 60)
            by_day[begin.date()] = by_day.get(begin.date(), 0) + long
        rows += [_row(name, one) for one in slots(stretches, minutes=minutes)]
    findings += _summed_up(step, rows, findings, last=last)
    rows.sort(key=lambda one: (one["day"], one["begin"], one["calendar"]))
    values = {
        "taken": ProposedValue(value=taken),
        "free_minutes": ProposedValue(value=sum(by_day.values())),
        "slots": ProposedValue(value=rows[:MOST_SLOTS]),
    }
    read = any(one.code != "AM-NO-CALENDAR" for one in findings) or bool(rows)
    return StepResult(
        values=values if read else {},
        findings=shortened(findings),
        documents=(_picture(by_day, step.client_locale),) if by_day else (),
        units=Decimal(max(taken, 1)),
        straight_through=bool(rows) and all(one.severity is Severity.INFO for one in findings),
    )


def _row(name: str, stretch: Stretch) -> dict[str, str]:
    begin, end = stretch
    return {
        "calendar": name,
        "day": begin.date().isoformat(),
        "begin": f"{begin:%H:%M}",
        "end": f"{end:%H:%M}",
    }


def _unread(document: StepDocument, found: Taken) -> Iterator[StepFinding]:
    for begin in found.partly:
        yield at(document, "AM-PARTLY", Severity.ERROR, begin=f"{begin:%Y-%m-%d %H:%M}")
    if found.left_out:
        yield at(document, "AM-LEFT-OUT", Severity.ERROR, count=found.left_out)
    if not (found.busy or found.partly or found.left_out):
        yield at(document, "AM-NOTHING-TAKEN", Severity.WARNING)


def _about(document: StepDocument, busy: Sequence[Busy], hours: Hours) -> Iterator[StepFinding]:
    for earlier, later in clashes(busy):
        yield _clash(document, earlier, later)
    for one in outside(hours, busy):
        day = one.begin.date().isoformat()
        yield at(document, "AM-OUTSIDE", Severity.WARNING, day=day, first=_times(one))


def _clash(document: StepDocument, earlier: Busy, later: Busy) -> StepFinding:
    """Two at one time; what lasts whole days is an absence, and told by its days."""
    day = later.begin.date().isoformat()
    absences = [one for one in (earlier, later) if one.is_absence]
    if len(absences) == 2:
        return at(document, "AM-ABSENCES", Severity.WARNING, day=day)
    if not absences:
        first, second = _times(earlier), _times(later)
        return at(document, "AM-CLASH", Severity.ERROR, day=day, first=first, second=second)
    absence, other = absences[0], later if earlier.is_absence else earlier
    return at(
        document,
        "AM-IN-ABSENCE",
        Severity.ERROR,
        day=other.begin.date().isoformat(),
        first=_times(other),
        begin=absence.begin.date().isoformat(),
        end=(absence.end - timedelta(minutes=1)).date().isoformat(),
    )


def _times(one: Busy) -> str:
    return f"{one.begin:%H:%M}-{one.end:%H:%M}"


def _summed_up(
    step: StepInput, rows: Sequence[object], findings: Sequence[StepFinding], *, last: date
) -> Iterator[StepFinding]:
    if last < step.today:
        day = last.isoformat()
        yield StepFinding(code="AM-PAST", severity=Severity.WARNING, params={"day": day})
    if not step.documents:
        yield StepFinding(code="FILE-MISSING", severity=Severity.ERROR)
    elif not rows and not any(one.code == "AM-NO-CALENDAR" for one in findings):
        yield StepFinding(code="AM-FULL", severity=Severity.WARNING)
    if len(rows) > MOST_SLOTS:
        told = {"count": len(rows), "shown": MOST_SLOTS}
        yield StepFinding(code="AM-MORE", severity=Severity.INFO, params=told)


def _picture(by_day: dict[date, int], locale: str) -> ResultDocument:
    drawn = [
        Bar(label=f"{day:%d.%m.}", value=Decimal(long), shown=f"{long // 60}:{long % 60:02}")
        for day, long in sorted(by_day.items())[:31]
    ]
    picture = bars(speaker(locale)(Text("Free time of each day (hours)")), drawn)
    return ResultDocument(name="free.svg", media_type="image/svg+xml", content=picture)


def deliver(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """The free times as table; those given to somebody as a calendar with reminders."""
    values = AppointmentsValues().load(dict(delivery.values), unknown=EXCLUDE)
    sheet = Sheet(
        title=Text("Free appointments"),
        headings=(
            *(Text("Calendar"), Text("Day"), Text("From"), Text("Until")),
            Text("Reference"),
        ),
        rows=[
            [one["calendar"], one["day"], one["begin"], one["end"], one["given_to"]]
            for one in values["slots"]
        ],
    )
    number, locale = delivery.number, delivery.client_locale
    made = [
        xlsx_file(file_name(number, "free", "xlsx"), [sheet], locale=locale),
        csv_file(file_name(number, "free", "csv"), sheet, locale=locale),
    ]
    given = [one for one in values["slots"] if one["given_to"]]
    if given:
        content = _calendar(number, given)
        name = file_name(number, "appointments", "ics")
        made.append(ResultDocument(name=name, media_type="text/calendar", content=content))
    return made


def _calendar(number: str, given: Sequence[dict[str, str]]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Kontor//EN")
    calendar.add("version", "2.0")
    for one in given:
        begin, end = (
            datetime.fromisoformat(f"{one['day']}T{one[key]}").replace(tzinfo=ZONE)
            for key in ("begin", "end")
        )
        event = Event()
        event.add("uid", f"{number}-{one['calendar']}-{begin:%Y%m%dT%H%M}@kontor")
        event.add("dtstamp", begin)
        event.add("dtstart", begin)
        event.add("dtend", end)
        event.add("summary", one["given_to"])
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", one["given_to"])
        alarm.add("trigger", REMIND)
        event.add_component(alarm)
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
