"""How bodies and parameters are read: strictly, and never more than an order can need."""

import json
from typing import Any

from flask import Request
from flask_smorest import Blueprint
from typing_extensions import override
from webargs.flaskparser import FlaskParser, abort
from werkzeug.exceptions import UnsupportedMediaType

JSON_BYTES = 1024 * 1024
"""The most that a JSON body may have; files come in by `POST /documents`."""
JSON = "application/json"
MULTIPART = "multipart/form-data"
READS = [{"bearer": ["work:read"]}]
WRITES = [{"bearer": ["work:write"]}]
WEBHOOKS = [{"bearer": ["webhook:manage"]}]
"""Which scope of a token an operation needs, as the description says it."""


def _refuse_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are not JSON (RFC 8259, 6)


class StrictParser(FlaskParser):
    """Refuses another media type (415) instead of taking it for an empty body."""

    @override
    def load_json(self, req: Request, schema: Any) -> Any:
        """The body. Aborts with 400 where it is no JSON, 413 where it is too large, 415."""
        del schema
        if not req.is_json:
            raise UnsupportedMediaType
        req.max_content_length = JSON_BYTES
        try:
            return json.loads(req.get_data().decode(), parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            abort(400, messages={"body": ["This is not JSON."]})

    @override
    def load_files(self, req: Request, schema: Any) -> Any:
        """The files. Aborts with 415; with 422 where fields come along that are no files."""
        if req.mimetype != MULTIPART:
            raise UnsupportedMediaType
        if req.form:
            wrong = {name: ["Send this as a file, with its name."] for name in req.form}
            abort(422, messages=wrong)
        return super().load_files(req, schema)


class ApiBlueprint(Blueprint):
    """A part of the API."""

    ARGUMENTS_PARSER = StrictParser()
