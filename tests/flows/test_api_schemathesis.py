"""Schemathesis tries what the description allows and what it forbids, over real HTTP."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from config import Settings
from tests.factories.machines import Workshop, workshop

PROGRAM = Path(sys.executable).parent / "schemathesis"
EXAMPLES = 15
SEED = 20261123


class Quiet(WSGIRequestHandler):
    """Some thousand lines would hide what failed."""

    def log(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def foundry(app: Flask, settings: Settings) -> Workshop:
    return workshop(app, settings, slug="foundry", name="Gießerei Kern", code="FOUND")


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    limit = app.config["API_LIMIT"]
    app.config["API_LIMIT"] = "1000000 per minute"
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.config["API_LIMIT"] = limit


def test_the_description_holds(foundry: Workshop, address: str, tmp_path: Path) -> None:
    """Every check, every phase: no refusal that is not described, nothing accepted by mistake."""
    if shutil.which(PROGRAM) is None:
        pytest.skip("schemathesis is not installed")
    order = foundry.machine().ordered()
    _id, token = foundry.token("work:read", "work:write", "webhook:manage")
    assert order
    done = subprocess.run(
        [
            PROGRAM,
            "run",
            f"{address}/api/v1/openapi.json",
            "--checks=all",
            f"--header=Authorization:Bearer {token}",
            f"--max-examples={EXAMPLES}",
            f"--seed={SEED}",
            "--generation-deterministic",
            "--no-color",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
