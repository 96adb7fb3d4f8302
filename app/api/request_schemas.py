"""Document requests and approvals over the wire. Descriptions are English ids (words.N_)."""

from enum import StrEnum

from marshmallow import fields, validate

from app.api.fields import Id
from app.api.schemas import DocumentOut, Shown, Wanted, WorkItemBrief
from app.api.words import N_
from app.work.rules.asked_documents import Wish


class RequestState(StrEnum):
    """How a request for documents stands."""

    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class WishOut(Shown):
    """One document that was asked for."""

    id = fields.UUID()
    title = fields.String()
    state = fields.String(
        validate=validate.OneOf([*map(str, Wish)]),
        metadata={"description": N_("open and rejected are with you; reason says why.")},
    )
    reason = fields.String()
    handed_in_at = fields.AwareDateTime(allow_none=True)
    document = fields.Nested(DocumentOut, allow_none=True)


class DocumentRequestOut(Shown):
    """What is needed for one work item."""

    id = fields.UUID()
    item_id = fields.UUID()
    number = fields.String()
    note = fields.String()
    state = fields.String(validate=validate.OneOf([*map(str, RequestState)]))
    blocking = fields.Boolean(
        metadata={"description": N_("The promise stands still until everything is accepted.")}
    )
    due_at = fields.AwareDateTime(allow_none=True)
    asked_at = fields.AwareDateTime()
    reminders_sent = fields.Integer()
    documents = fields.List(fields.Nested(WishOut))


class DocumentRequestQuery(Wanted):
    """Filters and the page."""

    state = fields.String(validate=validate.OneOf(["open"]))
    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))
    cursor = Id(metadata={"description": N_("`next_cursor` of the page before.")})


class DocumentRequestPage(Shown):
    """A page, newest first."""

    items = fields.List(fields.Nested(DocumentRequestOut))
    next_cursor = fields.UUID(
        allow_none=True, metadata={"description": N_("Null on the last page.")}
    )


class HandInIn(Wanted):
    """The file for one document that was asked for."""

    document = Id(required=True, metadata={"description": N_("Id of a file that was uploaded.")})


class VoiceOut(Shown):
    """An approval that was given."""

    person = fields.String()
    at = fields.AwareDateTime()


class ApprovalOut(Shown):
    """A delivered result that waits for the client."""

    item = fields.Nested(WorkItemBrief)
    amount = fields.String(
        allow_none=True, metadata={"description": N_("What it is about in money: 1284.00.")}
    )
    currency = fields.String(allow_none=True)
    accept_by = fields.AwareDateTime(
        allow_none=True, metadata={"description": N_("Then it counts as accepted by itself.")}
    )
    by_people = fields.Boolean(
        metadata={"description": N_("A rule asks certain people: a program cannot approve it.")}
    )
    needed = fields.Integer(metadata={"description": N_("How many have to approve.")})
    approvers = fields.List(fields.String())
    given = fields.List(fields.Nested(VoiceOut))


class ApprovalsOut(Shown):
    """Everything that waits, the oldest first."""

    items = fields.List(fields.Nested(ApprovalOut))
