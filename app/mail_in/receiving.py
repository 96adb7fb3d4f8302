"""The way of a mail: written down once, then into the right item or before a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.identity import queries as people
from app.identity.permissions import client_permissions
from app.identity.queries import Member
from app.kernel.actor import Actor, Side
from app.kernel.errors import KontorError, NotFound
from app.messages import bounces, incoming
from app.messages.incoming import Arrival
from app.messages.incoming_models import Outcome
from app.messages.reading import ReadMail, read
from app.web.books import in_books, visiting
from app.work import queries, visibility
from app.work.actions import mailed
from tenants import registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Where a mail goes."""

    outcome: Outcome
    reason: str = ""
    tenant_id: int | None = None
    item_id: UUID | None = None
    number: int | None = None
    member: Member | None = None


def receive(content: bytes, *, envelope_sender: str, recipient: str) -> Outcome | None:
    """Take a mail; what became of it, None for one that was there before.

    When this returns the mail is safe. Whatever is raised means: not taken, try again.
    """
    mail = read(content, envelope_sender=envelope_sender, recipient=recipient)
    with in_books():
        if incoming.came_before(mail.message_key):
            return None
        way = _way(mail, content)
        mail_id = incoming.write_down(
            Arrival(
                message_key=mail.message_key,
                sender=mail.sender,
                sender_name=mail.sender_name,
                subject=mail.subject,
                text=mail.text,
                content=content,
                outcome=way.outcome,
                reason=way.reason,
                tenant_id=way.tenant_id,
                item_id=way.item_id,
            )
        )
    if mail_id is None:
        return None
    if way.outcome is not Outcome.RECEIVED:
        return way.outcome
    return _into_the_item(mail_id, way, mail)


def _way(mail: ReadMail, content: bytes) -> Way:
    answered = incoming.answered(mail.answers)
    tenant_id, item_id = answered or (None, None)
    known = {"tenant_id": tenant_id, "item_id": item_id}
    if mail.is_report:
        marked = bounces.note(content)
        return Way(outcome=Outcome.BOUNCE if marked else Outcome.AUTOMATIC, **known)  # type: ignore[arg-type]
    if mail.is_automatic:
        return Way(outcome=Outcome.AUTOMATIC, **known)  # type: ignore[arg-type]
    number = None
    if tenant_id is None:
        tenant_id, number = _by_subject(mail.numbers)
    if tenant_id is None:
        return Way(outcome=Outcome.TRIAGE, reason="unknown_item", tenant_id=_only_client_of(mail))
    member = _member(tenant_id, mail.sender)
    if member is None:
        return Way(outcome=Outcome.TRIAGE, reason="unknown_sender", tenant_id=tenant_id,
                   item_id=item_id)  # fmt: skip
    if item_id is not None and incoming.is_loop(sender=mail.sender, item_id=item_id):
        return Way(outcome=Outcome.TRIAGE, reason="loop", **known)  # type: ignore[arg-type]
    return Way(outcome=Outcome.RECEIVED, tenant_id=tenant_id, item_id=item_id, number=number,
               member=member)  # fmt: skip


def _by_subject(numbers: Sequence[tuple[str, int]]) -> tuple[int | None, int | None]:
    codes = {ref.code: ref.id for ref in registry.listed()}
    for code, number in numbers:
        if code in codes:
            return codes[code], number
    return None, None


def _member(tenant_id: int, address: str) -> Member | None:
    joined = (one for one in people.members(tenant_id) if one.accepted_at is not None)
    return next((one for one in joined if one.email.lower() == address), None)


def _only_client_of(mail: ReadMail) -> int | None:
    """The client whose person wrote, where there is only one: a hint for the triage."""
    account = people.account_by_email(mail.sender)
    found = people.clients_of(account.id) if account else []
    return found[0] if len(found) == 1 else None


def _into_the_item(mail_id: UUID, way: Way, mail: ReadMail) -> Outcome:
    assert way.tenant_id is not None  # noqa: S101  RECEIVED has a client and a member
    assert way.member is not None  # noqa: S101
    try:
        with visiting(way.tenant_id) as client:
            if client is None:
                raise NotFound("There is no such client.")
            row = incoming.waiting(mail_id)
            if row is None:  # its twin was quicker
                return Outcome.DELIVERED
            # By mail nobody reaches what the portal does not show to that person.
            with visibility.limited(visibility.limit_of(way.member.account_id, way.member)):
                item_id = way.item_id or queries.by_number(str(way.number)).id
                mailed.say(actor=_actor(way.member), item_id=item_id, mail=mail)
                incoming.delivered(row, item_id=item_id)
    except KontorError as refused:
        with in_books():
            incoming.put_to_triage(mail_id, reason=type(refused).__name__.lower())
        return Outcome.TRIAGE
    return Outcome.DELIVERED


def _actor(member: Member) -> Actor:
    return Actor(
        id=member.account_id,
        name=member.name,
        side=Side.CLIENT,
        permissions=frozenset(map(str, client_permissions(frozenset({member.role})))),
    )
