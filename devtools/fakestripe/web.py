"""The HTTP side: Stripe's API, the pages where one pays, and the switches for tests."""

import re
import socket
import time
from typing import Any

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue

from devtools.fakestripe import deliveries, pages, routing, switches
from devtools.fakestripe import returning as _reading  # noqa: F401  its endpoints
from devtools.fakestripe.deliveries import Deliveries
from devtools.fakestripe.faulty import Drift
from devtools.fakestripe.routing import Answer
from devtools.fakestripe.state import State, Thing

AGAIN = {"Idempotent-Replayed": "true"}


def create_app(state: State, sender: Deliveries) -> Flask:
    """The fake as a Flask application."""
    app = Flask("fakestripe", template_folder="templates", root_path=__file__.rpartition("/")[0])
    app.config.update(STATE=state, SENDER=sender)

    @app.route("/v1/<path:_>", methods=["GET", "POST", "DELETE"])
    def api(_: str) -> ResponseReturnValue:
        if "Bearer sk_test" not in request.headers.get("Authorization", ""):
            error = {"type": "invalid_request_error", "message": "Invalid API Key provided"}
            return jsonify(error=error), 401
        return _api(state)

    @app.errorhandler(Drift)
    def drift(error: Drift) -> ResponseReturnValue:
        return jsonify(error={"type": "api_error", "message": f"the fake drifted: {error}"}), 501

    app.register_blueprint(pages.blueprint)
    app.register_blueprint(switches.blueprint)
    return app


def _api(state: State) -> ResponseReturnValue:
    method, path = request.method, request.path
    body = request.get_data(as_text=True)
    given: dict[str, Any] = {"body": body, "key": request.headers.get("Idempotency-Key", "")}
    fault = _fault(state, f"{method} {path}")
    kind = fault.get("kind", "")
    if kind == "rate_limit":
        return _limited()
    if kind == "timeout":
        time.sleep(fault.get("seconds", 30))
        return _hang_up()
    if kind == "drop":
        return _hang_up()
    with state.held():
        if kind == "error_500" and given["key"] and given["key"] not in state.keys:
            routing.keep_500(state, method, path, **given)
        deliveries.tick(state)
        answer = routing.serve(state, method, path, query=request.query_string.decode(), **given)
    if kind == "executed_then_dropped":
        return _hang_up()
    if kind == "executed_then_timeout":
        time.sleep(fault.get("seconds", 30))
        return _hang_up()
    return _response(answer)


def _fault(state: State, where: str) -> Thing:
    with state.lock:
        for fault in state.faults:
            if re.search(fault["match"], where):
                fault["times"] -= 1
                if fault["times"] <= 0:
                    state.faults.remove(fault)
                return dict(fault)
    return {}


def _limited() -> ResponseReturnValue:
    error = {"type": "invalid_request_error", "code": "rate_limit", "message": "Too many requests"}
    return jsonify(error=error), 429, {"Retry-After": "1"}


def _response(answer: Answer) -> ResponseReturnValue:
    headers = {"Request-Id": f"req_{time.time_ns()}", **(AGAIN if answer.replayed else {})}
    if answer.status >= 500:
        headers["Stripe-Should-Retry"] = "false"
    return Response(answer.body, answer.status, headers, mimetype="application/json")


def _hang_up() -> ResponseReturnValue:
    line = request.environ.get("werkzeug.socket")
    if line is not None:
        line.shutdown(socket.SHUT_RDWR)
    return "", 500
