"""What findings of appointments say; never what an appointment is for."""

from app.catalogue.finding_texts import finding_texts
from app.kernel.text import Text

finding_text = finding_texts(
    {
        "AM-NO-CALENDAR": Text("The file holds no calendar that can be read (RFC 5545)."),
        "AM-CLASH": Text("On %(day)s the appointments %(first)s and %(second)s overlap."),
        "AM-OUTSIDE": Text("The appointment on %(day)s, %(first)s, lies outside opening hours."),
        "AM-FULL": Text("Nothing is free in these weeks."),
        "AM-MORE": Text("%(count)s appointments are free; the first %(shown)s are listed."),
    }
)
