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
from app.search.rules import words_of
from app.web.access import current_actor
from app.web.books import afterwards, in_books
from app.work import queries
from tenants import registry
from tenants.context import TenantRef

VALUES = frozenset({"desk_items.correct", "desk_second.enter"})
"""Where values are typed: what the item says already is not asked about again."""
GUARDED = VALUES | {"desk_items.message", "desk_asked.ask", "desk_orders.place"}
"""Where something is written or given to a client, or noted at its work."""
_NO_TEXTS = frozenset({"csrf_token", "version"})
_NUMBER = re.compile(r"\b([A-Z][A-Z0-9]{1,9})-\d{1,9}\b")


def foreign_numbers(text: str, *, others: Collection[str]) -> list[str]:
    """Numbers of items in the text that carry another client's code, each once."""
    found = (match for match in _NUMBER.finditer(text) if match[1] in others)
    return list(dict.fromkeys(match[0] for match in found))


def in_request(client: TenantRef) -> list[str]:
    """What this request would put to the client's work though it is another's; nothing when sure.

    Outside any scope and transaction.
    """
    if request.method != "POST" or request.endpoint not in GUARDED:
        return []
    if request.form.get("kind") == "insert":
        return []
    known = _said_already(client) if request.endpoint in VALUES else ""
    texts = [value for name, value in request.form.items(multi=True) if name not in _NO_TEXTS]
    with in_books():
        return asked("\n".join(texts), _files(), client=client, known=known)


def _said_already(client: TenantRef) -> str:
    item_id = (request.view_args or {})["item_id"]
    with afterwards(client):
        item = queries.item(item_id)
        return words_of([item.payload, item.proposed, item.values])


def asked(
    text: str, files: Sequence[tuple[str, str]], *, client: TenantRef, known: str = ""
) -> list[str]:
    """Foreign numbers and names of foreign files; empty where the person has said to be sure.

    `files`: (name, SHA-256); what stands in `known` is not asked about. Both the question and the
    answer stand in the provider's audit chain.
    """
    others = {one.code for one in registry.listed() if one.id != client.id}
    foreign = marks.only_with_others([digest for _, digest in files], tenant_id=client.id)
    told = identifiers.squeezed(known)
    found = [
        *(one for one in _named(text, others, client) if identifiers.squeezed(one) not in told),
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


def _named(text: str, others: Collection[str], client: TenantRef) -> list[str]:
    return [
        *foreign_numbers(text, others=others),
        *identifiers.only_of_others(text, tenant_id=client.id),
    ]


def _files() -> list[tuple[str, str]]:
    found = []
    for file in request.files.getlist("files"):
        if file.filename:
            found.append((file.filename, sha256(file.read()).hexdigest()))
            file.seek(0)
    return found
