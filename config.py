"""Settings: the environment is read once, here, and nowhere else in Kontor."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parent
STRIPE_API = "https://api.stripe.com"
INSTANCE_FILE = ROOT / ".kontor" / "instance.json"
"""Where `make run` writes the addresses of this checkout's embedded instance (mode 0600)."""


class MissingSetting(RuntimeError):
    """An environment variable that Kontor cannot do without is absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting of one process; see docs/operating.md for what each is for."""

    database_url: str = field(repr=False)
    tenant_database_url: str = field(repr=False)
    database_direct_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    master_key: str = field(default="", repr=False)
    """What the keys of sealed clients are derived from; SECRET_KEY where there is none."""
    tenant_logins: int = 1
    environment: str = "production"
    base_url: str = "http://127.0.0.1:8000"
    data_dir: str = str(ROOT / ".kontor")
    storage_url: str = ""
    smtp_url: str = field(default="", repr=False)
    mail_from: str = "Kontor <kontor@localhost>"
    mail_outbox_dir: str = ""
    mail_in_listen: str = ""
    """host:port where `worker.py mail-in` takes mails by LMTP; empty: mail does not come in."""
    mail_in_address: str = ""
    """The mailbox that the mail server in front hands over, e.g. post@kontor.example."""
    provider_name: str = "Kontor"
    pool_size: int = 5
    trusted_proxies: int = 0
    metrics_token: str = field(default="", repr=False)
    webhook_networks: tuple[str, ...] = ()
    """Private networks that webhooks may be sent to."""
    max_upload_bytes: int = 100 * 1024 * 1024
    stripe_secret_key: str = field(default="", repr=False)
    stripe_webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    stripe_api_base: str = ""

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    def tenant_url(self, bucket: int) -> str:
        """The address for a login bucket, e.g. kontor_tenant_3."""
        return _psycopg(self.tenant_database_url.replace("{login}", f"kontor_tenant_{bucket}"))

    @classmethod
    def from_env(cls) -> Self:
        """From the environment, else from the embedded instance of this checkout."""
        return cls.from_mapping(environment())

    @classmethod
    def from_mapping(cls, values: Mapping[str, str]) -> Self:
        """From names as docs/operating.md lists them. Raises MissingSetting."""
        needed = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY")
        if missing := [name for name in needed if not values.get(name)]:
            raise MissingSetting(
                f"Set {', '.join(missing)} (see docs/operating.md), or start this checkout's own "
                "servers with `make run`."
            )
        if len(values["SECRET_KEY"]) < 32:
            raise MissingSetting("SECRET_KEY needs 32 characters or more.")
        database = values["DATABASE_URL"]
        return cls(
            database_url=_psycopg(database),
            tenant_database_url=values.get("TENANT_DATABASE_URL", database),
            database_direct_url=_psycopg(values.get("DATABASE_DIRECT_URL", database)),
            redis_url=values["REDIS_URL"],
            secret_key=values["SECRET_KEY"],
            master_key=values.get("KONTOR_MASTER_KEY", ""),
            tenant_logins=int(values.get("KONTOR_TENANT_LOGINS", "1")),
            environment=values.get("KONTOR_ENVIRONMENT", "production"),
            base_url=values.get("KONTOR_BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
            data_dir=values.get("KONTOR_DATA_DIR", str(ROOT / ".kontor")),
            storage_url=values.get("STORAGE_URL", ""),
            smtp_url=values.get("SMTP_URL", ""),
            mail_from=values.get("MAIL_FROM", "Kontor <kontor@localhost>"),
            mail_outbox_dir=values.get("KONTOR_OUTBOX_DIR", ""),
            mail_in_listen=values.get("KONTOR_MAIL_IN_LISTEN", ""),
            mail_in_address=values.get("KONTOR_MAIL_IN_ADDRESS", "").lower(),
            provider_name=values.get("KONTOR_PROVIDER_NAME", "Kontor"),
            pool_size=int(values.get("KONTOR_POOL_SIZE", "5")),
            trusted_proxies=int(values.get("KONTOR_TRUSTED_PROXIES", "0")),
            metrics_token=values.get("KONTOR_METRICS_TOKEN", ""),
            webhook_networks=tuple(values.get("KONTOR_WEBHOOK_NETWORKS", "").split()),
            max_upload_bytes=int(values.get("KONTOR_MAX_UPLOAD_BYTES", str(100 * 1024 * 1024))),
            **_stripe(values),
        )


def _stripe(values: Mapping[str, str]) -> dict[str, Any]:
    """How money is collected. Raises MissingSetting for what would let forged events in."""
    key, base = values.get("STRIPE_SECRET_KEY", ""), values.get("STRIPE_API_BASE", "")
    secrets = tuple(one.strip() for one in values.get("STRIPE_WEBHOOK_SECRETS", "").split(","))
    if not key:
        return {}
    if not all(secrets):
        raise MissingSetting("STRIPE_WEBHOOK_SECRETS is empty, or has an empty secret in it.")
    is_production = values.get("KONTOR_ENVIRONMENT", "production") == "production"
    if base and base != STRIPE_API and (is_production or not key.startswith("sk_test_")):
        raise MissingSetting(
            "STRIPE_API_BASE leads elsewhere than to Stripe: that takes a test key and another "
            "KONTOR_ENVIRONMENT than production."
        )
    return {
        "stripe_secret_key": key,
        "stripe_webhook_secrets": secrets,
        "stripe_api_base": base.rstrip("/"),
    }


def environment() -> Mapping[str, str]:
    """The process environment, or the embedded instance's facts where no database is named."""
    if "DATABASE_URL" in os.environ or not INSTANCE_FILE.exists():
        return os.environ
    return {**json.loads(INSTANCE_FILE.read_text()), **os.environ}


def _psycopg(url: str) -> str:
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url
