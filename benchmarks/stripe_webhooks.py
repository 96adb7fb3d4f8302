"""Events accepted per second at /hooks/stripe, against a bare Flask view with one INSERT."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter, sleep
from uuid import uuid4

from stripe import WebhookSignature

from app.adapters.stripe import API_VERSION
from app.kernel.clock import now
from benchmarks.installation import Installation
from benchmarks.measure import Figure, Size
from devtools.child import free_port

SECRET = "whsec_of_the_benchmark"  # noqa: S105  of nothing real
THREADS = 8
GATE = 0.3
"""Of what the bare view accepts: we verify, judge, insert with a job and commit."""
_OURS, _BARE = "wsgi:app", "benchmarks.bare_webhook:app"


def run(installation: Installation, size: Size) -> list[Figure]:
    """Both behind the same gunicorn, one after the other, with the same bodies."""
    count = 2_000 if size.takes >= 1_000 else 400
    bodies = [_body() for _ in range(count)]
    bare = _rate(installation, _BARE, bodies)
    ours = _rate(installation, _OURS, bodies)
    return [
        Figure(
            name="Stripe's events accepted (verified, written, job, committed)",
            value=ours, unit="per second", baseline=bare,
            baseline_name="bare view with one INSERT", gate=f"≥ {GATE} of it",
            passed=ours / bare >= GATE,
        )
    ]  # fmt: skip


def _body() -> str:
    thing = {"id": f"in_{uuid4().hex}", "object": "invoice", "status": "paid", "total": 11_900}
    return json.dumps(
        {
            "id": f"evt_{uuid4().hex}", "object": "event", "type": "invoice.paid",
            "livemode": False, "api_version": API_VERSION, "created": int(now().timestamp()),
            "data": {"object": thing},
        }
    )  # fmt: skip


def _rate(installation: Installation, application: str, bodies: list[str]) -> float:
    port = free_port()
    environment = {
        **os.environ, **installation.environment, "STRIPE_SECRET_KEY": "sk_test_of_the_benchmark",
        "STRIPE_WEBHOOK_SECRETS": SECRET, "KONTOR_ENVIRONMENT": "test",
    }  # fmt: skip
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--no-control-socket", "--worker-class", "gthread",
         "--workers", "1", "--threads", str(THREADS), "--bind", f"127.0.0.1:{port}",
         "--log-level", "error", application],
        cwd=Path(__file__).parent.parent, env=environment,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _until_up(port)
        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(lambda body: _post(port, body), bodies[:50]))
            start = perf_counter()
            answers = list(threads.map(lambda body: _post(port, body), bodies[50:]))
            seconds = perf_counter() - start
        assert set(answers) == {200}, set(answers)
        return len(answers) / seconds
    finally:
        server.terminate()
        server.wait()


def _post(port: int, body: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    header = WebhookSignature.generate_signature_header(body, SECRET)
    connection.request("POST", "/hooks/stripe", body.encode(), {"Stripe-Signature": header})
    status = connection.getresponse().status
    connection.close()
    return status


def _until_up(port: int) -> None:
    for _ in range(300):
        try:
            _post(port, _body())
        except OSError:
            sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")
