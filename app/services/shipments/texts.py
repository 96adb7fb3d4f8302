"""What findings of shipments say, and the words for what happened."""

from typing import Final

from app.catalogue.finding_texts import finding_texts
from app.kernel.text import Text
from app.services.shipments.rules import Step

STEPS: Final = {
    Step.ANNOUNCED: Text("Announced"),
    Step.BOOKED: Text("Ready for collection"),
    Step.PICKED_UP: Text("Picked up"),
    Step.DEPARTED: Text("Departed"),
    Step.EN_ROUTE: Text("On the way"),
    Step.ARRIVED: Text("Arrived at a stop"),
    Step.RECEIVED: Text("Received"),
    Step.DELIVERED: Text("Delivered"),
    Step.NOT_COLLECTED: Text("Not collected"),
    Step.REFUSED: Text("Acceptance refused"),
    Step.DAMAGED: Text("Damaged"),
    Step.RETURNED: Text("Returned"),
    Step.LOST: Text("Lost"),
    Step.OTHER: Text("Other report"),
}
PROBLEM_WORDS: Final = {
    "lost": Text("Lost"),
    "damaged": Text("Damaged"),
    "refused": Text("Acceptance refused"),
    "returned": Text("Returned"),
    "not_collected": Text("Not collected"),
    "late": Text("Late"),
    "no_movement": Text("No movement"),
    "missing": Text("Missing"),
    "twice": Text("Delivered twice"),
    "short": Text("Short delivered"),
    "unknown": Text("Not announced"),
    "order": Text("Times out of order"),
    "future": Text("Time in the future"),
    "check_digit": Text("Wrong check digit"),
}
finding_text = finding_texts(
    {
        "SH-DOCTYPE": Text(
            "The XML contains a document type declaration. Such files may be an attack "
            "and are not read."
        ),
        "SH-BROKEN": Text("The file is damaged and could not be read."),
        "SH-OTHER": Text("This is neither DESADV nor IFTSTA nor EPCIS nor a table."),
        "SH-EMPTY": Text("The file is empty."),
        "SH-LONG": Text("The file has more segments than can be read at once."),
        "SH-MESSAGE": Text("A message of the kind %(kind)s was left out: it says nothing here."),
        "SH-CUT": Text(
            "A message of the kind %(kind)s has %(found)s segments, %(stated)s are stated: "
            "something was lost on the way."
        ),
        "SH-VOID": Text("Reports that their sender declared wrong, left out: %(count)s."),
        "SH-UNTOLD": Text("Reports without a time or a unit, left out: %(count)s."),
        "SH-CODE": Text("The status code %(found)s is not known here: it is listed, not counted."),
        "SH-MANY": Text(
            "%(count)s units are reported, the first %(shown)s are listed: please hand in parts."
        ),
        "SH-NOTHING": Text("Nothing is announced or reported in these files."),
        "SH-NO-PLAN": Text("Nothing was announced: only what is reported can be checked."),
        "SH-LOST": Text("%(unit)s is lost, reported %(last)s %(place)s."),
        "SH-DAMAGED": Text("%(unit)s is damaged, reported %(last)s %(place)s."),
        "SH-REFUSED": Text("%(unit)s was refused on %(last)s %(place)s."),
        "SH-RETURNED": Text("%(unit)s goes back to the sender, reported %(last)s."),
        "SH-NOT-COLLECTED": Text("%(unit)s was not collected on %(last)s %(place)s."),
        "SH-LATE": Text("%(unit)s was expected on %(expected)s; status: %(last)s %(place)s."),
        "SH-NO-MOVEMENT": Text("%(unit)s has not moved since %(last)s %(place)s."),
        "SH-MISSING": Text("%(unit)s was despatched on %(despatched)s; nothing was reported."),
        "SH-TWICE": Text("%(unit)s is reported delivered more than once: please ask the carrier."),
        "SH-SHORT": Text("%(despatch)s: %(shipped)s of %(ordered)s ordered were despatched."),
        "SH-UNKNOWN": Text("%(unit)s was never announced."),
        "SH-ORDER": Text("%(unit)s was on its way after it had been delivered, by its times."),
        "SH-FUTURE": Text("%(unit)s has a report from the future."),
        "SH-CHECK-DIGIT": Text("%(unit)s has a wrong check digit."),
    }
)
