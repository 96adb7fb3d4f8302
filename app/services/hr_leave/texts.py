"""What findings of leave say."""

from app.catalogue.finding_texts import finding_texts
from app.kernel.text import Text

finding_text = finding_texts(
    {
        "HR-NO-STAFF": Text("There is no table of people (name, entry)."),
        "HR-YEAR": Text("The rules of %(year)s are not in the tables: nothing was worked out."),
        "HR-UNKNOWN": Text("%(person)s of line %(line)s is not in the table of people."),
        "HR-DOUBLE": Text("%(person)s also stands in line %(first)s: the first one counts."),
        "HR-WEEKDAYS": Text(
            "%(person)s: the working days “%(found)s” cannot be read; Monday to Friday was taken."
        ),
        "HR-EXIT": Text("%(person)s: the day of leaving lies before the first day."),
        "HR-ORDER": Text("%(person)s: the last day lies before the first."),
        "HR-OVERLAP": Text("%(person)s: this absence shares days with line %(first)s."),
        "HR-OUTSIDE": Text("%(person)s was not employed on every day of this absence."),
        "HR-NO-DAYS": Text("%(person)s: no working day lies in this absence."),
        "HR-OVERDRAWN": Text("%(person)s: days taken beyond what there is: %(days)s."),
        "HR-EXPIRED": Text(
            "%(person)s: days carried over that expired on 31 March: %(days)s. They stay if you "
            "did not ask the person in time to take them (BAG 9 AZR 541/15), or in long sickness."
        ),
        "HR-BELOW-LAW": Text(
            "%(person)s: the contract gives %(days)s days, the law at least %(least)s."
        ),
        "HR-SICK-IN-LEAVE": Text("%(person)s: sick on days of leave, which come back: %(days)s."),
        "HR-BENEFIT": Text(
            "Benefits of %(amount)s a month are above the limit of %(limit)s: all of it is taxed."
        ),
        "HR-BENEFIT-YEAR": Text("The limit for benefits in %(year)s is not known yet."),
        "HR-START-PAST": Text(
            "The first day, %(start)s, has passed; duties that are late: %(count)s."
        ),
        "HR-START-FREE": Text("The first day, %(start)s, is no working day."),
    }
)
