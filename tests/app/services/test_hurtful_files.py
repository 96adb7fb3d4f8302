"""Files made to hurt, for every service on offer that takes files: a finding each, in bounded time.

New services are covered by themselves: what they take is what their manifests say. An automation
has to say something about a bad file, or not to look at it at all: the same as without the file.
"""

import io
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, Final
from uuid import UUID

import pytest
from marshmallow import EXCLUDE

from app.catalogue.limited import MOST_MEGABYTES
from app.catalogue.service import Service, WorkType, services
from app.catalogue.steps import StepDocument, StepInput, StepResult
from app.kernel.sandbox import files_of_our_own
from app.wiring import load_parts

load_parts()
TODAY: Final = date(2026, 11, 25)
MEGABYTE: Final = 1024 * 1024
BILLION_LAUGHS: Final = (
    b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a '" + b"ha" * 50 + b"'>"
    + b"".join(
        b"<!ENTITY %c '%s'>" % (new, (b"&%c;" % old) * 10)
        for old, new in zip(b"abcdefgh", b"bcdefghi", strict=True)
    )
    + b"]><x>&i;</x>"
)  # fmt: skip
TABLES: Final = (".csv", ".txt", ".xlsx", ".xls", ".ods")
NO_COLUMN: Final = b"=cmd|'/c calc'!A1;+1;-2;@x;\tz\r\n=1+1;=HYPERLINK(\"x\");3;4;5\r\n"


def zipped(name: str, size: int) -> bytes:
    """A workbook whose one sheet unpacks to `size` bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open(name, "w", force_zip64=True) as part:
            for _ in range(size // MEGABYTE):
                part.write(b" " * MEGABYTE)
    return out.getvalue()


HURTFUL: Final[Mapping[str, tuple[tuple[str, ...], Callable[[], bytes]]]] = {
    "empty": ((), lambda: b""),
    "zeros": ((), lambda: bytes(5000)),
    "noise": ((), lambda: bytes(range(256)) * 40),
    "half a picture": ((".png", ".jpg", ".jpeg"), lambda: b"\x89PNG\r\n\x1a\n\x00\x00"),
    "entities": ((".xml", ".txt"), lambda: BILLION_LAUGHS),
    "half xml": ((".xml",), lambda: b"<?xml version='1.0'?><Invoice><a>"),
    "deep xml": ((".xml",), lambda: b"<a>" * 200_000),
    "xml in the wrong encoding": (
        (".xml",),
        lambda: "<?xml version='1.0' encoding='utf-8'?><ü>ß</ü>".encode("latin-1"),
    ),
    "formulas": (TABLES, lambda: NO_COLUMN),
    "half utf-16": (TABLES, lambda: "Datum;Betrag\r\n1;2".encode("utf-16")[:-1]),
    "one endless line": (TABLES, lambda: b"a;" * 200_000),
    "open quotes": (TABLES, lambda: b'a;"b\r\n' * 3000),
    "half a workbook": ((".xlsx", ".xls", ".ods"), lambda: b"PK\x03\x04" + b"\x14\x00" * 30),
    "half a pdf": ((".pdf",), lambda: b"%PDF-1.7\n1 0 obj\n<< /Length 99999"),
    "deep json": ((".json",), lambda: b"[" * 300_000),
    "half json": ((".json",), lambda: b'{"resourceType": "Bundle", "entry": [{'),
    "half a calendar": (
        (".ics",),
        lambda: b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:FREQ=SECONDLY\r\nDTSTART:x",
    ),
    "half a mail": ((".eml", ".mbox"), lambda: b"From: a@b.example\r\nContent-Type: multipart/"),
}
"""What it is called, which endings it comes with (none: any), and how it is made."""


def types() -> Iterator[tuple[Service, WorkType]]:
    """Every kind of work whose files a computer reads."""
    for service in services():
        for work_type in service.work_types:
            if work_type.automation is not None and work_type.accepts:
                yield service, work_type


FIELDS: Final = {"creditor_id": "DE98ZZZ09999999999"}
"""What a form asks for and no sample of its service says."""
TYPES: Final = {f"{service.key}:{one.key}": (service, one) for service, one in types()}


def payload(service: Service, work_type: WorkType) -> Mapping[str, Any]:
    """What somebody could order, as the item holds it."""
    shown = list(service.samples(TODAY)) if service.samples else []
    form = work_type.form(unknown=EXCLUDE)
    shown.sort(key=lambda one: one.type_key != work_type.key)
    for orders in (*(one.payload for one in shown), {}):
        filled = {**FIELDS, **orders}
        if not form.validate(filled):
            told: Mapping[str, Any] = form.dump(form.load(filled))
            return told
    pytest.fail(f"{service.key} shows no order that fits {work_type.key}")


def run(key: str, *files: tuple[str, bytes]) -> StepResult:
    service, work_type = TYPES[key]
    assert work_type.automation is not None
    return work_type.automation(
        StepInput(
            documents=tuple(
                StepDocument(id=UUID(int=number), name=name, media_type="", content=content)
                for number, (name, content) in enumerate(files, start=1)
            ),
            payload=payload(service, work_type),
            client_name="Ameise GmbH",
            client_locale="de",
            today=TODAY,
        )
    )


@cache
def without_files(key: str) -> StepResult | None:
    """What is said where there is no file; None where there always is one."""
    if TYPES[key][1].needs_document:
        return None
    with files_of_our_own():
        return run(key)


def says_something(key: str, result: StepResult) -> bool:
    """A finding, or the file was not looked at."""
    alone = without_files(key)
    return bool(result.findings) or (alone is not None and result.values == alone.values)


def says_why(key: str, result: StepResult) -> None:
    """Each finding has a sentence of its own, in words."""
    service, _ = TYPES[key]
    assert service.finding_text is not None
    for one in result.findings:
        text = service.finding_text(one.code, one.params)
        assert "%(code)s" not in text.msgid, one.code
        assert text.msgid % text.params


@pytest.mark.parametrize("key", TYPES)
def test_a_bad_file_is_a_finding(key: str) -> None:
    """In this process, where a traceback is seen and not swallowed by a child."""
    accepts = TYPES[key][1].accepts
    for name, (endings, made) in HURTFUL.items():
        for ending in sorted(set(accepts) & set(endings or accepts)):
            with files_of_our_own():
                result = run(key, (f"file{ending}", made()))
            assert says_something(key, result), (name, ending)
            assert not result.straight_through or not result.findings, (name, ending)
            says_why(key, result)


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """Under a megabyte that unpacks to three hundred."""
    return zipped("xl/worksheets/sheet1.xml", 300 * MEGABYTE)


def workbooks() -> list[str]:
    """One kind of work for each way that spreadsheets are read."""
    found: dict[str, str] = {}
    for key, (service, work_type) in TYPES.items():
        if ".xlsx" in work_type.accepts:
            module = getattr(work_type.automation, "__module__", "")
            found.setdefault(module if module != "app.catalogue.limited" else service.key, key)
    return list(found.values())


@pytest.mark.parametrize("key", workbooks())
def test_a_bomb_goes_off_in_the_child(key: str, bomb: bytes) -> None:
    begun = time.monotonic()
    result = run(key, ("bomb.xlsx", bomb))
    assert says_something(key, result)
    says_why(key, result)
    assert time.monotonic() - begun < 100


def test_a_hundred_megabytes() -> None:
    """Once for each way of reading: what a limited child is given is weighed before."""
    whole = b"Datum;Betrag\r\n" + b"2026-11-25;1,00;\xff\r\n" * (100 * MEGABYTE // 19)
    paths: dict[str, str] = {}
    for key, (_, work_type) in TYPES.items():
        paths.setdefault(getattr(work_type.automation, "__module__", ""), key)
    for module, key in paths.items():
        ending = TYPES[key][1].accepts[0]
        begun = time.monotonic()
        result = run(key, (f"large{ending}", whole))
        assert says_something(key, result), module
        says_why(key, result)
        assert time.monotonic() - begun < 100, module
        if module == "app.catalogue.limited":
            assert [one.code for one in result.findings] == ["READER-SIZE"]
            assert result.findings[0].params == {"limit": MOST_MEGABYTES}
