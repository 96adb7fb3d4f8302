"""Somebody with a browser, signed in."""

import re
from html import unescape
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

CSRF = re.compile(r'<meta name="csrf-token" content="([^"]+)">')


class Visitor:
    """GETs pages and POSTs forms with their token."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client = client
        with client.session_transaction() as session:
            session["_user_id"] = token
        self._csrf = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def page(self, path: str, *, status: int = 200) -> str:
        """The page's text, entities resolved."""
        response = self.get(path)
        assert response.status_code == status, response.text
        return unescape(response.text)

    def post(self, path: str, **more: Any) -> TestResponse:
        if not self._csrf:
            found = CSRF.search(self.client.get("/account/").text)
            assert found is not None
            self._csrf = unescape(found[1])
        headers = {"X-CSRFToken": self._csrf, **more.pop("headers", {})}
        response = self.client.post(path, headers=headers, **more)
        # The test client keeps a large body in a file and leaves it open.
        response.request.environ["wsgi.input"].close()
        return response


def upload(name: str, content: bytes) -> tuple[BytesIO, str]:
    """A file as the test client sends it."""
    return BytesIO(content), name


PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
