"""Contents that belong to other clients; looked up in the provider's books alone."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.documents.mark_models import DocumentMark
from tenants.context import current_tenant
from tenants.db import db


def leave(sha256: str) -> None:
    """Note that the client in scope has this content."""
    row = {"tenant_id": current_tenant().id, "sha256": sha256}
    db.session.execute(insert(DocumentMark).values(row).on_conflict_do_nothing())


def only_with_others(digests: Collection[str], *, tenant_id: int) -> frozenset[str]:
    """Those of these contents that another client has and this one has not. In the books."""
    query = select(DocumentMark.sha256, DocumentMark.tenant_id)
    rows = db.session.execute(query.where(DocumentMark.sha256.in_(digests))).all()
    own = {sha256 for sha256, owner in rows if owner == tenant_id}
    return frozenset(sha256 for sha256, _ in rows if sha256 not in own)
