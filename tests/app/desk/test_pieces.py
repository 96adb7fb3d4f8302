"""Parts of pages that are kept: each reader's own language, each page's own nonce."""

import re

import pytest
from flask import Flask, g

from app.web import pieces
from tests.factories.desk_house import House

NONCE = re.compile(r'nonce="([^"]*)"')


def test_what_is_kept_carries_the_nonce_of_each_page(house: House) -> None:
    seen = set()
    for _ in range(2):
        answer = house.visitor("anna").get("/desk/?view=open")
        policy = answer.headers["Content-Security-Policy"]
        nonces = set(NONCE.findall(answer.text))
        assert len(nonces) == 1
        assert f"'nonce-{nonces.copy().pop()}'" in policy
        seen |= nonces
    assert len(seen) == 2


def test_each_language_has_its_own(app: Flask) -> None:
    shown = {}
    for language in ("de", "en", "de"):
        with app.test_request_context(headers={"Accept-Language": language}):
            shown.setdefault(language, []).append(pieces.piece("layouts/_key_dialog.html"))
    assert "Tastenkürzel" in shown["de"][0]
    assert shown["de"][0] == shown["de"][1] != shown["en"][0]


def test_what_it_is_of_makes_another_piece(app: Flask) -> None:
    with app.test_request_context():
        g.csp_nonce = "n"
        one, two = (
            pieces.piece("layouts/_palette.html", of=url, palette_url=url) for url in ("/a", "/b")
        )
    assert 'action="/a"' in one
    assert 'action="/b"' in two


def test_the_shelf_does_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = pieces.Shelf()
    monkeypatch.setattr(shelf, "most", 10)
    for key in range(100):
        shelf.put(key, "x" * 6)
        assert shelf.get(key) == "x" * 6
    assert sum(shelf.get(key) is not None for key in range(100)) <= 2
