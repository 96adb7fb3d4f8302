"""The people of one client: invited, given a role, removed. The last client admin stays."""

from uuid import UUID

from sqlalchemy import select

from app.audit.actions import record_provider
from app.identity import accounts, links
from app.identity.models import Account, Membership
from app.identity.permissions import ClientRole, Permission, Sight
from app.identity.queries import account
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid, NotFound
from tenants.context import TenantRef
from tenants.db import db

MAX_DEPARTMENT = 80


class LastAdmin(Conflict):
    """Nobody would be left who may let people in."""


def invite(
    *,
    actor: Actor,
    client: TenantRef,
    email: str,
    role: ClientRole,
    sight: Sight = Sight.ALL,
    department: str = "",
) -> tuple[Membership, UUID]:
    """Invite somebody; gives the membership and the link's id for the mail.

    The role counts once the link is used. Inviting again sends a new link and may change the role.
    Raises Forbidden, Invalid, Conflict.
    """
    actor.require(Permission.PEOPLE_MANAGE)
    person = accounts.find_or_create(email=email, locale=client.locale, zone=client.zone)
    membership = db.session.scalar(
        select(Membership).where(
            Membership.tenant_id == client.id, Membership.account_id == person.id
        )
    )
    if membership is not None and membership.accepted_at is not None:
        raise Conflict("%(email)s already belongs to your team.", email=person.email)
    if membership is None:
        membership = _membership(person, client=client, role=role, by=actor.id)
    membership.role, membership.invited_at = role, now()
    _see(membership, sight=sight, department=department)
    _record(actor, "member_invited", membership, client=client)
    link = links.make(purpose=links.INVITATION, account_id=person.id, tenant_id=client.id)
    return membership, link


def add_member(*, account_id: UUID, client: TenantRef, role: ClientRole) -> Membership:
    """Let an account in without an invitation: for the demo and the tests."""
    membership = _membership(account(account_id), client=client, role=role, by=None)
    membership.accepted_at = now()
    return membership


def _membership(
    person: Account, *, client: TenantRef, role: ClientRole, by: UUID | None
) -> Membership:
    membership = Membership(
        tenant_id=client.id,
        account_id=person.id,
        role=role,
        email=person.email,
        name=person.name,
        locale=person.locale,
        invited_by=by,
    )
    db.session.add(membership)
    db.session.flush()
    return membership


def accept(word: str) -> links.Link:
    """Accept an invitation with an account that has a password already. Raises LinkSpent."""
    link = links.use(word, purpose=links.INVITATION)
    if link.account.password_hash is None:
        raise links.LinkSpent
    _join(link)
    return link


def accept_as_new(*, word: str, name: str, password: str) -> links.Link:
    """Accept an invitation with a first name and password. Raises LinkSpent, Invalid."""
    link = links.use(word, purpose=links.INVITATION)
    if link.account.password_hash is not None:
        raise links.LinkSpent
    accounts.equip(link.account, name=name, password=password)
    _join(link)
    return link


def _join(link: links.Link) -> None:
    if link.tenant_id is None:
        return
    mine = (Membership.account_id == link.account.id, Membership.tenant_id == link.tenant_id)
    membership = db.session.scalar(select(Membership).where(*mine))
    if membership is None:
        raise links.LinkSpent
    membership.accepted_at = now()


def change_role(
    *, actor: Actor, client: TenantRef, membership_id: UUID, role: ClientRole
) -> Membership:
    """Give somebody another role. Raises Forbidden, NotFound, LastAdmin."""
    membership = _locked(actor, client, membership_id)
    if role is not ClientRole.CLIENT_ADMIN:
        _keep_an_admin(membership, client)
    before, membership.role = membership.role, role
    _record(actor, "member_role_changed", membership, client=client, before=str(before))
    return membership


def change_sight(
    *, actor: Actor, client: TenantRef, membership_id: UUID, sight: Sight, department: str
) -> Membership:
    """How much of the company's work somebody sees. Raises Forbidden, NotFound, Invalid."""
    membership = _locked(actor, client, membership_id)
    before = str(membership.sight)
    _see(membership, sight=sight, department=department)
    _record(
        actor, "member_sight_changed", membership, client=client, before=before, sight=str(sight),
        department=membership.department,
    )  # fmt: skip
    return membership


def _see(membership: Membership, *, sight: Sight, department: str) -> None:
    department = " ".join(department.split())[:MAX_DEPARTMENT]
    if sight is Sight.DEPARTMENT and not department:
        raise Invalid(fields={"department": ["Please name the department."]})
    membership.sight, membership.department = sight, department


def remove(*, actor: Actor, client: TenantRef, membership_id: UUID) -> Membership:
    """Take somebody out of the team, at once. Raises Forbidden, NotFound, LastAdmin."""
    membership = _locked(actor, client, membership_id)
    _keep_an_admin(membership, client)
    links.end_invitation(account_id=membership.account_id, tenant_id=client.id)
    _record(actor, "member_removed", membership, client=client)
    db.session.delete(membership)
    return membership


def _locked(actor: Actor, client: TenantRef, membership_id: UUID) -> Membership:
    actor.require(Permission.PEOPLE_MANAGE)
    # The whole team is locked: two admins removing each other at once must not both succeed.
    team = select(Membership).where(Membership.tenant_id == client.id).order_by(Membership.id)
    for membership in db.session.scalars(team.with_for_update()):
        if membership.id == membership_id:
            return membership
    raise NotFound("There is no such person.")


def _keep_an_admin(membership: Membership, client: TenantRef) -> None:
    if membership.role is not ClientRole.CLIENT_ADMIN or membership.accepted_at is None:
        return
    others = select(Membership.id).join(Account, Account.id == Membership.account_id)
    others = others.where(
        Membership.tenant_id == client.id,
        Membership.role == ClientRole.CLIENT_ADMIN,
        Membership.accepted_at.is_not(None),
        Membership.id != membership.id,
        Account.disabled_at.is_(None),
    )
    if db.session.scalar(others.limit(1)) is None:
        raise LastAdmin("This is the last admin. Please make somebody else admin first.")


def _record(
    actor: Actor, verb: str, membership: Membership, *, client: TenantRef, **more: str
) -> None:
    detail = {"client": client.slug, "email": membership.email, "role": str(membership.role)}
    record_provider(
        actor=actor,
        verb=verb,
        subject_type="membership",
        subject_id=membership.id,
        detail={**detail, **more},
    )
