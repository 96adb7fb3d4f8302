"""What findings of a tour plan say."""

from app.catalogue.finding_texts import finding_texts
from app.kernel.text import Text

finding_text = finding_texts(
    {
        "RO-COUNT": Text(
            "The list has %(count)s stops that can be read; 1 to %(most)s are planned."
        ),
        "RO-LINE": Text(
            "Line %(line)s was not planned: “%(found)s” cannot be right for “%(heading)s”."
        ),
        "RO-ROUNDED": Text(
            "The load %(found)s in line %(line)s was rounded up to %(load)s: whole units are "
            "planned. Please give loads and vehicles in a smaller unit."
        ),
        "RO-WINDOW": Text("The time window in line %(line)s ends before it begins."),
        "RO-TWICE": Text("Line %(line)s is the same stop as line %(other)s: both are planned."),
        "RO-HEAVY": Text(
            "The load of “%(stop)s” (line %(line)s) is %(load)s: a vehicle carries %(capacity)s."
        ),
        "RO-SWAPPED": Text(
            "“%(stop)s” (line %(line)s) is too far away: latitude and longitude seem swapped."
        ),
        "RO-REACH": Text(
            "“%(stop)s” (line %(line)s) cannot be served in its time, "
            "not even by a vehicle that drives there only."
        ),
        "RO-UNASSIGNED": Text(
            "No vehicle can serve “%(stop)s” (line %(line)s) in its time with its load."
        ),
        "RO-BREACH": Text("The plan does not keep: %(what)s."),
    }
)
