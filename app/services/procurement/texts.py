"""What findings of a three-way match say."""

from app.catalogue.finding_texts import finding_texts
from app.kernel.text import Text

finding_text = finding_texts(
    {
        "PR-DOCTYPE": Text(
            "The XML contains a document type declaration. Such files may be an attack "
            "and are not read."
        ),
        "PR-BROKEN": Text("The XML is damaged and could not be read."),
        "PR-OTHER": Text(
            "This is neither an order (or its change) nor a despatch advice in UBL, nor an invoice "
            "in UBL or CII."
        ),
        "PR-RESPONSE": Text("This is the supplier's answer to an order: it was not compared."),
        "PR-TWICE": Text("%(paper)s is among the files twice: it was counted once."),
        "PR-ORDERS": Text(
            "There is more than one order: only %(order)s was compared, not %(paper)s."
        ),
        "PR-CHANGED": Text("The order %(order)s was compared as changed by %(paper)s."),
        "PR-CANCELLED": Text("The order %(order)s was cancelled by %(paper)s."),
        "PR-NO-ORDER": Text("There is no order among the files: nothing to compare with."),
        "PR-NO-DESPATCH": Text("There is no despatch advice: quantities are compared two-way."),
        "PR-NO-INVOICE": Text("There is no invoice yet: only the delivery is compared."),
        "PR-OTHER-ORDER": Text("%(paper)s belongs to the order %(found)s."),
        "PR-CURRENCY": Text("The papers are in different currencies: %(found)s."),
        "PR-UNIT": Text("Line %(line)s (%(name)s) is in different units."),
        "PR-NOT-DELIVERED": Text("Line %(line)s (%(name)s): nothing of %(ordered)s was delivered."),
        "PR-DELIVERED-LESS": Text(
            "Line %(line)s (%(name)s): %(delivered)s of %(ordered)s were delivered."
        ),
        "PR-DELIVERED-MORE": Text(
            "Line %(line)s (%(name)s): %(delivered)s were delivered, %(ordered)s ordered."
        ),
        "PR-BILLED-MORE": Text(
            "Line %(line)s (%(name)s): %(invoiced)s are billed, %(delivered)s were delivered."
        ),
        "PR-NOT-BILLED": Text("Line %(line)s (%(name)s) is not billed."),
        "PR-PRICE-ABOVE": Text(
            "Line %(line)s (%(name)s): billed at %(price)s, ordered at %(agreed)s."
        ),
        "PR-LINE-AMOUNT": Text(
            "Line %(line)s (%(name)s) comes to %(stated)s by its own sum, by quantity and price to "
            "%(worked_out)s. The sum was compared."
        ),
        "PR-NOT-ORDERED": Text("%(name)s (%(item)s) was not ordered."),
    }
)
