"""What findings of a payroll run say."""

from app.catalogue.finding_texts import finding_texts
from app.kernel.text import Text

finding_text = finding_texts(
    {
        "PY-NO-CHART": Text(
            "The official flow chart of the wage tax for %(year)s is not kept here yet: whoever "
            "manages clients hands it in once (Services, Official files); nothing is worked out "
            "without it."
        ),
        "PY-CHART-UNKNOWN": Text(
            "The flow chart is not the official one of %(year)s: its fingerprint is another."
        ),
        "PY-CHART-OTHER": Text(
            "This is not the official flow chart of %(year)s: the official one was used instead."
        ),
        "PY-DAY": Text("TARGET is closed on this day. The next day it settles is %(next)s."),
        "PY-DAY-PAST": Text("This day lies in the past."),
        "PY-CHART": Text("The flow chart cannot be interpreted: %(why)s."),
        "PY-NO-RATES": Text("There are no contribution rates for %(year)s: nothing is guessed."),
        "PY-NO-LIST": Text("There is no staff list among the files."),
        "PY-GROSS": Text("The gross wage of %(name)s, %(gross)s, is no amount of money."),
        "PY-ADDITIONAL": Text(
            "The fund's additional rate of %(name)s would be %(found)s percent: is a comma missing?"
        ),
        "PY-CHILDLESS": Text(
            "%(name)s is called childless, but has children (%(children)s): one of both is wrong."
        ),
        "PY-PRIVATE": Text("%(name)s is insured privately: please settle it by hand."),
        "PY-TWICE": Text(
            "%(name)s with this account stands in line %(earlier)s too: is the wage paid twice?"
        ),
        "PY-MARGINAL": Text("Line %(line)s is a mini-job (%(gross)s): please settle it by hand."),
        "PY-TRANSITION": Text(
            "Line %(line)s lies in the transition zone (%(gross)s): please settle it by hand."
        ),
        "PY-IBAN": Text("The IBAN of %(name)s is not right: the wage could not be paid."),
        "PY-OUR-IBAN": Text("The IBAN of the paying account is not right."),
        "PY-NO-ACCOUNT": Text("Without a paying account there is no SEPA file, only the list."),
        "PY-VARIANCE": Text(
            "%(name)s gets %(net)s; it was %(before)s the month before: more than 15 percent apart."
        ),
    }
)
