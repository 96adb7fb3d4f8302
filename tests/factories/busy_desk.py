"""Twenty operators with browsers of their own, who get in each other's way at one desk."""

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection
from time import monotonic
from urllib.parse import urlencode

MARK = re.compile(r"\bm\d+x\d+\b")
_CSRF = re.compile(r'<meta name="csrf-token" content="([^"]+)">')
_VERSION = re.compile(r'name="version" value="(\d+)"')
_RESULT = re.compile(
    r'(?:<textarea[^>]*name="result"[^>]*>|<dt>Result</dt>\s*<dd>)(.*?)</', re.DOTALL
)
_POINT = re.compile(r'name="key" value="([a-z_]+)"')
DONE = {302, 303}
EXPECTED = {*DONE, 403, 404, 409, 422}
"""Done, or refused with a reason; anything else is a defect."""


@dataclass(slots=True)
class Seen:
    """What an operator reads on the page of an item."""

    path: str
    version: str
    result: str
    points: list[str]


@dataclass(slots=True, kw_only=True)
class Operator:
    """Presses Get next, works, and meddles with what others have."""

    number: int
    port: int
    cookie: str
    seed: int
    common: list[str]
    """Paths of items anybody has seen: who is curious picks one of them."""
    given: list[str] = field(default_factory=list)
    saved: list[tuple[str, str]] = field(default_factory=list)
    """Path and mark of each correction the server took."""
    finished: list[str] = field(default_factory=list)
    approved: list[str] = field(default_factory=list)
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    strange: list[str] = field(default_factory=list)
    _csrf: str = ""
    _marks: int = 0

    def work(self, until: float, *, at_least: int = 2) -> None:
        """Until then and so many rounds at least: an item given, two looks at somebody else's."""
        chance = random.Random(self.seed)  # noqa: S311  it is to be repeated
        http = HTTPConnection("127.0.0.1", self.port, timeout=60)
        self._csrf = unescape(_CSRF.findall(self._get(http, "/account/"))[0])
        rounds = 0
        while monotonic() < until or rounds < at_least:
            rounds += 1
            self._own(http, chance)
            for _ in range(2):
                if self.common:
                    self._meddle(http, chance)
        http.close()

    def _own(self, http: HTTPConnection, chance: random.Random) -> None:
        place = self._post(http, "next", "/desk/next")
        if "/items/" not in place:
            return
        path = place.split("?")[0]
        self.given.append(path)
        self.common.append(path)
        seen = self._look(http, path)
        if chance.random() < 0.15:
            self._post(http, "release", f"{path}/release")
            return
        for point in seen.points:
            self._post(http, "tick", f"{path}/tick", key=point, done="1")
        self._correct(http, self._look(http, path))
        version = self._look(http, path).version
        deed = "approve" if chance.random() < 0.3 else "done"
        self._finish(http, deed, path, version)
        self._finish(http, "approve" if deed == "done" else "done", path, version)

    def _finish(self, http: HTTPConnection, deed: str, path: str, version: str) -> None:
        if self._post(http, deed, f"{path}/{deed}", version=version):
            (self.finished if deed == "done" else self.approved).append(path)

    def _meddle(self, http: HTTPConnection, chance: random.Random) -> None:
        path = chance.choice(self.common[-30:])
        seen = self._look(http, path)
        deed = chance.choice(("correct", "correct", "correct", "take", "release", "reject", "done"))
        if deed == "correct":
            self._correct(http, seen)
        elif deed == "done":
            self._finish(http, deed, path, seen.version)
        else:
            self._post(http, deed, f"{path}/{deed}", reason="Once more.", version=seen.version)

    def _correct(self, http: HTTPConnection, seen: Seen) -> None:
        self._marks += 1
        mark = f"m{self.number}x{self._marks}"
        text = f"{seen.result} {mark}".strip()
        if self._post(http, "values", f"{seen.path}/values", version=seen.version, result=text):
            self.saved.append((seen.path, mark))

    def _look(self, http: HTTPConnection, path: str) -> Seen:
        page = self._get(http, path)
        found = _RESULT.search(page)
        return Seen(
            path=path,
            version=_VERSION.findall(page)[0],
            result=" ".join(MARK.findall(found[1])) if found else "",
            points=_POINT.findall(page),
        )

    def _get(self, http: HTTPConnection, path: str) -> str:
        http.request("GET", path, headers={"Cookie": self.cookie, "Accept-Language": "en"})
        answer = http.getresponse()
        page = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            if cookie.startswith(self.cookie.partition("=")[0]):
                self.cookie = cookie.partition(";")[0]  # with the secret of the forms
        self.answers["page", answer.status] += 1
        if answer.status != 200:
            self.strange.append(f"GET {path} → {answer.status}")
        return page

    def _post(self, http: HTTPConnection, deed: str, path: str, **form: str) -> str:
        """Where the answer leads; empty where the deed was refused."""
        http.request(
            "POST",
            path,
            body=urlencode({"csrf_token": self._csrf, **form}),
            headers={
                "Cookie": self.cookie,
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept-Language": "en",
            },
        )
        answer = http.getresponse()
        answer.read()
        self.answers[deed, answer.status] += 1
        if answer.status not in EXPECTED:
            self.strange.append(f"POST {path} → {answer.status}")
        return answer.headers.get("Location", "") if answer.status in DONE else ""
