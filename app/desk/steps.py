"""The steps of an item as the desk shows them: with what keeps each from being ticked."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from app.kernel.actor import Actor
from app.work import checklists, queries
from app.work.rules.steps import Obstacle, Step, applies, budget, obstacle


class ShownStep:
    """A step whose title is in the reader's language."""

    def __init__(self, entry: Any, hint: str, *, blocked: bool) -> None:
        self.key, self.mandatory = entry.key, entry.mandatory
        self.done_at, self.done_by_name = entry.done_at, entry.done_by_name
        self.title, self.hint, self.blocked = _(entry.title), hint, blocked


def shown_steps(item: Any, *, actor: Actor) -> list[ShownStep]:
    """Those that the item needs, as its values stand."""
    entries = queries.checklist(item.id)
    steps = {entry.key: checklists.step_of(entry) for entry in entries}
    values = checklists.known(item)
    return [
        _shown(entry, steps, values, actor=actor)
        for entry in entries
        if applies(steps[entry.key], values) or steps[entry.key].is_done
    ]


def _shown(
    entry: Any, steps: dict[str, Step], values: dict[str, Any], *, actor: Actor
) -> ShownStep:
    step = steps[entry.key]
    # Skills are looked up when somebody ticks: here every step that needs one says so.
    found = obstacle(
        step, list(steps.values()), values=values, person=actor.id, skills=[step.skill]
    )
    hints = [_obstacle(found)] if found and not step.is_done else []
    if step.skill:
        hints.append(_("needs %(skill)s", skill=step.skill))
    if step.four_eyes and found is not Obstacle.FOUR_EYES:
        hints.append(_("by a second person"))
    if step.minutes:
        hints.append(_("%(minutes)s min", minutes=step.minutes))
    return ShownStep(entry, ", ".join(hints), blocked=bool(found) and not step.is_done)


def _obstacle(found: Obstacle) -> str:
    return {
        Obstacle.AFTER: _("after another step"),
        Obstacle.FIELDS: _("values are missing"),
        Obstacle.FOUR_EYES: _("by a second person"),
    }.get(found, "")


def minutes(item: Any) -> tuple[int, int]:
    """Time budget of the steps done, and of all that apply."""
    entries: Sequence[Any] = queries.checklist(item.id)
    return budget([checklists.step_of(entry) for entry in entries], checklists.known(item))
