"""What goes over the wire, both ways. Descriptions are English message ids (see words.N_)."""

from enum import StrEnum

from marshmallow import EXCLUDE, RAISE, Schema, fields, validate

from app.api.fields import KEY, NOT_BLANK, VISIBLE_ASCII, Id, Payload, Words
from app.api.words import N_
from app.catalogue.steps import Severity
from app.kernel.actor import Side
from app.sla.rules.clock_state import State
from app.sla.rules.policy import Metric
from app.work.rules import Priority, WaitingFor, WorkStatus

PRIORITIES = {priority.name.lower(): priority for priority in Priority}
LONGEST_TEXT = 10_000


def _one_of(kinds: type[StrEnum]) -> validate.OneOf:
    return validate.OneOf([str(kind) for kind in kinds])


class Wanted(Schema):
    """A body that comes in: what is not named is refused."""

    class Meta:
        """What is not named is refused."""

        unknown = RAISE


class Shown(Schema):
    """A body that goes out: every field is always there, and more may come in time."""

    class Meta:
        """Described as open: a client must not stumble over a new field."""

        unknown = EXCLUDE

    def __init__(self, **more: object) -> None:
        super().__init__(**more)  # type: ignore[arg-type]
        for field in self.fields.values():
            field.required = True


class Problem(Schema):
    """A refusal (RFC 9457)."""

    class Meta:
        """Problems may have further members (RFC 9457, 3.2)."""

        unknown = EXCLUDE

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(
        required=True, metadata={"description": N_("A sentence in the language of the request.")}
    )
    instance = fields.String(required=True)
    errors = fields.Dict(
        keys=fields.String(), metadata={"description": N_("Field → what is wrong with it.")}
    )


class UploadForm(Wanted):
    """A file to be handed in."""

    file = fields.Raw(
        required=True,
        metadata={
            "type": "string",
            "format": "binary",
            "minLength": 1,
            "description": N_(
                "The file with its name, whose ending says what it is; without one: its content."
            ),
        },
    )


class DocumentOut(Shown):
    """A stored file."""

    id = fields.UUID()
    name = fields.String()
    media_type = fields.String()
    size = fields.Integer(metadata={"description": N_("Bytes.")})
    sha256 = fields.String()
    created_at = fields.AwareDateTime()
    is_result = fields.Boolean(
        metadata={"description": N_("Made by the work, not handed in; there once delivered.")}
    )


class WorkItemIn(Wanted):
    """An order."""

    service = Words(required=True, longest=60, pattern=KEY)
    type = Words(required=True, longest=60, pattern=KEY)
    title = Words(
        load_default="",
        longest=200,
        metadata={"description": N_("Left out: made from the form or the first file's name.")},
    )
    payload = Payload(
        keys=fields.String(),
        load_default=dict,
        metadata={"description": N_("The fields of the order form.")},
    )
    documents = fields.List(
        Id(),
        load_default=list,
        validate=validate.Length(max=50),
        metadata={"description": N_("Ids of uploaded documents.")},
    )
    priority = fields.String(load_default="normal", validate=validate.OneOf(list(PRIORITIES)))


class FindingOut(Shown):
    """Something the automatic check wants a person to see."""

    code = fields.String()
    severity = fields.String(validate=_one_of(Severity))
    place = fields.String(metadata={"description": N_("Where in the file.")})
    text = fields.String(metadata={"description": N_("A sentence in the language of the request.")})


class SlaOut(Shown):
    """How the promise stands."""

    metric = fields.String(validate=_one_of(Metric))
    state = fields.String(validate=_one_of(State))
    due_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": N_("Null while the clock stands still.")}
    )
    target_seconds = fields.Integer(metadata={"description": N_("Working time promised.")})
    remaining_seconds = fields.Integer(
        metadata={"description": N_("Working time left; negative: late.")}
    )


class WorkItemBrief(Shown):
    """A row of the list."""

    id = fields.UUID()
    number = fields.String(metadata={"description": N_("The number people use.")})
    service = fields.String()
    type = fields.String()
    title = fields.String()
    status = fields.String(validate=_one_of(WorkStatus))
    waiting_for = fields.String(
        allow_none=True,
        validate=_one_of(WaitingFor),
        metadata={"description": N_("“client”: a question waits for your answer.")},
    )
    priority = fields.String(validate=validate.OneOf(list(PRIORITIES)))
    received_at = fields.AwareDateTime()
    due_at = fields.AwareDateTime(allow_none=True)
    delivered_at = fields.AwareDateTime(allow_none=True)


class WorkItemOut(WorkItemBrief):
    """A work item in full."""

    payload = fields.Dict()
    values = fields.Dict(metadata={"description": N_("What was read and corrected.")})
    checked = fields.Boolean(metadata={"description": N_("The automatic check has spoken.")})
    findings = fields.List(fields.Nested(FindingOut))
    sla = fields.List(fields.Nested(SlaOut))
    documents = fields.List(fields.Nested(DocumentOut))


class WorkItemQuery(Wanted):
    """Filters and the page."""

    status = fields.List(
        fields.String(validate=_one_of(WorkStatus)),
        metadata={"description": N_("May be given several times.")},
    )
    service = Words(longest=60, pattern=KEY)
    q = Words(longest=100, metadata={"description": N_("Words of the title, or a number.")})
    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))
    cursor = Id(metadata={"description": N_("`next_cursor` of the page before.")})


class WorkItemPage(Shown):
    """A page, newest first."""

    items = fields.List(fields.Nested(WorkItemBrief))
    next_cursor = fields.UUID(
        allow_none=True, metadata={"description": N_("Null on the last page.")}
    )


class MessageIn(Wanted):
    """What the client says."""

    body = Words(required=True, shortest=1, longest=LONGEST_TEXT, pattern=NOT_BLANK)
    documents = fields.List(
        Id(),
        load_default=list,
        validate=validate.Length(max=50),
        metadata={"description": N_("Ids of uploaded documents.")},
    )


class MessageOut(Shown):
    """A message of the conversation."""

    id = fields.UUID()
    author = fields.String(attribute="author_name")
    side = fields.String(attribute="author_side", validate=_one_of(Side))
    body = fields.String()
    at = fields.AwareDateTime()


class MessagesOut(Shown):
    """The conversation, oldest first."""

    items = fields.List(fields.Nested(MessageOut))


class ReasonIn(Wanted):
    """Why."""

    reason = Words(required=True, shortest=1, longest=LONGEST_TEXT, pattern=NOT_BLANK)


class IdempotencyHeader(Schema):
    """Makes a repeated request harmless."""

    idempotency_key = Words(
        data_key="Idempotency-Key",
        shortest=1,
        longest=100,
        pattern=VISIBLE_ASCII,
        metadata={
            "description": N_(
                "Your own name for this order, e.g. a UUID. The same key and order again: the "
                "same work item, also when both come at once."
            )
        },
    )


class FormFieldOut(Shown):
    """A field of an order form."""

    name = fields.String()
    label = fields.String()
    required = fields.Boolean()
    widget = fields.String()
    choices = fields.List(fields.String())


class TypeOut(Shown):
    """A kind of work."""

    key = fields.String()
    title = fields.String()
    accepts = fields.List(fields.String(), metadata={"description": N_("Endings of files.")})
    needs_document = fields.Boolean()
    fields_ = fields.List(fields.Nested(FormFieldOut), data_key="fields", attribute="fields")


class ServiceOut(Shown):
    """A service under the client's contract."""

    key = fields.String()
    title = fields.String()
    types = fields.List(fields.Nested(TypeOut))


class ServicesOut(Shown):
    """The services of the contract."""

    items = fields.List(fields.Nested(ServiceOut))
