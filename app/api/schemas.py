"""What goes over the wire, both ways."""

from marshmallow import RAISE, Schema, fields, validate

from app.work.rules import Priority, WorkStatus

STATUSES = [str(status) for status in WorkStatus]
PRIORITIES = {priority.name.lower(): priority for priority in Priority}


class Problem(Schema):
    """A refusal (RFC 9457)."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    instance = fields.String()
    errors = fields.Dict(metadata={"description": "Field → what is wrong with it."})


class UploadForm(Schema):
    """A file to be handed in."""

    class Meta:
        """What is not named is refused."""

        unknown = RAISE

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class DocumentOut(Schema):
    """A stored file."""

    id = fields.UUID()
    name = fields.String()
    media_type = fields.String()
    size = fields.Integer(metadata={"description": "Bytes."})
    sha256 = fields.String()
    created_at = fields.AwareDateTime()
    is_result = fields.Boolean(metadata={"description": "Made by the work, not handed in."})


class WorkItemIn(Schema):
    """An order."""

    class Meta:
        """What is not named is refused."""

        unknown = RAISE

    service = fields.String(required=True, validate=validate.Length(min=1, max=60))
    type = fields.String(required=True, validate=validate.Length(min=1, max=60))
    title = fields.String(load_default="", validate=validate.Length(max=200))
    payload = fields.Dict(
        keys=fields.String(),
        load_default=dict,
        metadata={"description": "The fields of the kind of work's form."},
    )
    documents = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=50),
        metadata={"description": "Ids of uploaded documents."},
    )
    priority = fields.String(load_default="normal", validate=validate.OneOf(list(PRIORITIES)))


class FindingOut(Schema):
    """Something the automatic check wants a person to see."""

    code = fields.String()
    severity = fields.String()
    place = fields.String()
    text = fields.String(metadata={"description": "In the client's language."})


class SlaOut(Schema):
    """How the promise stands."""

    metric = fields.String()
    state = fields.String()
    due_at = fields.AwareDateTime(allow_none=True)
    target_seconds = fields.Integer(metadata={"description": "Working time promised."})
    remaining_seconds = fields.Integer(
        metadata={"description": "Working time left; negative: late."}
    )


class WorkItemBrief(Schema):
    """A row of the list."""

    id = fields.UUID()
    number = fields.String()
    service = fields.String()
    type = fields.String()
    title = fields.String()
    status = fields.String(validate=validate.OneOf(STATUSES))
    waiting_for = fields.String(allow_none=True)
    priority = fields.String()
    received_at = fields.AwareDateTime()
    due_at = fields.AwareDateTime(allow_none=True)
    delivered_at = fields.AwareDateTime(allow_none=True)


class WorkItemOut(WorkItemBrief):
    """A work item in full."""

    payload = fields.Dict()
    values = fields.Dict(metadata={"description": "What was read and corrected."})
    checked = fields.Boolean(metadata={"description": "The automatic check has spoken."})
    findings = fields.List(fields.Nested(FindingOut))
    sla = fields.List(fields.Nested(SlaOut))
    documents = fields.List(fields.Nested(DocumentOut))


class WorkItemQuery(Schema):
    """Filters and the page."""

    status = fields.String(validate=validate.OneOf(STATUSES))
    service = fields.String(validate=validate.Length(max=60))
    q = fields.String(
        validate=validate.Length(max=100), metadata={"description": "Words or number."}
    )
    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))
    cursor = fields.UUID(metadata={"description": "`next_cursor` of the page before."})


class WorkItemPage(Schema):
    """A page, newest first."""

    items = fields.List(fields.Nested(WorkItemBrief))
    next_cursor = fields.UUID(allow_none=True)


class MessageIn(Schema):
    """What the client says."""

    class Meta:
        """What is not named is refused."""

        unknown = RAISE

    body = fields.String(required=True, validate=validate.Length(min=1, max=10_000))


class MessageOut(Schema):
    """A message of the conversation."""

    id = fields.UUID()
    author = fields.String(attribute="author_name")
    side = fields.String(attribute="author_side")
    body = fields.String()
    at = fields.AwareDateTime()


class ReasonIn(Schema):
    """Why."""

    class Meta:
        """What is not named is refused."""

        unknown = RAISE

    reason = fields.String(required=True, validate=validate.Length(min=1, max=10_000))


class IdempotencyHeader(Schema):
    """Makes a repeated request harmless."""

    idempotency_key = fields.String(
        data_key="Idempotency-Key",
        load_default=None,
        validate=validate.Length(min=1, max=100),
        metadata={"description": "The same key and request again answer with the same work item."},
    )


class ServiceOut(Schema):
    """A service under the client's contract."""

    key = fields.String()
    title = fields.String()
    types = fields.List(fields.Dict())
