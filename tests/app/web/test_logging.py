"""Log lines are JSON, name client and request, and keep secrets to themselves."""

import json
import subprocess
import sys
from typing import Any

from tests.conftest import ROOT

# A process of its own: pytest has its own ideas about the root logger.
_SCRIPT = """
import logging, structlog
from app.web import logging as our_logging
from tenants.context import TenantRef, current
our_logging.configure()
log = structlog.get_logger("x")
structlog.contextvars.bind_contextvars(request_id="r1")
token = current.set(TenantRef(id=1, slug="acme", code="ACME", name="Acme"))
log.info("hello", number=1)
current.reset(token)
log.info("sign_in", password="hush", nested={"api_key": "hush", "kept": 1},
         url="postgresql://kontor:hush@db/kontor")
logging.getLogger("somebody.else").warning("redis://:%s@cache is away", "hush")
try:
    raise ValueError("broken")
except ValueError:
    log.exception("failed")
"""


def lines() -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_lines_name_client_and_request_and_keep_secrets() -> None:
    hello, sign_in, foreign, failed = lines()
    assert (hello["event"], hello["number"]) == ("hello", 1)
    assert (hello["tenant"], hello["request_id"]) == ("acme", "r1")
    assert "tenant" not in sign_in
    assert "hush" not in json.dumps([sign_in, foreign])
    assert sign_in["nested"]["kept"] == 1
    assert sign_in["url"] == "postgresql://kontor:***@db/kontor"
    assert foreign["level"] == "warning"
    assert "ValueError: broken" in failed["exception"]
