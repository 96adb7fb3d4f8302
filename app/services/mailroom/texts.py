"""What findings of the mailroom say, and the words for kinds and departments."""

from enum import StrEnum
from typing import Final

from app.catalogue.finding_texts import finding_texts
from app.kernel.text import Text
from app.services.mailroom.kinds import Kind


class Department(StrEnum):
    """Who gets a letter."""

    ACCOUNTING = "accounting"
    PURCHASING = "purchasing"
    SALES = "sales"
    LEGAL = "legal"
    PEOPLE = "people"
    CUSTOMERS = "customers"
    MANAGEMENT = "management"
    NOBODY = "nobody"


KINDS: Final = {
    Kind.INVOICE: Text("Invoice"),
    Kind.REMINDER: Text("Payment reminder"),
    Kind.ORDER: Text("Purchase order"),
    Kind.DELIVERY_NOTE: Text("Delivery note"),
    Kind.CONTRACT: Text("Contract"),
    Kind.NOTICE: Text("Notice of termination"),
    Kind.APPLICATION: Text("Job application"),
    Kind.SICK_NOTE: Text("Sick note"),
    Kind.COMPLAINT: Text("Complaint"),
    Kind.AUTHORITY: Text("Letter of an authority"),
    Kind.BANK: Text("Bank statement"),
    Kind.ADVERTISEMENT: Text("Advertisement"),
    Kind.OTHER: Text("Other letter"),
}
DEPARTMENTS: Final = {
    Department.ACCOUNTING: Text("Accounting"),
    Department.PURCHASING: Text("Purchasing"),
    Department.SALES: Text("Sales"),
    Department.LEGAL: Text("Legal"),
    Department.PEOPLE: Text("Human resources"),
    Department.CUSTOMERS: Text("Customer service"),
    Department.MANAGEMENT: Text("Management"),
    Department.NOBODY: Text("Nobody: file it"),
}
finding_text = finding_texts(
    {
        "MR-EMPTY": Text("The file is empty."),
        "MR-LOCKED": Text("The PDF is protected by a password. Please send it without."),
        "MR-BROKEN": Text("The file is damaged and could not be read."),
        "MR-MSG": Text("Outlook's own format (.msg) is not read. Please save the mail as .eml."),
        "MR-KIND": Text("Files of this kind are not read here."),
        "MR-LONG": Text("The PDF has more than 300 pages. Please hand it in in parts."),
        "MR-SCAN": Text(
            "%(letter)s is a scan without text (pages: %(count)s): please look at it and "
            "fill in the line."
        ),
        "MR-ATTACHMENT": Text("The attachment %(found)s of %(letter)s could not be read."),
        "MR-UNSURE": Text("%(letter)s may be of another kind as well: please look. (%(why)s)"),
        "MR-OTHER": Text("Nothing tells what %(letter)s is about."),
        "MR-SPLIT": Text("The batch was parted into %(count)s letters at its separator pages."),
        "MR-NOT-PARTED": Text(
            "From %(letter)s on the letters stay in their batch: the parted files would be larger "
            "than %(limit)s MB together."
        ),
        "MR-SOON": Text("%(letter)s has a deadline on %(deadline)s."),
        "MR-OVER": Text("The deadline of %(letter)s was %(deadline)s."),
        "MR-DUPLICATE": Text("%(letter)s has come before, with %(item)s."),
    }
)
