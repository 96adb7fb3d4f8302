"""What findings of an analysis say."""

from app.catalogue.finding_texts import finding_texts
from app.kernel.text import Text

finding_text = finding_texts(
    {
        "AN-COLUMN": Text("There is no column “%(found)s”. There are: %(names)s."),
        "AN-UNREAD": Text("“%(found)s” in line %(line)s cannot be used and was left out."),
        "AN-OUTLIER": Text("%(found)s in line %(line)s lies far from all others: is it right?"),
        "AN-MANY": Text("There are %(count)s groups; the report lists the first %(shown)s."),
    }
)
