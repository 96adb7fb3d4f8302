"""Keep the official files that services work by. In the provider's books; contents for all."""

from collections.abc import Mapping
from hashlib import sha256

from sqlalchemy import select

from app.adapters import storage
from app.audit import actions as audit
from app.catalogue.official import OfficialFile
from app.catalogue.official_models import KeptFile
from app.catalogue.service import services
from app.documents import queries, rules
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Invalid
from tenants.db import db

LIMIT = 20 * 1024 * 1024
"""Bytes of one file."""


def known() -> Mapping[str, OfficialFile]:
    """Every edition that a service on offer knows, by its hash."""
    return {one.sha256: one for offered in services() for one in offered.official_files}


def kept() -> Mapping[str, KeptFile]:
    """What was handed in, by its hash."""
    return {row.sha256: row for row in db.session.scalars(select(KeptFile))}


def keep(*, actor: Actor, name: str, content: bytes) -> OfficialFile:
    """Keep a file; the same one again changes nothing. Raises Forbidden, Invalid."""
    actor.require(Permission.CLIENT_MANAGE)
    digest = sha256(content).hexdigest()
    edition = known().get(digest)
    if edition is None or len(content) > LIMIT:
        raise Invalid(
            "%(name)s is none of the official files below: its fingerprint is another. "
            "Please take it unchanged from its publisher.",
            name=rules.safe_name(name),
        )
    # Content first: never a row without its content.
    storage.put(queries.store(), _key(digest), content)
    if db.session.get(KeptFile, digest) is None:
        db.session.add(
            KeptFile(
                sha256=digest,
                name=rules.safe_name(name),
                size=len(content),
                kept_at=now(),
                kept_by_name=actor.name,
            )
        )
        audit.record_provider(
            actor=actor,
            verb="official_file.kept",
            subject_type="official_file",
            subject_id=digest,
            detail={"name": rules.safe_name(name), "edition": edition.edition},
        )
    return edition


def content(edition: OfficialFile) -> bytes | None:
    """The file, unchanged; None while the provider has not handed it in. In any scope."""
    try:
        found = storage.get(queries.store(), _key(edition.sha256))
    except FileNotFoundError:
        return None
    return found if sha256(found).hexdigest() == edition.sha256 else None


def _key(digest: str) -> str:
    return f"official/{digest}"
