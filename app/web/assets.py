"""Static files under an address that changes with their content, and what templates can call."""

import hashlib
from datetime import date, datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any

from babel import Locale
from flask import Flask, request
from flask_babel import get_locale, get_timezone
from whitenoise import WhiteNoise

from app.kernel import clock
from app.kernel.money import Money
from app.web import formats
from app.web.security import nonce

FOLDER = Path(__file__).parent / "static"
THEMES = ("light", "dark")
THEME_COOKIE = "kontor_theme"
_YEAR = 31_536_000


def init_app(app: Flask) -> None:
    """Serve `static/` below `/static/<digest>/`, cached for a year, and arm the templates."""
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
        now=clock.now,
        sla=_sla,
    )
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def digest(folder: Path) -> str:
    """Twelve characters that change when any file of the folder does."""
    sums = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            sums.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return sums.hexdigest()[:12]


def theme() -> str:
    """The reader's choice, else `light`; the cookie is written by js/theme.js."""
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else THEMES[0]


def _harden(headers: Any, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"


def _locale() -> Locale:
    return get_locale() or Locale("en")


def _zone() -> tzinfo:
    zone: tzinfo = get_timezone()
    return zone


def _sla(
    *,
    due_at: datetime | None,
    since: datetime,
    paused: bool = False,
    finished_at: datetime | None = None,
) -> formats.Sla:
    return formats.sla(
        due_at=due_at, since=since, now=clock.now(), paused=paused, finished_at=finished_at
    )


def _money(amount: Money) -> str:
    return formats.money(amount, locale=_locale())


def _number(value: int | Decimal) -> str:
    return formats.number(value, locale=_locale())


def _percent(share: Decimal | float) -> str:
    return formats.percent(share, locale=_locale())


def _file_size(octets: int) -> str:
    return formats.file_size(octets, locale=_locale())


def _absolute(moment: datetime) -> str:
    return formats.absolute(moment, zone=_zone(), locale=_locale())


def _exact(moment: datetime) -> str:
    return formats.exact(moment, zone=_zone(), locale=_locale())


def _day(moment: datetime | date) -> str:
    return formats.day(moment, zone=_zone(), locale=_locale())


def _clock(moment: datetime) -> str:
    return formats.clock(moment, zone=_zone(), locale=_locale())


def _relative(moment: datetime) -> str:
    return formats.relative(moment, now=clock.now(), zone=_zone(), locale=_locale())


def _due(moment: datetime) -> str:
    return formats.due(moment, now=clock.now(), zone=_zone(), locale=_locale())


FILTERS = {
    "money": _money,
    "number": _number,
    "percent": _percent,
    "file_size": _file_size,
    "absolute": _absolute,
    "exact": _exact,
    "day": _day,
    "clock": _clock,
    "relative": _relative,
    "due": _due,
    "duration": formats.duration,
    "initials": formats.initials,
}
