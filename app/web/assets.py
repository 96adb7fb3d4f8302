"""Static files under an address that changes with their content, and what templates can call."""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, g, request
from whitenoise import WhiteNoise

from app.web.security import nonce

FOLDER = Path(__file__).parent / "static"
THEMES = ("light", "dark")
THEME_COOKIE = "kontor_theme"
_YEAR = 31_536_000


def init_app(app: Flask) -> None:
    """Serve `static/` below `/static/<digest>/`, cached for a year, and tell templates where."""
    prefix = f"/static/{digest(FOLDER)}/"
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(FOLDER),
        prefix=prefix,
        max_age=_YEAR,
        immutable_file_test=lambda _path, _url: True,
        allow_all_origins=False,
        add_headers_function=_harden,
    )
    # `csp_nonce` must be a global: imported macros do not see the context of the page.
    app.jinja_env.globals.update(
        asset=lambda name: prefix + name,
        theme=theme,
        csp_nonce=nonce,
    )


def digest(folder: Path) -> str:
    """Twelve characters that change when any file of the folder does."""
    sums = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            sums.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return sums.hexdigest()[:12]


def theme() -> str:
    """light, dark or, without a choice, auto: this device's cookie, else the account's wish."""
    person = g.get("account")
    chosen = request.cookies.get(THEME_COOKIE) or (person.theme if person else "")
    return chosen if chosen in THEMES else "auto"


def _harden(headers: Any, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
