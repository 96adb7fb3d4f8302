"""No file of an order is passed over in silence, whatever the service: it is read or named."""

from collections.abc import Iterator
from datetime import date
from typing import Final
from uuid import UUID

import pytest
from marshmallow import EXCLUDE

from app.catalogue.service import Service, WorkType, services
from app.catalogue.steps import StepDocument, StepInput
from app.kernel.sandbox import files_of_our_own
from app.wiring import load_parts

load_parts()
TODAY: Final = date(2026, 11, 25)
STRANGE: Final = {
    "another table": b"Foo;Bar\r\n1;2\r\n",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4,
}


def ordered() -> Iterator[tuple[Service, WorkType]]:
    for service in services():
        shown = {one.type_key for one in service.samples(TODAY)} if service.samples else set()
        for work_type in service.work_types:
            if work_type.key not in shown or work_type.one_item_per_document:
                continue
            if work_type.automation is not None and ".csv" in work_type.accepts:
                yield service, work_type


CASES: Final = {f"{service.key}:{one.key}": (service, one) for service, one in ordered()}


@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.parametrize("key", CASES)
def test_a_file_that_does_not_belong_is_named(key: str, strange: str) -> None:
    service, work_type = CASES[key]
    assert service.samples is not None
    assert work_type.automation is not None
    order = next(one for one in service.samples(TODAY) if one.type_key == work_type.key)
    form = work_type.form(unknown=EXCLUDE)
    files = [*order.files, ("fremd.csv", STRANGE[strange])]
    with files_of_our_own():
        result = work_type.automation(
            StepInput(
                documents=tuple(
                    StepDocument(id=UUID(int=number), name=name, media_type="", content=content)
                    for number, (name, content) in enumerate(files, start=1)
                ),
                payload=form.dump(form.load(dict(order.payload))),
                client_name="Ameise GmbH",
                client_locale="de",
                today=TODAY,
            )
        )
    if not result.values:
        assert result.findings
        return
    strangers = [one for one in result.findings if one.document_id == UUID(int=len(files))]
    assert strangers, [(one.code, one.place) for one in result.findings]
    assert all("fremd.csv" in one.place for one in strangers)
    assert not result.straight_through
