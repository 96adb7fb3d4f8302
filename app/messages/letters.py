"""What identity has decided, told to the person by mail."""

from uuid import UUID

from app.identity import accounts, second_factor, staff, team
from app.identity.models import Account, Membership
from app.identity.permissions import ClientRole, Sight, StaffRole, sees_all
from app.identity.queries import account
from app.identity.security import NOWHERE, Browser
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.messages import notices
from app.messages.mail import send
from tenants.context import TenantRef

INVITATION_PATH = "/sign-in/invitation/"
RESET_PATH = "/sign-in/reset/"


def invite_member(
    *,
    actor: Actor,
    client: TenantRef,
    email: str,
    role: ClientRole,
    sight: Sight = Sight.ALL,
    department: str = "",
) -> UUID:
    """Invite somebody to a client's team; gives the membership's id. Raises as team.invite."""
    membership, link = team.invite(
        actor=actor, client=client, email=email, role=role, sight=sight, department=department
    )
    send(
        to=membership.email,
        template="invitation",
        locale=membership.locale,
        params={
            "path": INVITATION_PATH,
            "link_id": str(link),
            "client": client.name,
            "by": actor.name,
        },
        tenant_id=client.id,
    )
    return membership.id


def change_sight(
    *, actor: Actor, client: TenantRef, membership_id: UUID, sight: Sight, department: str
) -> None:
    """How much somebody sees from now on. Raises as team.change_sight."""
    membership = team.change_sight(
        actor=actor, client=client, membership_id=membership_id, sight=sight, department=department
    )
    _keep_within_sight(membership)


def change_role(*, actor: Actor, client: TenantRef, membership_id: UUID, role: ClientRole) -> None:
    """Give somebody another role. Raises as team.change_role."""
    _keep_within_sight(
        team.change_role(actor=actor, client=client, membership_id=membership_id, role=role)
    )


def _keep_within_sight(membership: Membership) -> None:
    """What waits for the next digest may lie past what the person sees now: it goes."""
    if not sees_all(sight=membership.sight, role=membership.role):
        notices.forget_waiting(tenant_id=membership.tenant_id, account_id=membership.account_id)


def invite_colleague(
    *, actor: Actor, email: str, roles: frozenset[StaffRole], locale: str = "de"
) -> UUID:
    """Invite somebody to the provider's desk; gives the account's id. Raises as staff.invite."""
    person, link = staff.invite(actor=actor, email=email, roles=roles, locale=locale)
    new = {"path": INVITATION_PATH, "link_id": str(link)}
    send(
        to=person.email,
        template="staff_invitation" if link else "staff_welcome",
        locale=person.locale,
        params={**(new if link else {"path": "/desk/"}), "by": actor.name},
    )
    return person.id


def ask_for_reset(*, email: str, browser: Browser = NOWHERE) -> None:
    """Send a link for a new password, if there is such an account."""
    found = accounts.ask_for_reset(email=email, browser=browser)
    if found is None:
        return
    person, link = found
    send(
        to=person.email,
        template="reset",
        locale=person.locale,
        params={"path": RESET_PATH, "link_id": str(link), "name": person.name},
    )


def reset_password(*, word: str, new: str, browser: Browser = NOWHERE) -> None:
    """Set a new password by a link. Raises LinkSpent, Invalid."""
    _tell(accounts.reset_password(word=word, new=new, browser=browser), "password_changed")


def change_password(
    *, account_id: UUID, session_id: UUID, current: str, new: str, browser: Browser = NOWHERE
) -> None:
    """Change one's own password. Raises Invalid."""
    accounts.change_password(
        account_id=account_id, session_id=session_id, current=current, new=new, browser=browser
    )
    _tell(account(account_id), "password_changed")


def enrol(*, account_id: UUID, nonce: bytes, code: str, browser: Browser = NOWHERE) -> list[str]:
    """Switch the second factor on; gives the recovery codes. Raises Invalid, Conflict."""
    codes = second_factor.enrol(account_id=account_id, nonce=nonce, code=code, browser=browser)
    _tell(account(account_id), "second_factor_on")
    return codes


def switch_off_second_factor(*, account_id: UUID, browser: Browser = NOWHERE) -> None:
    """Switch one's own second factor off."""
    second_factor.switch_off(account_id=account_id, browser=browser)
    _tell(account(account_id), "second_factor_off")


def forget_second_factor(*, actor: Actor, account_id: UUID, browser: Browser = NOWHERE) -> None:
    """An admin switches a colleague's second factor off. Raises as staff does."""
    staff.forget_second_factor(actor=actor, account_id=account_id, browser=browser)
    _tell(account(account_id), "second_factor_off")


def _tell(person: Account, template: str) -> None:
    """Tell the owner of the account of a change they should know of (OWASP ASVS 5, 6.3.7)."""
    send(
        to=person.email,
        template=template,
        locale=person.locale,
        params={
            "path": "/account/",
            "name": person.name,
            "at": now().isoformat(),
            "zone": person.zone,
        },
    )
