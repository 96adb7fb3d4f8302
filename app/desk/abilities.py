"""What a colleague can do, for whom and when; and the walls between clients."""

from datetime import date, time
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.catalogue.service import services
from app.desk.recurring_words import weekdays
from app.identity import queries as identity
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.errors import Invalid
from app.staffing import actions, people, walls
from app.staffing.rules import LEVELS, Held, Shift
from app.web.access import current_actor, requires
from app.web.forms import field_errors
from tenants import registry

blueprint = Blueprint(
    "desk_abilities", __name__, url_prefix="/desk/people", template_folder="templates"
)


@blueprint.get("/<uuid:account_id>/ability")
@requires(Permission.PEOPLE_READ)
def ability(account_id: UUID) -> ResponseReturnValue:
    """Skills with level and certificate, clients, weekly hours."""
    return _page(account_id)


def _page(account_id: UUID, *, errors: dict[str, list[str]] | None = None) -> str:
    found = people.ability(account_id)
    return render_template(
        "desk/people/ability.html",
        colleague=identity.colleague(account_id),
        ability=found,
        skills=sorted({*_known_skills(), *found.skills}),
        levels=level_names(),
        hours={shift.weekday: shift for shift in found.shifts},
        weekdays=weekdays(),
        refs=registry.listed(),
        today=now().date(),
        errors=errors or {},
    )


def level_names() -> dict[int, str]:
    """How well somebody can do something."""
    return dict(zip(LEVELS, (_("learning"), _("works alone"), _("expert")), strict=True))


@blueprint.app_template_filter("skill")
def skill_name(key: str) -> str:
    """What a skill is called: like the service it is for, or by its own name."""
    titles = {one.key: one.title for one in services()}
    if key in titles:
        return _(titles[key])
    return {"accounting": _("Accounting"), "dispatch": _("Dispatch")}.get(key, key)


def _known_skills() -> set[str]:
    return {skill for one in services() for skill in {*one.skills, *one.preferred_skills}}


@blueprint.post("/<uuid:account_id>/ability")
@requires(Permission.PEOPLE_MANAGE)
def change(account_id: UUID) -> ResponseReturnValue:
    """Save all three."""
    actor, colleague = current_actor(), identity.colleague(account_id)
    try:
        skills = _sent_skills(account_id)
        shifts = _sent_shifts()
        actions.set_skills(actor=actor, account_id=colleague.id, skills=skills)
        people.set_shifts(actor=actor, account_id=colleague.id, shifts=shifts)
        actions.set_clients(actor=actor, account_id=colleague.id, tenant_ids=_sent_clients())
    except Invalid as faulty:
        page = _page(account_id, errors=field_errors(faulty))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("Saved."), "success")
    return redirect(url_for(".ability", account_id=account_id), HTTPStatus.SEE_OTHER)


def _sent_skills(account_id: UUID) -> dict[str, date | Held | None]:
    names = {*_known_skills(), *people.ability(account_id).skills}
    found: dict[str, date | Held | None] = {}
    for name in names & set(request.form.getlist("skills")):
        level = request.form.get(f"level-{name}", 1, type=int)
        text = request.form.get(f"expires-{name}", "")
        try:
            expires_on = date.fromisoformat(text) if text else None
        except ValueError:
            raise Invalid(fields={"skills": [_("Please give a day.")]}) from None
        found[name] = Held(level=level if level in LEVELS else 1, expires_on=expires_on)
    return found


def _sent_shifts() -> list[Shift]:
    found = []
    for day in range(7):
        begins, ends = (request.form.get(f"{name}-{day}", "") for name in ("begins", "ends"))
        if not begins and not ends:
            continue
        try:
            shift = Shift(
                weekday=day, begins=time.fromisoformat(begins), ends=time.fromisoformat(ends)
            )
        except ValueError:
            raise Invalid(fields={"shifts": [_("Please give begin and end.")]}) from None
        found.append(shift)
    return found


def _sent_clients() -> list[int]:
    known = {ref.id for ref in registry.all_refs()}
    sent = {int(text) for text in request.form.getlist("clients") if text.isdecimal()}
    return sorted(known & sent)


@blueprint.get("/walls", endpoint="walls")
@requires(Permission.PEOPLE_READ)
def wall_page() -> ResponseReturnValue:
    """Which clients are parted, and who stands on which side."""
    return _walls()


def _walls(*, errors: dict[str, list[str]] | None = None) -> str:
    return render_template(
        "desk/people/walls.html",
        walls=walls.walls(),
        refs={ref.id: ref for ref in registry.all_refs()},
        names={one.id: one.name or one.email for one in identity.colleagues()},
        sent=request.form,
        errors=errors or {},
    )


@blueprint.post("/walls")
@requires(Permission.PEOPLE_MANAGE)
def build_wall() -> ResponseReturnValue:
    """Part clients from one another."""
    try:
        walls.build(
            actor=current_actor(),
            name=request.form.get("name", ""),
            tenant_ids=_sent_clients(),
        )
    except Invalid as faulty:
        return _walls(errors=field_errors(faulty)), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("The wall stands."), "success")
    return redirect(url_for(".walls"), HTTPStatus.SEE_OTHER)


@blueprint.post("/walls/<uuid:wall_id>/remove")
@requires(Permission.PEOPLE_MANAGE)
def remove_wall(wall_id: UUID) -> ResponseReturnValue:
    """Take it down."""
    walls.remove(actor=current_actor(), wall_id=wall_id)
    return redirect(url_for(".walls"), HTTPStatus.SEE_OTHER)
