"""The API described in OpenAPI 3.1: what flask-smorest knows, and what it cannot know."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from apispec import APISpec

from app.api.bodies import JSON
from app.api.fields import NO_NUL
from app.api.problems import MEDIA_TYPE
from app.api.schemas import LONGEST_TEXT, Problem
from app.api.words import N_
from app.catalogue.service import Service, WorkType, services

Document = dict[str, Any]

ABOUT = N_(
    "Order work, follow it, answer questions, fetch results and accept them: what people do in "
    "the portal, without hands."
)
TAGS = {
    "api_work_items": (N_("Work items"), N_("Orders and all that comes of them.")),
    "api_documents": (N_("Documents"), N_("Files handed in, and results.")),
    "api_document_requests": (
        N_("Document requests"),
        N_("What we need from you, document by document."),
    ),
    "api_approvals": (N_("Approvals"), N_("Results that wait for your yes or no.")),
    "api_services": (N_("Services"), N_("What may be ordered.")),
    "api_webhooks": (N_("Webhooks"), N_("What your programs were told, and telling it again.")),
}
REFUSALS = {
    400: N_("The body is not JSON."),
    401: N_("No valid token."),
    403: N_("The token's scopes do not cover this."),
    404: N_("There is no such thing for this client."),
    405: N_("This address does not know this method."),
    409: N_("It has moved on since, or the Idempotency-Key was used for something else."),
    413: N_("Too large."),
    415: N_("Another media type is expected."),
    422: N_("A field is wrong; `errors` says which."),
    423: N_("The client is suspended: it can be read, not changed."),
    429: N_("Too many requests; see Retry-After."),
    500: N_("Something went wrong on our side. Nothing was changed."),
    503: N_("The database cannot be reached at the moment. Nothing was changed."),
}
_ALWAYS = (401, 403, 429, 500, 503)
_HEADERS = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}, "required": True}},
    405: {"Allow": {"schema": {"type": "string"}, "required": True}},
    429: {"Retry-After": {"schema": {"type": "integer", "minimum": 1}, "required": True}},
    503: {"Retry-After": {"schema": {"type": "integer", "minimum": 1}, "required": True}},
}
_PLACE = {
    "Location": {
        "description": N_("Where to follow it."),
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    }
}
_REPLAY = {
    "Idempotent-Replay": {
        "description": N_("“true”: this was ordered before under the same key."),
        "schema": {"type": "string", "enum": ["true"]},
    }
}
_NEXT_STEPS = {
    "getWorkItem": "item_id",
    "listMessages": "item_id",
    "postMessage": "item_id",
    "acceptWork": "item_id",
    "complain": "item_id",
    "cancelWork": "item_id",
}


def describe(spec: APISpec) -> Document:
    """The finished document, from what the blueprints declared."""
    spec.components.schema("Problem", schema=Problem)
    orders = [_order(spec, service, kind) for service in services() for kind in service.work_types]
    document: Document = spec.to_dict()
    document["info"]["description"] = ABOUT
    document["tags"] = [{"name": name, "description": text} for name, text in TAGS.values()]
    document["components"]["responses"] = {f"Refusal{s}": _refusal(s) for s in REFUSALS}
    for path, method, operation in operations(document):
        _complete(operation, writes=method == "post", has_path="{" in path)
    _describe_orders(document, orders)
    for schema in document["components"]["schemas"].values():
        _write_limits(schema)
    for unused in ("WorkItemIn", "Error", "PaginationMetadata"):
        document["components"]["schemas"].pop(unused)
    return document


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    """Path, method and operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method != "parameters":
                yield path, method, operation


def _refusal(status: int) -> Document:
    described: Document = {
        "description": REFUSALS[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in _HEADERS:
        described["headers"] = _HEADERS[status]
    return described


def _complete(operation: Document, *, writes: bool, has_path: bool) -> None:
    operation["tags"] = [TAGS[tag][0] for tag in operation["tags"]]
    name, answers = operation["operationId"], operation["responses"]
    for status in {s for s in answers if s == "default" or int(s) >= 400}:
        del answers[status]
    for status in sorted(_refused(operation, writes=writes, has_path=has_path)):
        answers[str(status)] = {"$ref": f"#/components/responses/Refusal{status}"}
    if name in ("orderWork", "uploadDocument"):
        answers["201"]["headers"] = _PLACE | (_REPLAY if name == "orderWork" else {})
    if name == "orderWork":
        answers["201"]["links"] = {
            step: {"operationId": step, "parameters": {parameter: "$response.body#/id"}}
            for step, parameter in _NEXT_STEPS.items()
        }
    if name == "uploadDocument":
        answers["201"]["links"] = {
            step: {"operationId": step, "parameters": {"document_id": "$response.body#/id"}}
            for step in ("getDocument", "downloadDocument")
        }


def _refused(operation: Document, *, writes: bool, has_path: bool) -> set[int]:
    found = {*_ALWAYS}
    media = operation.get("requestBody", {}).get("content", {})
    if has_path:
        found.add(404)
    if writes:
        found |= {423}
    if media:
        found |= {413, 415, 422}
    if JSON in media:
        found |= {400, 404}
    if any(parameter["in"] == "query" for parameter in operation.get("parameters", [])):
        found.add(422)
    if writes and operation["operationId"] != "uploadDocument":
        found.add(409)
    return found


def _order(spec: APISpec, service: Service, kind: WorkType) -> tuple[Service, WorkType, str]:
    """Register the order form of a kind of work; gives its name among the schemas."""
    name = f"Payload.{service.key}.{kind.key}"
    spec.components.schema(name, schema=kind.form)
    return service, kind, name


def _describe_orders(document: Document, orders: list[tuple[Service, WorkType, str]]) -> None:
    """The body of an order: one alternative for each kind of work, with its own form."""
    schemas = document["components"]["schemas"]
    alternatives = []
    for service, kind, payload in orders:
        _close(schemas[payload])
        name = f"Order.{service.key}.{kind.key}"
        schemas[name] = _alternative(schemas["WorkItemIn"], service, kind, payload)
        alternatives.append({"$ref": f"#/components/schemas/{name}"})
    body = document["paths"]["/api/v1/work-items"]["post"]["requestBody"]
    body["content"][JSON] = {"schema": {"oneOf": alternatives}}


def _alternative(general: Document, service: Service, kind: WorkType, payload: str) -> Document:
    properties = dict(general["properties"])
    properties["service"] = {"type": "string", "const": service.key}
    properties["type"] = {"type": "string", "const": kind.key}
    properties["payload"] = {"$ref": f"#/components/schemas/{payload}"}
    required = ["service", "type"]
    if kind.needs_document:
        properties["documents"] = {**properties["documents"], "minItems": 1}
        required.append("documents")
    if any(field.required for field in kind.form().fields.values()):
        required.append("payload")
    return {**general, "properties": properties, "required": required, "title": kind.title}


def _close(schema: Document) -> None:
    """Say what is checked of every order form beyond the form itself."""
    schema["additionalProperties"] = False
    for field in schema.get("properties", {}).values():
        kinds = field.get("type")
        is_text = kinds == "string" or (isinstance(kinds, list) and "string" in kinds)
        if is_text and not field.keys() & {"format", "enum", "pattern"}:
            field["pattern"] = NO_NUL
            field.setdefault("maxLength", LONGEST_TEXT)


def _write_limits(schema: Document) -> None:
    """An amount's limits were written as text: numbers again, or gone where it is text itself."""
    for field in schema.get("properties", {}).values():
        is_text = "string" in (field.get("type") or ())
        for name in ("default", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
            if is_text and name != "default":
                field.pop(name, None)
            elif not is_text and isinstance(field.get(name), str | Decimal):
                field[name] = json.loads(str(field[name]))
