"""Address plans: overlaps, free prefixes, devices without a place, and what is handed over."""

import io
import ipaddress
from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from app.catalogue.steps import DeliveryInput, StepDocument, StepInput, StepResult
from app.kernel.sandbox import files_of_our_own
from app.services.network_records.manifest import SERVICE
from app.services.network_records.rules import (
    Prefix,
    clashes,
    free_blocks,
    next_address,
    next_free,
    parse_mac,
    parse_network,
    usable,
)
from app.services.network_records.samples import PLAN, devices
from app.services.network_records.schemas import NetworkValues

net = ipaddress.ip_network
INSIDE = net("10.0.0.0/16")
SMALL = st.builds(
    lambda number, length: net((0x0A000000 + (number << 8), length), strict=False),
    st.integers(min_value=0, max_value=255),
    st.integers(min_value=18, max_value=30),
)


def run(*files: tuple[str, bytes]) -> StepResult:
    work = SERVICE.work_types[0]
    assert work.automation is not None
    documents = tuple(
        StepDocument(id=uuid4(), name=name, media_type="text/csv", content=content)
        for name, content in files
    )
    payload = {"inside": "10.20.0.0/16", "length": 24, "count": 3}
    with files_of_our_own():
        return work.automation(
            StepInput(
                documents=documents,
                payload=payload,
                client_name="C",
                client_locale="de",
                today=date(2026, 11, 25),
            )
        )


@settings(deadline=None)
@given(st.lists(SMALL, max_size=12), st.integers(min_value=20, max_value=28))
def test_free_prefixes_are_free_and_lowest(taken: list[ipaddress.IPv4Network], length: int) -> None:
    found = next_free(INSIDE, taken, length=length, count=5)
    assert all(one.subnet_of(INSIDE) for one in found)  # type: ignore[arg-type]
    assert not any(one.overlaps(other) for one in found for other in taken)
    naive = [
        one
        for one in INSIDE.subnets(new_prefix=length)
        if not any(one.overlaps(other) for other in taken)
    ]
    assert found == naive[:5]


@settings(deadline=None)
@given(st.lists(SMALL, max_size=12))
def test_free_and_taken_fill_the_container(taken: list[ipaddress.IPv4Network]) -> None:
    free = sum(one.num_addresses for one in free_blocks(INSIDE, taken))
    used = sum(one.num_addresses for one in ipaddress.collapse_addresses(taken))
    assert free + used == INSIDE.num_addresses


@settings(deadline=None)
@given(st.lists(SMALL, max_size=10))
def test_overlaps_are_found_as_by_comparing_all(taken: list[ipaddress.IPv4Network]) -> None:
    prefixes = [Prefix(network=one, line=line) for line, one in enumerate(taken)]
    inner = {one.inner.line for one in clashes(prefixes)}
    some = any(one.overlaps(other) for at, one in enumerate(taken) for other in taken[at + 1 :])
    assert bool(inner) == some


def test_containers_may_hold_others() -> None:
    plan = [
        Prefix(network=net("10.0.0.0/16"), is_container=True),
        Prefix(network=net("10.0.1.0/24")),
        Prefix(network=net("10.0.1.0/24"), vrf="other"),
    ]
    assert clashes(plan) == []


def test_spellings() -> None:
    assert parse_network("10.1.2.3/24") == (net("10.1.2.0/24"), True)
    assert parse_network("10.1.2.0/33") == (None, False)
    assert parse_mac("0200.0000.0021") == parse_mac("02-00-00-00-00-21") == "02:00:00:00:00:21"
    assert parse_mac("02:00:00:00:00") is None
    assert (usable(net("10.0.0.0/24")), usable(net("10.0.0.0/31"))) == (254, 2)
    taken = {ipaddress.ip_address("10.0.0.1"), ipaddress.ip_address("10.0.0.3")}
    assert str(next_address(net("10.0.0.0/29"), taken)) == "10.0.0.2"


def test_a_plan_with_its_slips() -> None:
    result = run(
        ("plan.csv", PLAN.encode()), ("old.csv", devices(older=True)), ("new.csv", devices())
    )
    found = {(one.code, one.place) for one in result.findings}
    assert {
        ("NW-OVERLAP", "plan.csv:6 Präfix"),
        ("NW-HOST-BITS", "plan.csv:8 Präfix"),
        ("NW-ADDRESS", "new.csv:26 IP"),
        ("NW-ADDRESS-TWICE", "new.csv:25 IP"),
        ("NW-OUTSIDE", "new.csv:22 IP"),
        ("NW-RESERVED", "new.csv:23 IP"),
        ("NW-MOVED", "new.csv:21 IP"),
        ("NW-NEW", "new.csv:25 Gerät"),
        ("NW-FULL", "plan.csv:9 Präfix"),
    } <= found
    free = [one["prefix"] for one in result.values["free"].value]
    assert free == ["10.20.3.0/24", "10.20.8.0/24", "10.20.10.0/24"]
    rows = {one["prefix"]: one for one in result.values["prefixes"].value}
    assert rows["10.255.0.0/29"]["share"] == "100.0"
    assert rows["10.20.0.0/24"]["next_free"] == "10.20.0.1"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "TABLE-EMPTY"),
        (b"\x89PNG", "TABLE-UNREADABLE"),
        (b"\x00\x01\x02", "TABLE-COLUMN"),
        (b"a;b\n1;2\n", "TABLE-COLUMN"),
    ],
)
def test_no_plan_is_a_finding_and_each_file_says_why(content: bytes, why: str) -> None:
    assert [one.code for one in run(("x.csv", content)).findings] == ["NW-NO-PLAN", why]


def test_the_plan_is_handed_over() -> None:
    files = (("plan.csv", PLAN.encode()), ("new.csv", devices()))
    values = {key: one.value for key, one in run(*files).values.items()}
    assert NetworkValues().validate(values) == {}
    assert SERVICE.work_types[0].deliver is not None
    book, table = SERVICE.work_types[0].deliver(
        DeliveryInput(
            number="ACME-1",
            values=values,
            payload={},
            documents=(),
            client_name="C",
            client_locale="de",
        )
    )
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0)
    assert len(sheet.to_python()) == 1 + len(values["prefixes"])
    assert "10.20.2.0/26;;Filiale Husum;" in table.content.decode("utf-8-sig")
