"""A real gunicorn, and people who press buttons of it at the same moment."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from flask import Flask

from app.identity import sessions
from app.web.session import _TOKEN
from devtools.child import free_port
from tenants.db import transaction
from tests.conftest import ROOT
from tests.factories.people import TestPerson
from tests.factories.waiting import until

_CSRF = re.compile(r'<meta name="csrf-token" content="([^"]+)">')
_SAID = re.compile(r"(?:<[^>]+>|\s)+")


class served:  # noqa: N801  used like a function
    """Two gunicorn processes with ten threads each."""

    def __init__(self, values: dict[str, str], log: Path) -> None:
        self.values, self.log, self.port = values, log, free_port()

    def __enter__(self) -> int:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{self.port}",
                 "--worker-class", "gthread", "--workers", "2", "--threads", "10",
                 "--no-control-socket"],
                cwd=ROOT, stdout=log, stderr=log,
                env={**self.values, "KONTOR_POOL_SIZE": "10"},
            )  # fmt: skip
        until(self._answers, what="the server", patience=60)
        return self.port

    def _answers(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/sign-in", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What somebody was told."""

    status: int
    place: str
    page: str = field(repr=False)

    @property
    def text(self) -> str:
        """Without the tags."""
        return _SAID.sub(" ", unescape(self.page))


@dataclass(slots=True, kw_only=True)
class Somebody:
    """A person with a browser of a real server."""

    port: int
    cookie: str
    csrf: str = ""

    def get(self, path: str) -> Answer:
        return self._send("GET", path, None, {})

    def post(self, path: str, **form: Any) -> Answer:
        sent = urlencode({"csrf_token": self.csrf, **form}, doseq=True).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._send("POST", path, sent, kind)

    def _send(self, method: str, path: str, body: bytes | None, kind: dict[str, str]) -> Answer:
        headers = {"Cookie": self.cookie, "Accept-Language": "en", **kind}
        answer, cookies = _exchange(self.port, method, path, body, headers)
        if not self.csrf and (found := _CSRF.search(answer.page)):
            self.csrf = unescape(found[1])
            mine = [one for one in cookies if one.startswith(self.cookie.partition("=")[0])]
            self.cookie = mine[0].partition(";")[0] if mine else self.cookie
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A client's program with a token."""

    port: int
    token: str

    def order(self, subject: str, **headers: str) -> Answer:
        """A general request."""
        wanted = {
            "service": "general_request", "type": "request",
            "payload": {"subject": subject, "description": "Eight, please."},
        }  # fmt: skip
        sent = {name.replace("_", "-"): value for name, value in headers.items()} | {
            "Authorization": f"Bearer {self.token}", "Content-Type": "application/json",
        }  # fmt: skip
        body = json.dumps(wanted).encode()
        return _exchange(self.port, "POST", "/api/v1/work-items", body, sent)[0]


def _exchange(
    port: int, method: str, path: str, body: bytes | None, headers: dict[str, str]
) -> tuple[Answer, list[str]]:
    http = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        http.request(method, path, body, headers)
        came = http.getresponse()
        answer = Answer(
            status=came.status,
            place=came.headers.get("Location", ""),
            page=came.read().decode(),
        )
        return answer, came.headers.get_all("Set-Cookie", [])
    finally:
        http.close()


def at_the_server(app: Flask, port: int, person: TestPerson) -> Somebody:
    """Signed in, with the secret of the forms."""
    with app.app_context(), transaction():
        token = sessions.open_session(account_id=person.id, browser=sessions.NOWHERE)
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookie = f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps({_TOKEN: token})}"
    found = Somebody(port=port, cookie=cookie)
    found.get("/account/")
    assert found.csrf
    return found


def at_once(*deeds: Callable[[], Answer]) -> Sequence[Answer]:
    """All of them at the same moment; nobody sees that something went wrong on our side."""
    gate = Barrier(len(deeds))

    def do(deed: Callable[[], Answer]) -> Answer:
        gate.wait(timeout=30)
        return deed()

    with ThreadPoolExecutor(len(deeds)) as people:
        answers = list(people.map(do, deeds))
    assert [one for one in answers if one.status >= 500] == []
    return answers
