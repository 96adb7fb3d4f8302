"""What findings of compliance say."""

from app.catalogue.finding_texts import finding_texts
from app.kernel.text import Text

finding_text = finding_texts(
    {
        "CP-NO-LIST": Text("There is no sanctions list among the files (OFAC, EU, or `name`)."),
        "CP-NO-NAMES": Text("There is no table of names (column “name”)."),
        "CP-HIT": Text("%(name)s is like %(listed)s (%(reference)s): %(score)s %%."),
        "CP-SHORT": Text("“%(name)s” is too short to be told apart: please check it by hand."),
        "CP-MAY-GO": Text("Records that may be deleted: %(count)s."),
        "CP-FUTURE": Text("The date %(found)s lies in the future."),
        "CP-LAW-YEAR": Text("The periods of %(year)s were not checked yet: please look them up."),
        "CP-MOVED": Text("The month ends on a day off: the next working day, %(due)s, counts."),
        "CP-LATE": Text("The deadline was %(due)s."),
        "CP-WEEKEND": Text("Days off until the deadline, which count too: %(count)s."),
        "CP-GAP": Text("%(activity)s: “%(what)s” is missing (Art. 30 (1) %(letter)s GDPR)."),
        "CP-THIRD": Text(
            "%(activity)s: data goes to %(country)s. Which safeguard (Art. 44 to 49)?"
        ),
        "CP-DOUBLE": Text("%(activity)s also stands in line %(first)s."),
    }
)
