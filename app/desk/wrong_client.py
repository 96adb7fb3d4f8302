"""The wrong-client guard: what belongs to another client is asked about before it leaves.

It is looked for in the provider's books, before the client is entered; no client is told of it.
"""

import re
from collections.abc import Collection, Sequence
from hashlib import sha256

from flask import request

from app.audit import actions as audit
from app.clients import identifiers
from app.documents import marks
from app.web.access import current_actor
from tenants import registry
from tenants.context import TenantRef

GUARDED = frozenset({"desk_items.message", "desk_asked.ask", "desk_orders.place"})
"""Where something is written or given to a client."""
_NUMBER = re.compile(r"\b([A-Z][A-Z0-9]{1,9})-\d{1,9}\b")


def foreign_numbers(text: str, *, others: Collection[str]) -> list[str]:
    """Numbers of items in the text that carry another client's code, each once."""
    found = (match for match in _NUMBER.finditer(text) if match[1] in others)
    return list(dict.fromkeys(match[0] for match in found))


def in_request(client: TenantRef) -> list[str]:
    """What this request would give to the client though it is another's; nothing when sure."""
    if request.method != "POST" or request.endpoint not in GUARDED:
        return []
    if request.form.get("kind") in ("note", "insert"):
        return []
    texts = [value for name, value in request.form.items(multi=True) if name != "csrf_token"]
    return asked("\n".join(texts), _files(), client=client)


def asked(text: str, files: Sequence[tuple[str, str]], *, client: TenantRef) -> list[str]:
    """Foreign numbers and names of foreign files; empty where the person has said to be sure.

    `files`: (name, SHA-256). Both the question and the answer stand in the provider's audit chain.
    """
    others = {one.code for one in registry.listed() if one.id != client.id}
    foreign = marks.only_with_others([digest for _, digest in files], tenant_id=client.id)
    found = [
        *foreign_numbers(text, others=others),
        *identifiers.only_of_others(text, tenant_id=client.id),
        *(name for name, digest in files if digest in foreign),
    ]
    if not found:
        return []
    sure = "sure" in request.form
    audit.record_provider(
        actor=current_actor(),
        verb="guard.confirmed" if sure else "guard.asked",
        subject_type="client",
        subject_id=client.id,
        # Names of files may name a patient; the hash says as much as is needed.
        detail={
            "found": [one for one in found if one not in dict(files)],
            "files": sorted(foreign),
            "where": request.endpoint,
        },
    )
    return [] if sure else found


def _files() -> list[tuple[str, str]]:
    found = []
    for file in request.files.getlist("files"):
        if file.filename:
            found.append((file.filename, sha256(file.read()).hexdigest()))
            file.seek(0)
    return found
