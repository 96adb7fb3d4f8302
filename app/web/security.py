"""Headers that tell the browser what it may do, and the token that proves a form is ours.

OWASP ASVS 5: 3.4.1 (HSTS), 3.4.3 (content security policy), 3.5.1 (cross-site request forgery).
"""

import secrets

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()

_HTMLISH = ("text/html", "application/xhtml+xml", "image/svg+xml")


def init_app(app: Flask) -> None:
    """Strict policy on every answer, CSRF on every form."""
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)  # as long as the session
    csrf.init_app(app)
    app.context_processor(lambda: {"csp_nonce": nonce})
    app.after_request(_harden)


def nonce() -> str:
    """The nonce of this answer's script tags."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    value: str = g.csp_nonce
    return value


def _harden(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    headers.setdefault("Content-Security-Policy", _policy(response))
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if response.mimetype in _HTMLISH:
        headers.setdefault("Cache-Control", "no-store")
        headers.add("Vary", "HX-Request")
    return response


def _policy(response: Response) -> str:
    if response.mimetype not in _HTMLISH:
        return "default-src 'none'; frame-ancestors 'none'; sandbox"
    return (
        "default-src 'none'; "
        f"script-src 'self' 'nonce-{nonce()}'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; frame-src 'self'; "
        "base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types default htmx 'allow-duplicates'"
    )
