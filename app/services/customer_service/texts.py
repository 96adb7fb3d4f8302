"""What findings of customer service say."""

from app.catalogue.finding_texts import finding_texts
from app.kernel.text import Text

finding_text = finding_texts(
    {
        "CS-NO-MAIL": Text("There is no mail among the order and its files."),
        "CS-NOT-MAIL": Text("This is no mail: head or sender is missing."),
        "CS-NO-HEAD": Text("The words of a message alone: who wrote it, and when, is not known."),
        "CS-TOO-MANY": Text("Only the first %(most)s mails were read."),
        "CS-AUTOMATIC": Text("A machine wrote this (%(sender)s): it was left out."),
        "CS-TWICE": Text("“%(subject)s” was handed in twice and is counted once."),
        "CS-UNDATED": Text("“%(subject)s” has no date: how long it waited is not known."),
        "CS-ATTACHED": Text("Files hang on it: %(names)s."),
        "CS-NO-ORDERS": Text("This is no table of orders (columns “order”, “state”)."),
        "CS-ONLY-OURS": Text("All mails are from your own addresses: nobody waits."),
        "CS-THREAT": Text("The customer speaks of legal steps: %(words)s."),
        "CS-PRESSING": Text("The customer presses: %(words)s."),
        "CS-AGAIN": Text("The customer wrote %(count)s times without an answer."),
        "CS-LATE": Text("It waits since %(since)s: longer than %(target)s hours."),
        "CS-WAS-LATE": Text("The first answer took %(hours)s hours; %(target)s are promised."),
        "CS-PRIVACY": Text(
            "A request about personal data: one month to answer (Art. 12 (3) GDPR)."
        ),
        "CS-GAP": Text("The reply has a gap […] for you to fill in before it can go out."),
        "CS-LANGUAGE": Text("The language is not known: the reply is in English."),
        "CS-WHICH-ORDER": Text("No order of the table is named: please find it."),
    }
)
