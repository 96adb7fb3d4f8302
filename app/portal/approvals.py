"""Approvals: what waits for me, on the phone too; the matrix and the substitutes."""

from datetime import date
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any
from uuid import UUID

from babel.numbers import NumberFormatError, parse_decimal
from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from app.catalogue.service import services
from app.identity import queries as people
from app.identity.permissions import CLIENT_PERMISSIONS, Permission
from app.kernel.errors import Invalid
from app.kernel.money import Money
from app.portal.frame import page, portal_blueprint
from app.portal.shown import shown
from app.portal.words import Row, service_title
from app.web.access import current_actor, requires
from app.web.forms import field_errors
from app.work import approval_queries
from app.work.actions import approving, closing
from app.work.actions.approving import Line, Stand

blueprint = portal_blueprint("portal_approvals", __name__, "/approvals")

HERE = "portal_approvals.approvals"


@blueprint.get("", endpoint="approvals")
@requires(Permission.WORK_ACCEPT)
def waiting() -> ResponseReturnValue:
    """What waits for this person's approval."""
    actor = current_actor()
    found = approval_queries.waiting_for(actor.id) if actor.id else []
    return page(
        "portal/approvals/list.html",
        here=HERE,
        waiting=[(Row(item), seen, approval_queries.amount(item)) for item, seen in found],
    )


@blueprint.get("/<uuid:item_id>")
@requires(Permission.WORK_ACCEPT)
def look(item_id: UUID) -> ResponseReturnValue:
    """One result, as the link in the mail shows it: what it is, how much, yes or no."""
    seen = shown(item_id)
    return page(
        "portal/approvals/look.html",
        here=HERE,
        shown=seen,
        standing=approval_queries.standing(seen.item, person=current_actor().id),
        amount=approval_queries.amount(seen.item),
    )


@blueprint.post("/<uuid:item_id>")
@requires(Permission.WORK_ACCEPT)
def approve(item_id: UUID) -> ResponseReturnValue:
    """Give one's voice; with the last one the result is accepted."""
    item = closing.accept(actor=current_actor(), item_id=item_id)
    done = item.finished_at is not None
    flash(
        _("Thank you. The result is accepted.")
        if done
        else _("Thank you. Another approval is still needed."),
        "success",
    )
    return redirect(url_for(".approvals"), HTTPStatus.SEE_OTHER)


@blueprint.get("/rules", endpoint="rules")
@requires(Permission.WORK_ACCEPT)
def rule_page() -> ResponseReturnValue:
    """The matrix and who stands in for whom."""
    return _rules()


def _rules(*, errors: dict[str, Any] | None = None) -> str:
    approvers = _approvers()
    return page(
        "portal/approvals/rules.html",
        here=HERE,
        views=[
            (view, Money(view.rule.from_minor, "EUR"), service_title(view.rule.service_key))
            for view in approval_queries.rules()
        ],
        substitutes=approval_queries.substitutes(),
        people=[(str(key), name) for key, name in approvers.items()],
        services=[(one.key, _(one.title)) for one in services()],
        today=approval_queries.today(),
        sent=request.form,
        errors=errors or {},
    )


def _approvers() -> dict[UUID, str]:
    """Who of this client may accept at all, and sees what it is about."""
    return {
        one.account_id: one.name or one.email
        for one in people.members(g.client.id)
        if one.accepted_at
        and one.sees_all
        and Permission.WORK_ACCEPT in CLIENT_PERMISSIONS[one.role]
    }


@blueprint.post("/rules")
@requires(Permission.PEOPLE_MANAGE)
def add_rule() -> ResponseReturnValue:
    """One more line of the matrix."""
    known = _approvers()
    chosen = {str(key): name for key, name in known.items()}
    service_key = request.form.get("service", "")
    try:
        approving.add_rule(
            actor=current_actor(),
            line=Line(
                service_key=service_key if service_key in {s.key for s in services()} else "",
                from_minor=_minor(request.form.get("from_amount", "0")),
                needed=request.form.get("needed", 1, type=int),
                approvers={
                    UUID(one): chosen[one]
                    for one in request.form.getlist("approvers")
                    if one in chosen
                },
            ),
        )
    except Invalid as faulty:
        return _rules(errors=field_errors(faulty)), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("The rule holds from now on."), "success")
    return _back()


def _minor(text: str) -> int:
    try:
        amount = Decimal(parse_decimal(text.strip() or "0", locale=get_locale(), strict=True))
        return Money.of(amount, "EUR").minor
    except (NumberFormatError, InvalidOperation):
        raise Invalid(fields={"from_amount": [_("This is not an amount.")]}) from None
    except Invalid as unfit:
        raise Invalid(fields={"from_amount": [unfit.text]}) from None


@blueprint.post("/rules/<uuid:rule_id>/remove")
@requires(Permission.PEOPLE_MANAGE)
def remove_rule(rule_id: UUID) -> ResponseReturnValue:
    """Take a line out."""
    approving.remove_rule(actor=current_actor(), rule_id=rule_id)
    return _back()


@blueprint.post("/substitutes")
@requires(Permission.WORK_ACCEPT)
def stand_in() -> ResponseReturnValue:
    """Name a substitute, for oneself or as an admin for anybody."""
    try:
        absent, substitute = _person("account_id"), _person("substitute_id")
        approving.stand_in(
            actor=current_actor(),
            stand=Stand(
                account_id=absent[0], person=absent[1], substitute_id=substitute[0],
                substitute=substitute[1], starts_on=_day("starts_on"), ends_on=_day("ends_on"),
            ),
        )  # fmt: skip
    except Invalid as faulty:
        return _rules(errors=field_errors(faulty)), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("The substitute is named."), "success")
    return _back()


def _person(field: str) -> tuple[UUID, str]:
    known = {str(key): (key, name) for key, name in _approvers().items()}
    found = known.get(request.form.get(field, ""))
    if found is None:
        raise Invalid(fields={field: [_("Please choose a person.")]})
    return found


def _day(field: str) -> date:
    try:
        return date.fromisoformat(request.form.get(field, ""))
    except ValueError:
        raise Invalid(fields={field: [_("Please give a day.")]}) from None


@blueprint.post("/substitutes/<uuid:substitute_id>/remove")
@requires(Permission.WORK_ACCEPT)
def end_stand_in(substitute_id: UUID) -> ResponseReturnValue:
    """The person approves again."""
    approving.end_stand_in(actor=current_actor(), substitute_id=substitute_id)
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(url_for(".rules"), HTTPStatus.SEE_OTHER)
