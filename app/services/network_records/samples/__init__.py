"""Address plans made by us, for the demo and the tests (RFC 1918 and RFC 3849 addresses)."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from app.catalogue.samples import SampleOrder

PLAN: Final = """Präfix;VRF;Name;Status
10.20.0.0/16;;Filialen;Container
10.20.0.0/24;;Zentrale Kiel;aktiv
10.20.1.0/24;;Filiale Lübeck;aktiv
10.20.2.0/26;;Filiale Husum;aktiv
10.20.2.32/27;;Kasse Husum;aktiv
10.20.4.0/22;;WLAN Gäste;aktiv
10.20.9.7/24;;Lager;aktiv
10.255.0.0/29;;Router;aktiv
2001:db8:20::/48;;Filialen IPv6;Container
2001:db8:20:1::/64;;Zentrale IPv6;aktiv
"""


def devices(*, older: bool = False) -> bytes:
    """A table of devices; the older one lacks a switch and has a printer elsewhere."""
    rows = ["Gerät;IP;MAC"]
    rows += [f"kasse-{n:02};10.20.1.{10 + n};02:00:00:00:01:{n:02x}" for n in range(1, 13)]
    rows += [f"rtr-{n};10.255.0.{n};02:00:00:00:ff:{n:02x}" for n in range(1, 7)]
    rows += [
        "nas-kiel;10.20.0.5;02-00-00-00-00-05",
        f"drucker-kiel;10.20.0.{20 if older else 21};0200.0000.0021",
        "sensor-alt;172.16.9.4;",
        "kamera-hof;10.20.0.255;02:00:00:00:00:70",
        "srv-web;2001:db8:20:1::10;",
    ]
    if not older:
        rows += ["switch-neu;10.20.0.5;02:00:00:00:00:71", "ap-lager;10.20.9.300;"]
    return ("\n".join(rows) + "\n").encode()


def sample_orders(today: date) -> Sequence[SampleOrder]:
    """A plan under way with its changes, and a delivered one."""
    del today
    plan = ("praefixe.csv", PLAN.encode())
    wish = {"inside": "10.20.0.0/16", "length": 24, "count": 3, "note": ""}
    before, after = ("geraete-alt.csv", devices(older=True)), ("geraete.csv", devices())
    return [
        SampleOrder(
            type_key="address_plan",
            payload=wish,
            files=(plan, before, after),
            hours_ago=2,
            end="taken",
        ),
        SampleOrder(
            type_key="address_plan",
            payload=wish,
            files=(plan, before),
            hours_ago=30,
            end="delivered",
        ),
    ]
