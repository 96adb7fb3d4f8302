"""Reads an address plan, checks it and proposes free prefixes; writes the checked plan."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from marshmallow import EXCLUDE

from app.catalogue.result_files import Sheet, csv_file, file_name, xlsx_file
from app.catalogue.rows import Table, at, heads, read_table, shortened
from app.catalogue.steps import (
    DeliveryInput,
    ProposedValue,
    ResultDocument,
    Severity,
    StepDocument,
    StepFinding,
    StepInput,
    StepResult,
)
from app.kernel.spoken import speaker
from app.kernel.svg import Bar, bars
from app.kernel.text import Text
from app.services.network_records.plan import (
    DEVICES,
    PREFIXES,
    Device,
    changes,
    devices_of,
    homes,
    prefixes_of,
)
from app.services.network_records.rules import (
    Address,
    Prefix,
    nested,
    next_address,
    next_free,
    parse_network,
    share,
    usable,
)
from app.services.network_records.schemas import NetworkValues

FULL: Final = Decimal(85)
DRAWN: Final = 40
LARGEST: Final = 1 << 20
"""Usable addresses up to which the next free one is looked for."""


def check(step: StepInput) -> StepResult:
    """The plan of the prefixes; the devices in it; against an older table of devices, changes."""
    plans = [one for one in step.documents if {"prefix"} <= heads(one, PREFIXES)]
    lists = [one for one in step.documents if {"device", "address"} <= heads(one, DEVICES)]
    if not plans:
        missing = StepFinding(code="NW-NO-PLAN", severity=Severity.ERROR)
        why = [one for file in step.documents for one in read_table(file, PREFIXES).findings]
        return StepResult(findings=shortened([missing, *why]))
    table = read_table(plans[0], PREFIXES)
    prefixes, findings = prefixes_of(table)
    devices, used, about = _devices(lists, prefixes)
    rows = [_row(prefix, prefixes, used) for prefix, _ in nested(prefixes)]
    free, no_room = _free(step, prefixes)
    findings += [*about, *no_room, *_full(table, rows, prefixes)]
    findings += [
        at(one, "FILE-KIND", Severity.WARNING)
        for one in step.documents
        if one is not plans[0] and one not in lists[-2:]
    ]
    values = {
        "prefixes": ProposedValue(value=rows, place=plans[0].name),
        "free": ProposedValue(value=free),
        "devices": ProposedValue(value=len(devices)),
    }
    return StepResult(
        values=values if rows else {},
        findings=shortened(findings),
        documents=(_picture(rows, step.client_locale),) if rows else (),
        units=Decimal(max(len(devices), 1)),
        straight_through=bool(rows) and all(one.severity is Severity.INFO for one in findings),
    )


def _devices(
    lists: Sequence[StepDocument], prefixes: Sequence[Prefix]
) -> tuple[list[Device], dict[int, set[Address]], list[StepFinding]]:
    """The newest table (handed in last) counts; one before it tells what changed."""
    if not lists:
        return [], {}, []
    table: Table = read_table(lists[-1], DEVICES)
    devices, findings = devices_of(table)
    used, lost = homes(table, devices, prefixes)
    findings += lost
    if len(lists) > 1:
        before, _ = devices_of(read_table(lists[-2], DEVICES))
        findings += changes(table, before, devices)
    return devices, used, findings


def _row(
    prefix: Prefix, prefixes: Sequence[Prefix], used: dict[int, set[Address]]
) -> dict[str, Any]:
    network = prefix.network
    if prefix.is_container:
        size = network.num_addresses
        inside = {
            one.network
            for one in prefixes
            if not one.is_container
            and one.vrf == prefix.vrf
            and one.network.version == network.version
            and one.network.subnet_of(network)  # type: ignore[arg-type]
        }
        taken, free = sum(one.num_addresses for one in inside), ""
    else:
        size, addresses = usable(network), used.get(prefix.line, set())
        taken = len(addresses)
        address = next_address(network, addresses) if size <= LARGEST else None
        free = str(address or "")
    return {
        "prefix": str(network),
        "vrf": prefix.vrf,
        "name": prefix.name[:80],
        "used": taken,
        "size": str(size),
        "share": str(share(taken, size)),
        "next_free": free,
    }


def _free(
    step: StepInput, prefixes: Sequence[Prefix]
) -> tuple[list[dict[str, str]], list[StepFinding]]:
    inside, _ = parse_network(str(step.payload.get("inside") or ""))
    if inside is None:
        return [], []
    length, count = int(step.payload["length"]), int(step.payload["count"])
    taken = [one.network for one in prefixes if not one.is_container]
    longest = inside.max_prefixlen
    fits = inside.prefixlen <= length <= longest
    found = next_free(inside, taken, length=length, count=count) if fits else []
    rows = [{"prefix": str(one), "purpose": ""} for one in found]
    if len(found) == count:
        return rows, []
    told = {"inside": str(inside), "found": len(found), "wanted": count, "length": length}
    return rows, [StepFinding(code="NW-NO-ROOM", severity=Severity.WARNING, params=told)]


def _full(
    table: Table, rows: Sequence[dict[str, Any]], prefixes: Sequence[Prefix]
) -> list[StepFinding]:
    lines = {str(one.network): one.line for one in prefixes}
    return [
        table.finding(
            "NW-FULL",
            Severity.WARNING,
            lines[one["prefix"]],
            "prefix",
            prefix=one["prefix"],
            share=one["share"],
        )
        for one in rows
        if Decimal(one["share"]) >= FULL
    ]


def _picture(rows: Sequence[dict[str, Any]], locale: str) -> ResultDocument:
    drawn = []
    for one in rows[:DRAWN]:
        value = Decimal(one["share"])
        drawn.append(
            Bar(
                label=f"{one['prefix']} {one['name']}".strip(),
                value=value,
                shown=f"{value} % ({one['used']}/{one['size']})",
                tone="bad" if value >= FULL else "calm",
            )
        )
    picture = bars(speaker(locale)(Text("How full the prefixes are")), drawn)
    return ResultDocument(name="prefixes.svg", media_type="image/svg+xml", content=picture)


def deliver(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """The checked plan as workbook and CSV."""
    values = NetworkValues().load(dict(delivery.values), unknown=EXCLUDE)
    plan = Sheet(
        title=Text("Prefixes"),
        headings=(
            *(Text("Prefix"), Text("VRF"), Text("Name"), Text("Used"), Text("Usable")),
            *(Text("Used (%)"), Text("Next free address")),
        ),
        rows=[
            [
                *(one["prefix"], one["vrf"], one["name"], one["used"], one["size"]),
                *(one["share"], one["next_free"]),
            ]
            for one in values["prefixes"]
        ],
    )
    free = Sheet(
        title=Text("Free prefixes"),
        headings=(Text("Prefix"), Text("Given to")),
        rows=[[one["prefix"], one["purpose"]] for one in values["free"]],
    )
    number, locale = delivery.number, delivery.client_locale
    return (
        xlsx_file(file_name(number, "plan", "xlsx"), [plan, free], locale=locale),
        csv_file(file_name(number, "plan", "csv"), plan, locale=locale),
    )
