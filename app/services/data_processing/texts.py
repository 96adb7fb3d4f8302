"""What findings of a table say."""

from app.catalogue.finding_texts import SHARED, finding_texts
from app.kernel.text import Text

finding_text = finding_texts(
    {
        "DP-EMPTY": Text("The table is empty."),
        "DP-UNREADABLE": Text("The table is damaged or protected and could not be read."),
        "DP-PROTECTED": SHARED["TABLE-PROTECTED"],
        "DP-BINARY": Text("The file is no table: it holds something else than text."),
        "DP-COLUMN": Text("The table has no column “%(column)s”."),
        "DP-ROW-COLUMNS": Text(
            "Line %(line)s has %(found)s cells instead of %(columns)s: it was set aside."
        ),
        "DP-ROW-QUOTES": Text("The quotes in line %(line)s do not close: it was set aside."),
        "DP-ROW-HEADER": Text("Line %(line)s repeats the headings: it was set aside."),
        "DP-ROW-ABOVE": Text("Line %(line)s stands above the table: it is no part of it."),
        "DP-CELL-MISSING": Text("Line %(line)s has nothing in “%(column)s”."),
        "DP-CELL-DATE": Text("“%(found)s” in line %(line)s is not a date."),
        "DP-CELL-AMOUNT": Text("“%(found)s” in line %(line)s is not a number."),
        "DP-CELL-WHOLE": Text("“%(found)s” in line %(line)s is not a whole number."),
        "DP-CELL-OPEN": Text(
            "“%(found)s” in line %(line)s may be a thousand or a number with decimals, and no "
            "other number of “%(column)s” tells which."
        ),
        "DP-CELL-TWICE": Text("“%(found)s” in line %(line)s stands in “%(column)s” already."),
        "DP-NOT-COMPARED": Text(
            "The table has more than %(most)s rows: duplicates were not looked for."
        ),
        "DP-DUPLICATE": Text(
            "Line %(line)s probably means the same as line %(first)s (%(percent)s %% sure)."
        ),
    }
)
