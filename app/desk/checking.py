"""How one client's work is checked and its time rounded: kept by admins, every version told."""

from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _

from app.audit import queries as audit
from app.catalogue.service import services
from app.identity.permissions import Permission
from app.kernel.errors import Invalid
from app.kernel.money import Money
from app.quality import actions as quality
from app.quality import queries as plans
from app.quality.rules import Plan
from app.web.access import current_actor, in_provider_books, requires
from app.web.schema_forms import plain_number
from app.work import blind, time_queries
from app.work.actions import blind as blind_deeds
from app.work.actions import timing

blueprint = Blueprint(
    "desk_checking", __name__, url_prefix="/desk/c/<client>/checking", template_folder="templates"
)
VERBS = ("quality.plan_agreed", "time.rounding_agreed", "blind.agreed")


@blueprint.url_defaults
def _same_client(_endpoint: str, values: dict[str, Any]) -> None:
    if g.get("client") is not None:
        values.setdefault("client", g.client.slug)


@blueprint.get("")
@in_provider_books
@requires(Permission.CLIENT_READ)
def overview() -> ResponseReturnValue:
    """What holds now, and all that held before."""
    tenant_id = g.client.id
    return render_template(
        "desk/checking/page.html",
        client=g.client,
        plan=plans.plan(tenant_id),
        rounding=time_queries.rounding(tenant_id),
        services=blind.can_be_entered_twice(tenant_id),
        blind=blind.services(tenant_id),
        versions=[
            (entry, _words(entry.verb, entry.detail))
            for entry in audit.provider_history(
                subject_type="client", subject_id=tenant_id, verbs=VERBS
            )
        ],
    )


@blueprint.post("/samples")
@in_provider_books
@requires(Permission.CLIENT_MANAGE)
def set_plan() -> ResponseReturnValue:
    """How much of the work is drawn to be looked at."""
    try:
        typed = Decimal(plain_number(request.form.get("amount", "")) or "0")
    except InvalidOperation:
        raise Invalid("This is not an amount.") from None
    amount = Money.of(typed, "EUR").major
    wanted = Plan(
        amount=amount,
        new_operator_items=request.form.get("new_operator_items", 0, type=int),
        every="every" in request.form,
        random_percent=request.form.get("random_percent", 0, type=int),
    )
    quality.look_closer(actor=current_actor(), tenant_id=g.client.id, wanted=wanted)
    return _done(_("From now on samples are drawn like this."))


@blueprint.post("/rounding")
@in_provider_books
@requires(Permission.CLIENT_MANAGE)
def set_rounding() -> ResponseReturnValue:
    """How approved time is rounded."""
    timing.agree_rounding(
        actor=current_actor(),
        tenant_id=g.client.id,
        step_minutes=request.form.get("step_minutes", 0, type=int),
        up=request.form.get("direction") == "up",
    )
    return _done(_("From now on time is rounded like this; what is approved stays."))


@blueprint.post("/blind")
@in_provider_books
@requires(Permission.CLIENT_MANAGE)
def set_blind() -> ResponseReturnValue:
    """For which services values are entered twice."""
    chosen = set(request.form.getlist("services"))
    blind_deeds.agree(actor=current_actor(), tenant_id=g.client.id, service_keys=chosen)
    return _done(_("From now on these services are entered twice."))


def _words(verb: str, detail: dict[str, Any]) -> str:
    """A version in words."""
    if verb == "quality.plan_agreed":
        return _(
            "Samples: from %(amount)s EUR, the first %(count)s of each operator, %(share)s %% of "
            "the rest",
            amount=format_decimal(Decimal(detail["amount"])),
            count=detail["new_operator_items"],
            share=100 if detail["every"] else detail["random_percent"],
        )
    if verb == "time.rounding_agreed":
        step = detail["step_minutes"]
        if detail["up"]:
            return _("Time: every %(minutes)s minutes begun", minutes=step)
        return _("Time: to the nearest %(minutes)s minutes", minutes=step)
    titles = {service.key: _(service.title) for service in services()}
    names = [titles.get(key, key) for key in detail["services"]]
    return _("Entered twice: %(services)s", services=", ".join(names) or _("nothing"))


def _done(said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for(".overview"), HTTPStatus.SEE_OTHER)
