"""An address plan as read from its tables, with everything wrong in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.catalogue.rows import Column, Table, TypedRow
from app.catalogue.steps import Severity, StepFinding
from app.services.network_records.rules import (
    Address,
    Prefix,
    clashes,
    is_reserved,
    parse_address,
    parse_mac,
    parse_network,
)

CONTAINERS: Final = dict.fromkeys(("container", "bereich", "block", "aggregate"), "container")
USED: Final = dict.fromkeys(("active", "aktiv", "used", "reserved", "reserviert"), "active")
PREFIXES: Final = (
    Column(key="prefix", names=("Präfix", "Netz", "Network", "Subnetz"), required=True),
    Column(key="vrf", names=("VRF", "Routing-Instanz")),
    Column(key="name", names=("Name", "Beschreibung", "Description", "Standort", "Site")),
    Column(key="status", names=("Status",), choices=CONTAINERS | USED),
)
DEVICES: Final = (
    Column(key="device", names=("Gerät", "Hostname", "Host"), required=True),
    Column(key="address", names=("IP", "IP-Adresse", "IP address", "Adresse"), required=True),
    Column(key="vrf", names=("VRF", "Routing-Instanz")),
    Column(key="mac", names=("MAC", "MAC-Adresse", "MAC address")),
)
_ERROR, _WARN = Severity.ERROR, Severity.WARNING


@dataclass(frozen=True, slots=True)
class Device:
    """A device and its address."""

    name: str
    address: Address
    vrf: str
    mac: str | None
    line: int


def prefixes_of(table: Table) -> tuple[list[Prefix], list[StepFinding]]:
    """The prefixes, and what is wrong with them."""
    prefixes, findings = [], list(table.findings)
    for row in table.rows:
        network, has_host_bits = parse_network(row["prefix"])
        if network is None:
            found = row["prefix"][:60]
            findings.append(table.finding("NW-PREFIX", _ERROR, row.line, "prefix", found=found))
            continue
        if has_host_bits:
            told = {"found": row["prefix"], "read": str(network)}
            findings.append(table.finding("NW-HOST-BITS", _WARN, row.line, "prefix", **told))
        prefixes.append(
            Prefix(
                network=network,
                vrf=row["vrf"] or "",
                is_container=row["status"] == "container",
                line=row.line,
                name=row["name"] or "",
            )
        )
    for clash in clashes(prefixes):
        code = "NW-SAME" if clash.is_same else "NW-OVERLAP"
        told = {"inner": str(clash.inner.network), "outer": str(clash.outer.network)}
        first = clash.outer.line
        findings.append(
            table.finding(code, _ERROR, clash.inner.line, "prefix", first=first, **told)
        )
    return prefixes, findings


def devices_of(table: Table) -> tuple[list[Device], list[StepFinding]]:
    """The devices, and what is wrong with each for itself."""
    devices, findings = [], list(table.findings)
    for row in table.rows:
        address = parse_address(row["address"])
        mac = parse_mac(row["mac"]) if row["mac"] else None
        if row["mac"] and mac is None:
            told = {"found": row["mac"][:60]}
            findings.append(table.finding("NW-MAC", _WARN, row.line, "mac", **told))
        if address is None:
            told = {"found": row["address"][:60]}
            findings.append(table.finding("NW-ADDRESS", _ERROR, row.line, "address", **told))
            continue
        devices.append(_device(row, address, mac))
    findings += _doubles(table, devices)
    return devices, findings


def _device(row: TypedRow, address: Address, mac: str | None) -> Device:
    return Device(row["device"][:80], address, row["vrf"] or "", mac, row.line)


def _doubles(table: Table, devices: Sequence[Device]) -> Iterator[StepFinding]:
    addresses: dict[tuple[str, Address], Device] = {}
    macs: dict[str, Device] = {}
    names: dict[str, Device] = {}
    for one in devices:
        other = addresses.setdefault((one.vrf, one.address), one)
        if other is not one:
            told = {"device": one.name, "address": str(one.address), "other": other.name}
            yield table.finding("NW-ADDRESS-TWICE", _ERROR, one.line, "address", **told)
        if one.mac and (same := macs.setdefault(one.mac, one)).name != one.name:
            told = {"device": one.name, "mac": one.mac, "other": same.name}
            yield table.finding("NW-MAC-TWICE", _WARN, one.line, "mac", **told)
        first = names.setdefault(one.name.casefold(), one)
        if first is not one and first.address == one.address:
            yield table.finding(
                "NW-NAME-TWICE", _WARN, one.line, "device", device=one.name, first=first.line
            )


def homes(
    table: Table, devices: Sequence[Device], prefixes: Sequence[Prefix]
) -> tuple[dict[int, set[Address]], list[StepFinding]]:
    """The addresses in use by the line of their prefix, and devices that have no proper place."""
    by_line: dict[int, set[Address]] = {}
    findings = []
    used = sorted(
        (one for one in prefixes if not one.is_container),
        key=lambda one: -one.network.prefixlen,
    )
    for device in devices:
        home = next(
            (one for one in used if one.vrf == device.vrf and device.address in one.network),
            None,
        )
        told = {"device": device.name, "address": str(device.address)}
        if home is None:
            findings.append(table.finding("NW-OUTSIDE", _ERROR, device.line, "address", **told))
            continue
        by_line.setdefault(home.line, set()).add(device.address)
        if is_reserved(device.address, home.network):
            told |= {"prefix": str(home.network)}
            findings.append(table.finding("NW-RESERVED", _ERROR, device.line, "address", **told))
    return by_line, findings


def changes(table: Table, before: Sequence[Device], after: Sequence[Device]) -> list[StepFinding]:
    """What is new, gone or moved since an older table of devices."""
    old = {one.name.casefold(): one for one in before}
    new = {one.name.casefold(): one for one in after}
    findings = []
    for key, one in new.items():
        told = {"device": one.name, "address": str(one.address)}
        if key not in old:
            findings.append(table.finding("NW-NEW", Severity.INFO, one.line, "device", **told))
        elif old[key].address != one.address:
            told |= {"before": str(old[key].address)}
            findings.append(table.finding("NW-MOVED", Severity.INFO, one.line, "address", **told))
    for key in old.keys() - new.keys():
        told = {"device": old[key].name, "address": str(old[key].address)}
        findings.append(table.finding("NW-GONE", _WARN, 0, "", **told))
    return findings
