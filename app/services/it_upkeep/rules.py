"""What is wrong with a certificate, and with somebody's access. Pure.

Sources: CA/Browser Forum Baseline Requirements 6.3.2 with ballot SC-081v3 (longest validity by day
of issue), 7.1.3 (signatures), 6.1.5 (keys); BSI IT-Grundschutz ORP.4 (access is looked at).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

LONGEST_DAYS: Final = (
    (date(2018, 3, 1), 825),
    (date(2020, 9, 1), 398),
    (date(2026, 3, 15), 200),
    (date(2027, 3, 15), 100),
    (date(2029, 3, 15), 47),
)
"""Days a public certificate may hold, by the day since when it is issued so."""
LEAST_RSA: Final = 2048
LEAST_CURVE: Final = 256
WEAK: Final = frozenset({"md5", "sha1"})
SOON_DAYS: Final = 30
URGENT_DAYS: Final = 7
DORMANT_DAYS: Final = 90
_SHARED: Final = re.compile(
    r"^(admin|administrator|root|test|info|office|service|scanner|user\d*)$"
)
_POWER: Final = re.compile(r"admin|root|owner|superuser", re.IGNORECASE)
APART: Final = tuple(
    (re.compile(does, re.IGNORECASE), re.compile(approves, re.IGNORECASE))
    for does, approves in (
        ("erfass|anlegen|create", "freigeb|genehmig|approve"),
        ("entwickl|develop", "produktion|production"),
    )
)
"""Roles that one person should not hold in the same system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What is read of a certificate."""

    name: str
    names: tuple[str, ...]
    issuer: str
    begins: date
    ends: date
    key: str
    """rsa, ec, ed or other."""
    bits: int
    digest: str
    self_signed: bool
    is_authority: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One account in one system."""

    user: str
    system: str
    role: str = ""
    last_login: date | None = None
    has_second_factor: bool | None = None
    left_on: date | None = None


def longest_days(issued: date) -> int | None:
    """None for certificates older than the table."""
    return next((days for since, days in reversed(LONGEST_DAYS) if since <= issued), None)


def about_certificate(one: Certificate, *, today: date) -> Iterator[tuple[str, str]]:
    """Problems: code and severity."""
    left = (one.ends - today).days
    if left < 0:
        yield "expired", "error"
    elif left <= SOON_DAYS:
        yield "soon", "error" if left <= URGENT_DAYS else "warning"
    if one.begins > today:
        yield "not_yet", "warning"
    if one.bits < {"rsa": LEAST_RSA, "ec": LEAST_CURVE}.get(one.key, 0):
        yield "weak_key", "error"
    if one.digest in WEAK:
        yield "weak_digest", "error"
    if not one.is_authority:
        yield from _of_a_host(one)


def _of_a_host(one: Certificate) -> Iterator[tuple[str, str]]:
    if one.self_signed:
        yield "self_signed", "warning"
    if not one.names:
        yield "no_names", "error"
    most = longest_days(one.begins)
    if most is not None and not one.self_signed and (one.ends - one.begins).days > most:
        yield "too_long", "warning"


def covers(one: Certificate, host: str) -> bool:
    """By name, or by a wildcard for one label (RFC 6125)."""
    wanted = host.casefold().rstrip(".")
    _, _, parent = wanted.partition(".")
    return any(name.casefold() in (wanted, f"*.{parent}" if parent else "") for name in one.names)


def about_access(one: Access, *, today: date) -> list[str]:
    """Problems of one account by itself."""
    found = []
    if one.left_on and one.left_on <= today:
        found.append("left")
    if one.last_login is None:
        found.append("no_sign_in")
    elif today - one.last_login > timedelta(days=DORMANT_DAYS):
        found.append("dormant")
    if _POWER.search(one.role) and one.has_second_factor is False:
        found.append("no_second_factor")
    if _SHARED.match(one.user.split("@")[0].casefold()):
        found.append("shared")
    return found


def conflicts(accesses: Sequence[Access]) -> list[tuple[Access, Access]]:
    """Pairs of roles of one person in one system that should be apart."""
    by_person: dict[tuple[str, str], list[Access]] = {}
    for one in accesses:
        by_person.setdefault((one.user.casefold(), one.system.casefold()), []).append(one)
    return [
        (one, other)
        for mine in by_person.values()
        for one in mine
        for other in mine
        for does, approves in APART
        if does.search(one.role) and approves.search(other.role)
    ]
