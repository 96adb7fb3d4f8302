"""The steps of an item's checklist: which are open, which apply, and who may tick them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID


class Obstacle(StrEnum):
    """Why a step cannot be ticked now."""

    NOT_NEEDED = "not_needed"
    AFTER = "after"
    FIELDS = "fields"
    SKILL = "skill"
    FOUR_EYES = "four_eyes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step as its template stood when the item was opened."""

    key: str
    mandatory: bool = True
    after: tuple[str, ...] = ()
    """Steps that come first; those without can be done side by side."""
    fields: tuple[str, ...] = ()
    """Values that have to be there."""
    when: tuple[str, str] | None = None
    """Field and value for which the step applies; None: always."""
    skill: str = ""
    four_eyes: bool = False
    """Somebody ticks it who ticked no other step."""
    minutes: int = 0
    """Time budget; 0: none."""
    done_by: UUID | None = None
    is_done: bool = False


def applies(step: Step, values: Mapping[str, Any]) -> bool:
    """Whether the item needs the step, as its values and form stand."""
    if step.when is None:
        return True
    field, wanted = step.when
    return str(values.get(field, "")) == wanted


def open_steps(steps: Iterable[Step], values: Mapping[str, Any]) -> list[Step]:
    """Mandatory steps that apply and are not done."""
    return [one for one in steps if one.mandatory and not one.is_done and applies(one, values)]


def obstacle(
    step: Step,
    steps: Sequence[Step],
    *,
    values: Mapping[str, Any],
    person: UUID | None,
    skills: Collection[str],
) -> Obstacle | None:
    """What keeps this person from ticking the step; None: nothing does."""
    if not applies(step, values):
        return Obstacle.NOT_NEEDED
    first = [one for one in steps if one.key in step.after and applies(one, values)]
    if any(not one.is_done for one in first):
        return Obstacle.AFTER
    if any(_is_empty(values.get(field)) for field in step.fields):
        return Obstacle.FIELDS
    if step.skill and step.skill not in skills:
        return Obstacle.SKILL
    others = {one.done_by for one in steps if one.key != step.key and one.is_done}
    if step.four_eyes and (person is None or person in others):
        return Obstacle.FOUR_EYES
    return None


def _is_empty(value: Any) -> bool:
    return value is None or value is False or value in ("", [])


def budget(steps: Iterable[Step], values: Mapping[str, Any]) -> tuple[int, int]:
    """Minutes of the steps that apply: of those done, and of all."""
    fitting = [one for one in steps if applies(one, values)]
    return sum(one.minutes for one in fitting if one.is_done), sum(one.minutes for one in fitting)
