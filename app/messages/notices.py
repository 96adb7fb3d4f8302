"""Tell a client's person something in the way that person has chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from app.identity import queries as people
from app.identity.queries import Member
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Forbidden, Invalid
from app.messages import mail, mail_text
from app.messages.notice_models import DigestEntry, MemberNotices, Tell
from tenants.context import current_tenant
from tenants.db import db

DIGEST_LINES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """How somebody wants to be told."""

    tell: Tell = Tell.EACH
    quiet_from: time | None = None
    quiet_until: time | None = None

    def earliest(self, at: datetime, *, zone: str) -> datetime:
        """`at`, or the end of the quiet hours it lies in (over midnight, too)."""
        if self.quiet_from is None or self.quiet_until is None:
            return at
        local = at.astimezone(ZoneInfo(zone))
        begins, ends, clock = self.quiet_from, self.quiet_until, local.time()
        over_night = begins > ends
        quiet = clock >= begins or clock < ends if over_night else begins <= clock < ends
        if not quiet:
            return at
        day = local + timedelta(days=1 if over_night and clock >= begins else 0)
        woken = day.replace(hour=ends.hour, minute=ends.minute, second=0, microsecond=0)
        return woken.astimezone(at.tzinfo)


def chosen(account_id: UUID) -> Chosen:
    """What this person chose for the client in scope."""
    row = db.session.get(MemberNotices, (current_tenant().id, account_id))
    if row is None:
        return Chosen()
    return Chosen(tell=row.tell, quiet_from=row.quiet_from, quiet_until=row.quiet_until)


def choose(*, actor: Actor, wanted: Chosen) -> None:
    """Choose for oneself. Raises Forbidden for a machine, Invalid for half of the quiet hours."""
    if actor.id is None:
        raise Forbidden("Only people are written to.")
    if (wanted.quiet_from is None) != (wanted.quiet_until is None):
        raise Invalid(fields={"quiet_until": ["Please give begin and end."]})
    db.session.merge(
        MemberNotices(
            tenant_id=current_tenant().id,
            account_id=actor.id,
            tell=wanted.tell,
            quiet_from=wanted.quiet_from,
            quiet_until=wanted.quiet_until,
        )
    )
    db.session.flush()


def tell(
    member: Member, *, template: str, params: Mapping[str, Any], subject_id: UUID | None
) -> None:
    """Write at once, after the quiet hours, or into the digest; or not at all."""
    wish = chosen(member.account_id)
    if wish.tell is Tell.NEVER:
        return
    if wish.tell is Tell.DIGEST:
        db.session.add(
            DigestEntry(
                tenant_id=current_tenant().id,
                account_id=member.account_id,
                template=template,
                params=dict(params),
                subject_id=subject_id,
                created_at=now(),
            )
        )
        db.session.flush()
        return
    mail.send(
        to=member.email,
        template=template,
        locale=member.locale,
        params=params,
        subject_id=subject_id,
        not_before=wish.earliest(now(), zone=current_tenant().zone),
    )


def forget_waiting(*, tenant_id: int, account_id: UUID) -> None:
    """Leave out of the next digest what waits for this person."""
    db.session.execute(
        delete(DigestEntry).where(
            DigestEntry.tenant_id == tenant_id,
            DigestEntry.account_id == account_id,
            DigestEntry.sent_at.is_(None),
        )
    )


def send_digests() -> int:
    """One mail to everybody of the client in scope for whom something waits; how many."""
    client = current_tenant()
    query = (
        select(DigestEntry)
        .where(DigestEntry.tenant_id == client.id, DigestEntry.sent_at.is_(None))
        .order_by(DigestEntry.id)
        .with_for_update(skip_locked=True)
    )
    waiting: dict[UUID, list[DigestEntry]] = {}
    for entry in db.session.scalars(query):
        waiting.setdefault(entry.account_id, []).append(entry)
    members = {one.account_id: one for one in people.members(client.id)}
    sent = 0
    for account_id, entries in waiting.items():
        for entry in entries:
            entry.sent_at = now()
        if member := members.get(account_id):
            _send(member, entries)
            sent += 1
    db.session.flush()
    return sent


def _send(member: Member, entries: list[DigestEntry]) -> None:
    client = current_tenant()
    lines = [
        mail_text.subject(one.template, locale=member.locale, params=one.params)
        for one in entries[:DIGEST_LINES]
    ]
    mail.send(
        to=member.email,
        template="digest",
        locale=member.locale,
        params={
            "path": f"/p/{client.slug}/",
            "client": client.name,
            "count": len(entries),
            "lines": lines,
        },
    )
