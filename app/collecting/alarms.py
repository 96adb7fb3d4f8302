"""Something about money that a person of finance has to look at: told by mail."""

from app.identity.permissions import StaffRole
from app.kernel.clock import now
from app.messages import mail
from app.staffing.recipients import Staff


def tell(reason: str, *, path: str, number: str = "") -> None:
    """Write to everybody of finance; to the admins where there is nobody.

    `path` leads to the page where it is seen. In the provider's books.
    """
    staff = Staff(on=now().date())
    people = staff.recipients(
        [StaffRole.FINANCE.value], tenant_id=0, assignee_id=None, fallback=StaffRole.ADMIN.value
    )
    for one in people:
        mail.send(
            to=one.email,
            template="stripe_alert",
            locale=one.locale,
            params={"path": path, "reason": reason, "number": number},
        )
