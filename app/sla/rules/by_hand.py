"""A due time that somebody set: fixed whatever the calendar says, moved by later pauses only."""

from app.sla.rules.calendar import Calendar
from app.sla.rules.clock_state import Stretch, Whose


class DueByHand:
    """Instants are seconds since 1970; set at `at`, when the clock had counted `elapsed`."""

    __slots__ = ("_calendar", "_due", "_waited", "reached", "target")

    def __init__(self, due: int, *, at: int, elapsed: int, calendar: Calendar) -> None:
        self._calendar = calendar
        self._due = due
        self._waited = 0
        ahead = calendar.between(at, due) - calendar.between(due, at)
        self.target = max(elapsed + ahead, 0)
        """The working time that it comes to."""
        self.reached: int | None = due if due <= at else None
        """The due time, once it has come while the clock was counting."""

    def wait(self, worked: int) -> None:
        """So much working time was not the clock's."""
        self._waited += worked

    def pass_over(self, stretch: Stretch) -> None:
        """Take in a stretch of the clock's life."""
        if stretch.whose is not Whose.PROVIDER:
            self.wait(stretch.worked)
        elif self.reached is None:
            due = self.due()
            if due is not None and due <= stretch.end:
                # It may have come at night in a pause: it counts from the pause's end.
                self.reached = max(due, stretch.start)

    def due(self) -> int | None:
        """When it is due as things stand; None: never again is there any working time."""
        if not self._waited:
            return self._due
        return self._calendar.add(self._due, self._waited)
