"""What the page of an item says of values that are entered twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, request

from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.web.schema_forms import FieldView, form_fields, sent_values
from app.work import blind, index
from app.work.rules import may_review


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLook:
    """What the page says of the second entry."""

    is_wanted: bool
    """Nobody has entered the values yet: the first's are hidden from who may."""
    may_enter: bool
    may_approve: bool
    who: str = ""
    differs: bool = False
    fields: Sequence[FieldView] = ()
    errors: Mapping[str, Any]
    differences: Sequence[tuple[str, str, str]] = ()
    """Label, first and second, for a lead."""


def second_look(item: Any, *, actor: Actor) -> SecondLook | None:
    """None where nothing is entered twice. In the client's scope."""
    schema = blind.schema_of(item)
    if schema is None or not blind.is_asked(item):
        return None
    leads = actor.may(Permission.WORK_ASSIGN)
    entered = blind.entry(item.id)
    if entered is None:
        own = index.workers_of(item.id)
        errors = g.get("second_errors", {})
        again = bool(errors) or (request.blueprint == "desk_second" and bool(g.foreign))
        typed = sent_values(schema, request.form) if again else {}
        views = form_fields(schema, values=typed, errors=errors)
        return SecondLook(
            is_wanted=True,
            may_enter=actor.may(Permission.WORK_REVIEW) and may_review(actor.id, workers=own),
            may_approve=False,
            fields=[view for view in views if view.name in blind.compared(item)],
            errors=errors,
        )
    labels = {view.name: view.label for view in form_fields(schema)}
    return SecondLook(
        is_wanted=False,
        may_enter=False,
        may_approve=leads or not entered.differing,
        who=entered.account_name,
        differs=bool(entered.differing),
        errors={},
        differences=[
            (labels.get(name, name), blind.plain(item.values.get(name)), entered.values[name])
            for name in entered.differing
        ]
        if leads
        else (),
    )
