"""Official files: handed in once by who manages clients, told by their hash, used for every one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from hashlib import sha256
from http import HTTPStatus
from io import BytesIO

import pytest

from app.adapters import storage
from app.audit import queries as audit
from app.catalogue import keeping
from app.catalogue import service as catalogue
from app.catalogue.official import OfficialFile
from app.catalogue.official_models import KeptFile
from app.documents import queries
from tenants.db import db, transaction
from tests.factories.desk_house import House

PAGE = "/desk/official-files"
CONTENT = b"<PAP name='of a test'/>"
EDITION = OfficialFile(
    title="Flow chart of the wage tax",
    edition="2031",
    sha256=sha256(CONTENT).hexdigest(),
    valid_from=date(2031, 1, 1),
    valid_until=date(2031, 12, 31),
    source="Made by us",
)


@pytest.fixture
def offered(house: House) -> Iterator[None]:
    """A service that works by one more file; nothing of it is left behind."""
    before = catalogue.service("payroll")
    catalogue.offer(replace(before, official_files=(*before.official_files, EDITION)))
    yield
    catalogue.offer(before)
    with house.app.app_context(), transaction():
        if row := db.session.get(KeptFile, EDITION.sha256):
            db.session.delete(row)


def hand_in(house: House, who: str, content: bytes) -> tuple[int, str]:
    sent = {"files": (BytesIO(content), "Lohnsteuer2031.xml")}
    answer = house.visitor(who).post(PAGE, data=sent, content_type="multipart/form-data")
    page = house.visitor("sabine").page(PAGE)
    return answer.status_code, page


@pytest.mark.usefixtures("offered")
def test_a_file_is_kept_once_and_found_in_any_scope(house: House) -> None:
    with house.app.app_context():
        assert keeping.content(EDITION) is None
    for _again in range(2):
        status, page = hand_in(house, "sabine", CONTENT)
        assert status == HTTPStatus.SEE_OTHER
        assert EDITION.sha256 in page
        assert "Sabine Ehlers" in page
    with house.app.app_context():
        assert keeping.content(EDITION) == CONTENT
        entries = [one for one in audit.latest() if one.subject_id == EDITION.sha256]
    assert [one.verb for one in entries] == ["official_file.kept"]


@pytest.mark.usefixtures("offered")
def test_what_is_not_official_is_refused_and_nobody_else_may(house: House) -> None:
    assert hand_in(house, "sabine", CONTENT + b" ")[0] == HTTPStatus.SEE_OTHER
    assert hand_in(house, "lena", CONTENT)[0] == HTTPStatus.FORBIDDEN
    with house.app.app_context():
        assert EDITION.sha256 not in keeping.kept()
    assert "2031" in house.visitor("lena").page(PAGE)
    assert 'type="file"' not in house.visitor("lena").page(PAGE)


def test_a_content_that_was_changed_in_the_store_is_not_used(house: House) -> None:
    other = replace(EDITION, sha256=sha256(b"something else").hexdigest())
    with house.app.app_context():
        storage.put(queries.store(), f"official/{other.sha256}", b"tampered")
        assert keeping.content(other) is None
