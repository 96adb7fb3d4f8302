"""What can be done to many items, in words."""

from flask_babel import gettext as _
from flask_babel import ngettext

from app.desk.sla_words import priority_name
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.work.actions.deeds import Kind
from app.work.rules import Priority


def choices(actor: Actor) -> list[tuple[str, str]]:
    """Value and name of each deed that this person may do."""
    found = [
        (Kind.TAKE.value, _("Take")),
        (Kind.PUT_BACK.value, _("Put back")),
        (Kind.HAND_ON.value, _("Hand over …")),
    ]
    if actor.may(Permission.WORK_ASSIGN):
        found += [
            (
                f"{Kind.PRIORITY.value}:{int(level)}",
                _("Priority: %(level)s", level=priority_name(level)),
            )
            for level in sorted(Priority, reverse=True)
        ]
    return found


def kind_of(word: str) -> Kind:
    """The deed that a value of the form means. Raises Invalid."""
    name, _colon, level = word.partition(":")
    known = {Kind.TAKE, Kind.PUT_BACK, Kind.HAND_ON, Kind.PRIORITY}
    if name not in known or (name == Kind.PRIORITY and level not in {"0", "1", "2", "3"}):
        raise Invalid("Please choose what is to be done.")
    return Kind(name)


def done_text(kind: Kind, count: int) -> str:
    """What was done to so many."""
    match kind:
        case Kind.TAKE:
            return ngettext("%(num)s item taken.", "%(num)s items taken.", count)
        case Kind.PUT_BACK:
            return ngettext("%(num)s item put back.", "%(num)s items put back.", count)
        case Kind.PRIORITY:
            return ngettext(
                "%(num)s item has another priority.", "%(num)s items have another priority.", count
            )
        case Kind.HAND_ON | Kind.ASSIGN:
            return ngettext("%(num)s item handed over.", "%(num)s items handed over.", count)
