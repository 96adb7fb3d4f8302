"""The description is valid, complete and true; the documentation shows it to people."""

from html import unescape
from typing import Any

import pytest
from flask import Flask

from app.api.description import operations
from app.catalogue.service import services
from app.identity.permissions import TOKEN_SCOPES


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    answer = app.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    found: dict[str, Any] = answer.json
    return found


def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    validator = pytest.importorskip("openapi_spec_validator")
    assert document["openapi"] == "3.1.0"
    validator.OpenAPIV31SpecValidator(document).validate()


def test_every_route_is_described(app: Flask, document: dict[str, Any]) -> None:
    described = {(method.upper(), path) for path, method, _ in operations(document)}
    routes = {
        (method, rule.rule.replace("<uuid:", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.endpoint.startswith("api_docs.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == routes


_KEYS = ("item_id", "document_id", "endpoint_id", "delivery_id", "request_id", "wish_id")


def test_the_scope_it_names_is_the_one_that_counts(app: Flask, document: dict[str, Any]) -> None:
    adapter = app.url_map.bind("localhost")
    for path, method, operation in operations(document):
        some = path.replace("{", "").replace("}", "")
        for name in (
            "item_id",
            "document_id",
            "endpoint_id",
            "delivery_id",
            "request_id",
            "wish_id",
        ):
            some = some.replace(name, "01a20a4a-a30b-7539-a500-03200ead374b")
        endpoint, _arguments = adapter.match(some, method=method.upper())
        permission = getattr(app.view_functions[endpoint], "permission", None)
        assert permission is not None
        (scope,) = operation["security"][0]["bearer"]
        assert permission in TOKEN_SCOPES[scope], operation["operationId"]


def test_every_operation_names_its_refusals(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(ids)) == len(ids)
    for _path, method, operation in operations(document):
        always = {"401", "403", "429", "500", "503"} | ({"423"} if method == "post" else set())
        assert always <= set(operation["responses"]), operation["operationId"]
        assert operation["summary"]


def test_every_kind_of_work_has_an_order_of_its_own(document: dict[str, Any]) -> None:
    body = document["paths"]["/api/v1/work-items"]["post"]["requestBody"]
    alternatives = {one["$ref"] for one in body["content"]["application/json"]["schema"]["oneOf"]}
    wanted = {f"{service.key}.{kind.key}" for service in services() for kind in service.work_types}
    assert alternatives == {f"#/components/schemas/Order.{name}" for name in wanted}
    invoice = document["components"]["schemas"]["Order.accounts_payable.supplier_invoice"]
    assert invoice["properties"]["documents"]["minItems"] == 1
    assert invoice["additionalProperties"] is False


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Order a piece of work"), ("de", "Eine Arbeit beauftragen")],
)
def test_the_page_speaks_both_languages(
    app: Flask, document: dict[str, Any], language: str, words: str
) -> None:
    answer = app.test_client().get("/api/v1/docs", headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert "Accept-Language" in answer.headers["Vary"]
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    text = unescape(answer.text)
    assert words in text
    assert 'style="' not in text
    for _path, _method, operation in operations(document):
        assert f'id="{operation["operationId"]}"' in text
    for name in document["components"]["schemas"]:
        assert f'id="schema-{name}"' in text
    for status in ("400", "405", "415", "423", "429", "503"):
        assert status in text
