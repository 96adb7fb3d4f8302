"""The description as a person reads it: operations by part, schemas as tables of fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

_REFERENCE = "#/components/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a schema, or a parameter."""

    name: str
    place: str
    """query, path or header; empty for a field of a schema."""
    kind: str
    """Its type in words of JSON Schema."""
    link: str
    """The schema it holds, if it has a name."""
    required: bool
    description: str
    choices: Sequence[str]
    limits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A status an operation may answer with."""

    status: str
    description: str
    schema: str

    @property
    def refuses(self) -> bool:
        """Nothing was done."""
        return self.status >= "400"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path."""

    id: str
    method: str
    path: str
    summary: str
    scope: str
    parameters: Sequence[Field]
    bodies: Sequence[tuple[str, Sequence[str]]]
    """Media type and the schemas it may have."""
    answers: Sequence[Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Operations that belong together."""

    name: str
    description: str
    operations: Sequence[Operation]


class Reading:
    """Reads a finished OpenAPI document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document

    @property
    def version(self) -> str:
        """Of OpenAPI."""
        return str(self.document["openapi"])

    @property
    def about(self) -> str:
        """What the API is for."""
        return str(self.document["info"]["description"])

    @cached_property
    def parts(self) -> Sequence[Part]:
        """In the order of the tags."""
        found = [self._operation(*one) for one in self._all()]
        return [
            Part(
                name=tag["name"],
                description=tag["description"],
                operations=[operation for name, operation in found if name == tag["name"]],
            )
            for tag in self.document["tags"]
        ]

    @cached_property
    def refusals(self) -> Sequence[Answer]:
        """Every status that any operation refuses with."""
        responses = self.document["components"]["responses"]
        return [_answer(name.removeprefix("Refusal"), one) for name, one in responses.items()]

    @cached_property
    def schemas(self) -> Sequence[tuple[str, Sequence[Field]]]:
        """By name."""
        schemas = self.document["components"]["schemas"]
        return [(name, _fields(schemas[name])) for name in sorted(schemas)]

    def _all(self) -> list[tuple[str, str, dict[str, Any], list[dict[str, Any]]]]:
        return [
            (path, method, operation, methods.get("parameters", []))
            for path, methods in self.document["paths"].items()
            for method, operation in methods.items()
            if method != "parameters"
        ]

    def _operation(
        self, path: str, method: str, operation: dict[str, Any], shared: list[dict[str, Any]]
    ) -> tuple[str, Operation]:
        parameters = shared + operation.get("parameters", [])
        content = operation.get("requestBody", {}).get("content", {})
        return operation["tags"][0], Operation(
            id=operation["operationId"],
            method=method.upper(),
            path=path,
            summary=operation["summary"],
            scope=operation["security"][0]["bearer"][0],
            parameters=[_parameter(one) for one in parameters],
            bodies=[(media, _names(body["schema"])) for media, body in content.items()],
            answers=[
                _answer(status, self._resolved(one))
                for status, one in sorted(operation["responses"].items())
            ],
        )

    def _resolved(self, response: dict[str, Any]) -> dict[str, Any]:
        reference = response.get("$ref")
        if reference is None:
            return response
        found: dict[str, Any] = self.document["components"]["responses"][_last(reference)]
        return found


def _answer(status: str, response: dict[str, Any]) -> Answer:
    bodies = [body["schema"] for body in response.get("content", {}).values()]
    names = _names(bodies[0]) if bodies else []
    return Answer(
        status=status, description=response["description"], schema=names[0] if names else ""
    )


def _names(schema: dict[str, Any]) -> list[str]:
    """The named schemas that a body may have."""
    return [_last(one["$ref"]) for one in schema.get("oneOf", [schema]) if "$ref" in one]


def _last(reference: str) -> str:
    return reference.removeprefix(_REFERENCE).split("/", 1)[1]


def _parameter(parameter: dict[str, Any]) -> Field:
    schema = {"description": parameter.get("description", ""), **parameter["schema"]}
    return _field(
        parameter["name"],
        schema,
        required=parameter.get("required", False),
        place=parameter["in"],
    )


def _fields(schema: dict[str, Any]) -> Sequence[Field]:
    required = schema.get("required", ())
    return [
        _field(name, field, required=name in required)
        for name, field in schema.get("properties", {}).items()
    ]


def _field(name: str, schema: dict[str, Any], *, required: bool, place: str = "") -> Field:
    inner = schema.get("items", schema)
    link = _names(inner)
    choices = [] if "const" in schema else [str(one) for one in inner.get("enum", ()) if one]
    return Field(
        name=name,
        place=place,
        kind=_kind(schema),
        link=link[0] if link else "",
        required=required,
        description=schema.get("description", ""),
        choices=choices,
        limits=_limits(schema),
    )


def _kind(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return "object"
    if "const" in schema:
        return f"“{schema['const']}”"
    kinds = schema.get("type", "object")
    kind = " | ".join(kinds) if isinstance(kinds, list) else str(kinds)
    if "items" in schema:
        return f"{kind} · {_kind(schema['items'])}"
    return f"{kind} · {schema['format']}" if "format" in schema else kind


def _limits(schema: dict[str, Any]) -> str:
    pairs = (("minLength", "maxLength"), ("minimum", "maximum"), ("minItems", "maxItems"))
    for least, most in pairs:
        if least in schema or most in schema:
            return _between(schema.get(least), schema.get(most))
    return ""


def _between(least: int | None, most: int | None) -> str:
    if most is None:
        return f"≥ {least}"
    return f"{least} … {most}" if least else f"≤ {most}"
