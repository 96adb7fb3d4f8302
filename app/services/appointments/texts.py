"""What findings of appointments say; never what an appointment is for."""

from app.catalogue.finding_texts import finding_texts
from app.kernel.text import Text

finding_text = finding_texts(
    {
        "AM-NO-CALENDAR": Text("The file holds no calendar that can be read (RFC 5545)."),
        "AM-CLASH": Text("On %(day)s the appointments %(first)s and %(second)s overlap."),
        "AM-IN-ABSENCE": Text(
            "The appointment on %(day)s, %(first)s, lies in an absence (%(begin)s to %(end)s)."
        ),
        "AM-ABSENCES": Text("On %(day)s two absences of whole days overlap."),
        "AM-PARTLY": Text(
            "End or repetition of the appointment that begins on %(begin)s cannot be read: it may "
            "take time that is listed as free."
        ),
        "AM-LEFT-OUT": Text(
            "Appointments whose beginning cannot be read: %(count)s. They were left out and may "
            "take time that is listed as free."
        ),
        "AM-NOTHING-TAKEN": Text(
            "This calendar has no appointment in these weeks: is it the right one, and up to date?"
        ),
        "AM-PAST": Text("The weeks asked for ended on %(day)s."),
        "AM-OUTSIDE": Text("The appointment on %(day)s, %(first)s, lies outside opening hours."),
        "AM-FULL": Text("Nothing is free in these weeks."),
        "AM-MORE": Text("%(count)s appointments are free; the first %(shown)s are listed."),
    }
)
