"""An endpoint's secret: made from SECRET_KEY and a nonce, so that the database holds none."""

import os
from uuid import UUID

from app.identity import keys
from app.kernel.clock import now
from app.webhooks.models import WebhookEndpoint
from app.webhooks.rules import secret_text


def new_nonce() -> bytes:
    """What makes one secret differ from the next."""
    return os.urandom(24)


def secret(endpoint_id: UUID, nonce: bytes) -> str:
    """whsec_… of 32 bytes."""
    return secret_text(keys.code("webhook", endpoint_id.bytes + nonce))


def valid_secrets(endpoint: WebhookEndpoint) -> list[str]:
    """Those that a message is signed with now: two while one replaces the other."""
    found = [secret(endpoint.id, endpoint.nonce)]
    if endpoint.old_nonce and endpoint.old_nonce_until and endpoint.old_nonce_until > now():
        found.append(secret(endpoint.id, endpoint.old_nonce))
    return found
