"""What an hour costs the provider: of a role, or of one person, from a day on."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.desk import terms_forms
from app.desk.margins import euro
from app.identity import queries as people
from app.identity.permissions import Permission, StaffRole
from app.kernel.clock import now
from app.kernel.errors import Invalid
from app.kernel.money import Money
from app.reports.margin import CURRENCY
from app.staffing import costs
from app.web.access import current_actor, requires
from app.web.forms import field_errors
from app.web.roles import staff_role

blueprint = Blueprint(
    "desk_margin_costs", __name__, url_prefix="/desk/margin/costs", template_folder="templates"
)


@blueprint.get("/")
@requires(Permission.MARGIN_READ)
def costs_page() -> ResponseReturnValue:
    """Every rate, and the form."""
    return _page()


@blueprint.post("/")
@requires(Permission.MARGIN_READ)
def set_cost() -> ResponseReturnValue:
    """A rate from a day on."""
    try:
        who = request.form.get("who", "")
        if who not in _names():
            raise Invalid(fields={"who": [_("Please choose a role or a person.")]})
        costs.set_cost(
            actor=current_actor(),
            who=who,
            valid_from=terms_forms.day(request.form.get("valid_from", ""), "valid_from"),
            minor_per_hour=_minor(request.form.get("cost", "")),
        )
    except Invalid as faulty:
        return _page(field_errors(faulty)), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("Saved."), "success")
    return redirect(url_for(".costs_page"), HTTPStatus.SEE_OTHER)


def _minor(text: str) -> int:
    amount = terms_forms.number(text, "cost")
    try:
        return Money.of(amount, CURRENCY).minor
    except Invalid as finer:
        raise Invalid(fields={"cost": [finer.text]}) from None


def _names() -> dict[str, str]:
    roles = [role for role in StaffRole if role is not StaffRole.HEALTH]
    return {
        **{costs.of_role(role): staff_role(role) for role in roles},
        **{costs.of_person(one.id): one.name or one.email for one in people.colleagues()},
    }


def _page(errors: Mapping[str, list[str]] | None = None) -> str:
    return render_template(
        "desk/margin/costs.html",
        rows=costs.costs(),
        names=_names(),
        euro=euro,
        sent=request.form,
        today=now().date(),
        may_set=current_actor().may(Permission.INVOICE_MANAGE),
        errors=errors or {},
    )
