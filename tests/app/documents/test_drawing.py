"""Pages of a PDF are drawn by the worker, shown at the desk, and of one's own client only."""

import pytest
from flask import Flask

from app.documents import actions, drawing, queries
from app.documents.tasks import draw
from app.kernel.actor import SYSTEM
from app.kernel.errors import NotFound
from app.services.accounts_payable.samples import FOLDER
from tenants.context import TenantRef
from tenants.db import transaction
from tenants.scope import tenant_scope

PDF = (FOLDER / "practice-gloves-paper.pdf").read_bytes()
PNG = b"\x89PNG\r\n\x1a\n"


def test_every_page_becomes_a_picture() -> None:
    (picture,) = drawing.pages_of(PDF)
    assert picture.startswith(PNG)
    assert int.from_bytes(picture[16:20], "big") == drawing.WIDTH


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\nnothing", PDF[:300]], ids=["", "bare", "cut"])
def test_what_is_no_pdf_has_no_pages(content: bytes) -> None:
    assert drawing.pages_of(content) == []


def test_the_worker_draws_once_for_each_client(
    app: Flask, acme: TenantRef, bolt: TenantRef, app_context: Flask
) -> None:
    del app, app_context
    with tenant_scope(acme):
        with transaction():
            document = actions.store_result(actor=SYSTEM, name="gloves.pdf", content=PDF)
            digest, key = document.sha256, document.id
            assert queries.pages(digest) is None
        draw(key)
        draw(key)
        with transaction():
            stored = queries.document(key)
            assert queries.pages(digest) == 1
            assert queries.page_picture(stored, 1).startswith(PNG)
            for beyond in (0, 2):
                with pytest.raises(NotFound):
                    queries.page_picture(stored, beyond)
    with tenant_scope(bolt), transaction():
        document = actions.store_result(actor=SYSTEM, name="gloves.pdf", content=PDF)
        assert queries.pages(digest) is None
        with pytest.raises(NotFound):
            queries.page_picture(document, 1)
