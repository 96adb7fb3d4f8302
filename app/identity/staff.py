"""The provider's own people: invited, given roles, closed. The last admin stays."""

from uuid import UUID

from sqlalchemy import delete, select

from app.audit.actions import record_provider
from app.identity import accounts, links, second_factor
from app.identity.models import Account, StaffPosition
from app.identity.permissions import Permission, StaffRole
from app.identity.queries import account, colleague
from app.identity.security import NOWHERE, Browser
from app.identity.team import LastAdmin
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid
from app.kernel.text import Text
from tenants.db import db


def invite(
    *, actor: Actor, email: str, roles: frozenset[StaffRole], locale: str = "de"
) -> tuple[Account, UUID | None]:
    """Take somebody on; gives the account and, if it is new, the link's id for the mail.

    Who already has an account has the roles at once. Raises Forbidden, Invalid, Conflict.
    """
    actor.require(Permission.PEOPLE_MANAGE)
    _check(roles)
    person = accounts.find_or_create(email=email, locale=locale)
    joined = person.password_hash is not None
    if joined and _roles(person.id):
        raise Conflict("%(email)s already works here.", email=person.email)
    _set_roles(person.id, roles)
    _record(actor, "colleague_invited", person, roles=roles)
    if joined:
        return person, None
    return person, links.make(purpose=links.INVITATION, account_id=person.id)


def give_roles(*, account_id: UUID, roles: frozenset[StaffRole]) -> None:
    """Give an account roles without an invitation: for the demo and the tests."""
    _check(roles)
    _set_roles(account(account_id).id, roles)


def change_roles(*, actor: Actor, account_id: UUID, roles: frozenset[StaffRole]) -> None:
    """Other roles from the next click on. Raises Forbidden, NotFound, Invalid, LastAdmin."""
    actor.require(Permission.PEOPLE_MANAGE)
    _check(roles)
    person = colleague(account_id)
    if StaffRole.ADMIN not in roles:
        _keep_an_admin(account_id)
    _set_roles(account_id, roles)
    _record(actor, "colleague_roles_changed", account(person.id), roles=roles)


def disable(*, actor: Actor, account_id: UUID, browser: Browser = NOWHERE) -> None:
    """Close a colleague's account at once. Raises Forbidden, NotFound, Conflict, LastAdmin."""
    actor.require(Permission.PEOPLE_MANAGE)
    if actor.id == account_id:
        raise Conflict("Nobody closes their own account.")
    person = account(colleague(account_id).id)
    _keep_an_admin(account_id)
    accounts.close(person, browser=browser)
    _record(actor, "colleague_disabled", person, roles=_roles(account_id))


def enable(*, actor: Actor, account_id: UUID) -> None:
    """Open a closed account again. Raises Forbidden, NotFound."""
    actor.require(Permission.PEOPLE_MANAGE)
    person = account(colleague(account_id).id)
    accounts.reopen(person)
    _record(actor, "colleague_enabled", person, roles=_roles(account_id))


def forget_second_factor(*, actor: Actor, account_id: UUID, browser: Browser = NOWHERE) -> None:
    """For a lost telephone without recovery codes. Raises Forbidden, NotFound, Conflict."""
    actor.require(Permission.PEOPLE_MANAGE)
    if actor.id == account_id:
        raise Conflict("Your own second factor is changed on your account page.")
    person = account(colleague(account_id).id)
    second_factor.switch_off(account_id=account_id, browser=browser, by=actor.id)
    _record(actor, "second_factor_forgotten", person, roles=_roles(account_id))


def _check(roles: frozenset[StaffRole]) -> None:
    if not roles:
        raise Invalid(fields={"roles": [Text("Please choose at least one role.")]})


def _roles(account_id: UUID) -> frozenset[StaffRole]:
    held = select(StaffPosition.role).where(StaffPosition.account_id == account_id)
    return frozenset(db.session.scalars(held))


def _set_roles(account_id: UUID, roles: frozenset[StaffRole]) -> None:
    held = _roles(account_id)
    gone = (StaffPosition.account_id == account_id, StaffPosition.role.in_(held - roles))
    db.session.execute(delete(StaffPosition).where(*gone))
    db.session.add_all(
        StaffPosition(account_id=account_id, role=role) for role in sorted(roles - held)
    )
    db.session.flush()


def _keep_an_admin(account_id: UUID) -> None:
    # All admins are locked: two of them closing each other at once must not both succeed.
    admins = (
        select(Account.id)
        .join(StaffPosition, StaffPosition.account_id == Account.id)
        .where(
            StaffPosition.role == StaffRole.ADMIN,
            Account.disabled_at.is_(None),
            Account.password_hash.is_not(None),
        )
        .order_by(Account.id)
        .with_for_update(of=StaffPosition)
    )
    able = list(db.session.scalars(admins))
    if account_id in able and len(able) == 1:
        raise LastAdmin("This is the last admin. Please make somebody else admin first.")


def _record(actor: Actor, verb: str, person: Account, *, roles: frozenset[StaffRole]) -> None:
    record_provider(
        actor=actor,
        verb=verb,
        subject_type="account",
        subject_id=person.id,
        detail={"email": person.email, "roles": sorted(map(str, roles))},
    )
