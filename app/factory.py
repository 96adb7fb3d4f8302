"""Put a Kontor together from its settings."""

from datetime import timedelta
from pathlib import Path

from werkzeug.middleware.proxy_fix import ProxyFix

from app.adapters import mail, outbound, storage, stripe
from app.identity import keys
from app.web.flask_app import Kontor
from app.wiring import wire
from config import Settings
from tenants import sealing
from tenants.db import db
from tenants.driver import engine_options, owner_options


def create_app(settings: Settings) -> Kontor:
    """The whole application: every face, every service, every pool."""
    app = Kontor("app", template_folder="web/templates", static_folder=None)
    https = settings.base_url.startswith("https://")
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(pool_size=settings.pool_size),
        SQLALCHEMY_BINDS=_binds(settings),
        TENANT_LOGINS=settings.tenant_logins,
        MAX_CONTENT_LENGTH=settings.max_upload_bytes,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_NAME="__Host-kontor" if https else "kontor",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=14),
        # Two answers at once: the slower must not take back the session that the quicker has set.
        SESSION_REFRESH_EACH_REQUEST=False,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
        TEMPLATES_AUTO_RELOAD=settings.environment == "development",
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    Path(settings.data_dir).mkdir(parents=True, exist_ok=True)
    storage.configure(url=settings.storage_url, folder=settings.data_dir)
    keys.configure(settings.secret_key)
    sealing.configure(settings.master_key or settings.secret_key)
    mail.configure(
        mail.MailSettings(
            smtp_url=settings.smtp_url,
            sender=settings.mail_from,
            base_url=settings.base_url,
            provider_name=settings.provider_name,
            reply_address=settings.mail_in_address,
        )
    )
    outbound.configure(
        outbound.OutboundSettings(
            allowed=settings.webhook_networks, https_only=settings.is_production
        )
    )
    stripe.configure(
        stripe.StripeSettings(
            secret_key=settings.stripe_secret_key,
            webhook_secrets=settings.stripe_webhook_secrets,
            api_base=settings.stripe_api_base,
            base_url=settings.base_url,
        )
    )
    db.init_app(app)
    wire(app)
    return app


def _binds(settings: Settings) -> dict[str, dict[str, object]]:
    # One pool a cell and login bucket; a second cell adds its addresses here.
    per_bucket = max(2, settings.pool_size // settings.tenant_logins)
    binds: dict[str, dict[str, object]] = {
        f"cell_1_{bucket}": {
            "url": settings.tenant_url(bucket),
            **engine_options(pool_size=per_bucket),
        }
        for bucket in range(settings.tenant_logins)
    }
    binds["owner"] = {"url": settings.database_direct_url, **owner_options()}
    return binds
