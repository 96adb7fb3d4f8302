"""What each finding says, in English; the catalogues translate it where it is shown."""

from collections.abc import Mapping
from typing import Final

from app.catalogue.finding_texts import finding_texts
from app.kernel.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "PB-NOT-FHIR": Text("This is no bill in FHIR (JSON)."),
    "PB-NO-INVOICE": Text("Among the files there is no FHIR resource “Invoice”."),
    "PB-ITEM-MISSING": Text("The line refers to %(reference)s, which is not among the files."),
    "PB-OTHER-SCHEDULE": Text(
        "This line is not billed by the GOÄ (%(kind)s): it was not checked and is not taken over."
    ),
    "PB-LINE": Text("This line cannot be read: date, number or factor is not right."),
    "PB-NOTHING": Text("There is nothing to bill: no lines in the order, no file with some."),
    "PB-WITHOUT-PATIENT": Text("The bill does not say who was treated."),
    "PB-WITHOUT-ADDRESS": Text("The bill has no address to be sent to."),
    "PB-WITHOUT-INVOICE-NUMBER": Text("The bill has no number."),
    "PB-WITHOUT-DIAGNOSIS": Text("The bill gives no diagnosis: insurers ask for it."),
    "PB-WITHOUT-ACCOUNT": Text("The bill names no account to be paid to."),
    "PB-DUPLICATE": Text("A bill with this number was ordered already: %(item)s."),
    "PB-DAY-AHEAD": Text("Number %(number)s is dated %(day)s: that day has not come yet."),
    "PB-NO-SCHEDULE": Text(
        "There is no fee schedule for %(day)s (number %(number)s): bills are made for treatments "
        "from 1 January 2002."
    ),
    "PB-NUMBER": Text("Number %(number)s is not in the GOÄ."),
    "PB-NUMBER-LABORATORY": Text(
        "Number %(number)s is a laboratory number under a ceiling (H2 to H4) that this schedule "
        "does not hold: please enter its amount by hand."
    ),
    "PB-CEILING": Text(
        "The laboratory numbers marked H1 of %(day)s come to %(points)s points: more than "
        "%(most)s is not billed, number 3541.H stands instead."
    ),
    "PB-COUNT": Text("Number %(number)s is counted %(count)s times: one is the least."),
    "PB-FACTOR": Text("Number %(number)s has the factor %(factor)s: it has to be above zero."),
    "PB-FACTOR-MOST": Text(
        "Number %(number)s has the factor %(factor)s; the most allowed is %(most)s."
    ),
    "PB-REASON": Text(
        "Number %(number)s has the factor %(factor)s: above %(threshold)s the bill has to give a "
        "reason (section 12 (3) GOÄ)."
    ),
    "PB-AMOUNT": Text(
        "Number %(number)s with the factor %(factor)s is billed as %(found)s; the fee "
        "schedule gives %(expected)s."
    ),
    "PB-TOTAL": Text("The bill says %(found)s in total; its lines come to %(expected)s."),
    "PB-EXCLUDED": Text(
        "Number %(number)s cannot be billed beside number %(other)s (both on %(day)s)."
    ),
    "PB-TWICE-A-DAY": Text(
        "Number %(number)s stands more than once on %(day)s: the bill has to give times and a "
        "reason."
    ),
    "PB-ALONE": Text("Number 2 cannot be billed with anything else on %(day)s."),
    "PB-ALONE-OR-EXAMINATION": Text(
        "Number 3 can be billed alone or with an examination (5 to 8, 800, 801) only; on %(day)s "
        "it stands beside something else."
    ),
    "PB-ONCE-A-CASE": Text(
        "Number %(number)s can be billed once in a case of treatment (a month); it stands again "
        "on %(day)s."
    ),
    "PB-ONCE-A-YEAR": Text(
        "Number %(number)s can be billed once in a calendar year; it stands again on %(day)s."
    ),
    "PB-ONCE-BESIDE": Text(
        "Beside services of the sections C to O number %(number)s can be billed once in a case of "
        "treatment (a month); it stands again on %(day)s."
    ),
    "PB-SURCHARGE-ALONE": Text(
        "The surcharge %(number)s stands without the consultation or examination it belongs to."
    ),
}
finding_text = finding_texts(TEXTS)
