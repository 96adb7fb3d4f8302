"""What findings of network records say."""

from app.catalogue.finding_texts import finding_texts
from app.kernel.text import Text

finding_text = finding_texts(
    {
        "NW-PREFIX": Text("“%(found)s” is not a network prefix."),
        "NW-HOST-BITS": Text("%(found)s has bits beyond its length: it was read as %(read)s."),
        "NW-SAME": Text("%(inner)s also stands in line %(first)s."),
        "NW-OVERLAP": Text(
            "%(inner)s lies inside %(outer)s of line %(first)s, which is in use itself."
        ),
        "NW-ADDRESS": Text("“%(found)s” is not an address."),
        "NW-MAC": Text("“%(found)s” is not a hardware address."),
        "NW-ADDRESS-TWICE": Text("%(device)s has the address %(address)s of %(other)s too."),
        "NW-MAC-TWICE": Text("%(device)s has the hardware address %(mac)s of %(other)s too."),
        "NW-NAME-TWICE": Text("The name %(device)s also stands in line %(first)s."),
        "NW-OUTSIDE": Text("%(device)s (%(address)s) lies in no prefix of the plan."),
        "NW-RESERVED": Text(
            "%(device)s has %(address)s, the network or broadcast address of %(prefix)s."
        ),
        "NW-FULL": Text("%(prefix)s is %(share)s %% full."),
        "NW-NO-ROOM": Text(
            "Inside %(inside)s only %(found)s of %(wanted)s prefixes of length %(length)s are free."
        ),
        "NW-NO-PLAN": Text("There is no table with prefixes."),
        "NW-NEW": Text("New since the last plan: %(device)s (%(address)s)."),
        "NW-GONE": Text("No longer there: %(device)s (%(address)s)."),
        "NW-MOVED": Text("%(device)s moved from %(before)s to %(address)s."),
    }
)
