"""Between a checklist's rows and their rules, inside a client's scope."""

from collections.abc import Collection, Sequence
from typing import Any

from app.catalogue.service import ChecklistTemplate
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Forbidden
from app.kernel.text import Text
from app.work.models import ChecklistEntry, WorkItem
from app.work.rules.steps import Obstacle, Step, obstacle

_SAID: dict[Obstacle, Text] = {
    Obstacle.NOT_NEEDED: Text("This step is not needed here."),
    Obstacle.AFTER: Text("Another step comes first."),
    Obstacle.FIELDS: Text("Please fill in and save the values of this step first."),
    Obstacle.SKILL: Text("This step needs a skill that you do not have."),
    Obstacle.FOUR_EYES: Text("A second person has to do this step."),
}
_REFUSED = frozenset({Obstacle.SKILL, Obstacle.FOUR_EYES})


def entry_of(item: WorkItem, template: ChecklistTemplate, *, position: int) -> ChecklistEntry:
    """The row of an item's step: it stays as the template was, whatever becomes of that."""
    return ChecklistEntry(
        item_id=item.id,
        key=template.key,
        position=position,
        title=template.title,
        mandatory=template.mandatory,
        rules={
            "after": list(template.after),
            "fields": list(template.fields),
            "when": list(template.when) if template.when else None,
            "skill": template.skill,
            "four_eyes": template.four_eyes,
            "minutes": template.minutes,
        },
    )


def again(entry: ChecklistEntry, *, item: WorkItem) -> ChecklistEntry:
    """The same step, not done, for a rework."""
    return ChecklistEntry(
        item_id=item.id,
        key=entry.key,
        position=entry.position,
        title=entry.title,
        mandatory=entry.mandatory,
        rules=entry.rules,
    )


def step_of(entry: ChecklistEntry) -> Step:
    """The row as its rules take it."""
    rules, when = entry.rules, entry.rules.get("when")
    return Step(
        key=entry.key,
        mandatory=entry.mandatory,
        after=tuple(rules.get("after", ())),
        fields=tuple(rules.get("fields", ())),
        when=(when[0], when[1]) if when else None,
        skill=rules.get("skill", ""),
        four_eyes=rules.get("four_eyes", False),
        minutes=rules.get("minutes", 0),
        done_by=entry.done_by_id,
        is_done=entry.done_at is not None,
    )


def known(item: WorkItem) -> dict[str, Any]:
    """What conditions and mandatory fields look at: the order's form and the values."""
    return {**item.payload, **item.values}


def check(
    item: WorkItem,
    entry: ChecklistEntry,
    entries: Sequence[ChecklistEntry],
    *,
    actor: Actor,
    skills: Collection[str],
) -> None:
    """Refuse what cannot be ticked. Raises Conflict, or Forbidden for the person."""
    found = obstacle(
        step_of(entry),
        [step_of(one) for one in entries],
        values=known(item),
        person=actor.id,
        skills={*skills, *actor.skills},
    )
    if found is not None:
        raise (Forbidden if found in _REFUSED else Conflict)(_SAID[found])
