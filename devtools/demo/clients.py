"""The demo's client companies and what they agreed on."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from schwifty import IBAN

from app.catalogue.service import Industry, Service, services
from app.clients import actions as contracts
from app.clients import identifiers
from app.identity.permissions import ClientRole
from app.kernel.actor import SYSTEM, Actor
from app.kernel.clock import ago, now
from app.services.accounts_payable.samples import contents
from app.services.accounts_payable.samples.specification import Specification
from devtools.demo import agreements, people
from tenants import opening, registry
from tenants.context import TenantRef
from tenants.db import transaction

S = ClientRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A client company of the demo."""

    slug: str
    code: str
    name: str
    trade: str
    industries: frozenset[Industry]
    guidance: str
    services: dict[str, dict[str, Any]]
    members: tuple[tuple[str, str, ClientRole], ...]
    samples: str
    """Beginning of the names of its sample files."""
    invoices: tuple[Specification, ...]
    requests: tuple[tuple[str, str], ...]
    locale: str = "de"
    auto_accept_days: int = 5
    has_own_policies: bool = False
    """Promises and a calendar of its own (devtools.demo.agreements)."""


PLACES = (
    Place(
        slug="baeckerei-sommer",
        code="SOMMER",
        name="Bäckerei Sommer GmbH",
        trade="Handwerk",
        industries=frozenset({Industry.RETAIL}),
        guidance="Rechnungen von Mühlen immer auf Kostenstelle 4100. Vor 10 Uhr nicht anrufen.",
        services={"accounts_payable": {"price_minor": 260}, "general_request": {}},
        members=(
            ("Thomas Sommer", "thomas@baeckerei-sommer.example", S.CLIENT_ADMIN),
            ("Petra Lange", "petra@baeckerei-sommer.example", S.REQUESTER),
        ),
        samples="bakery",
        invoices=(contents.FLOUR, contents.BOXES),
        requests=(
            ("Belege Oktober fehlen", "Bitte sagen Sie uns, welche Belege noch fehlen."),
            ("Adressänderung Mitarbeiterin", "Frau Keller ist umgezogen, neue Anschrift anbei."),
            ("Bescheinigung für die Bank", "Die Sparkasse möchte eine Übersicht der Umsätze."),
            ("Krankmeldung erfassen (M. Keller)", "Krank vom 12. bis 16., Bescheinigung folgt."),
        ),
    ),
    Place(
        slug="alpha-logistik",
        code="ALPHA",
        name="Alpha Logistik KG",
        trade="Logistik",
        industries=frozenset({Industry.LOGISTICS}),
        guidance="Tankrechnungen nach Fahrzeug aufteilen. Rückfragen nur an die Disposition.",
        services={
            "accounts_payable": {
                "promise": {"resolution_business_days": None, "resolution_seconds": 6 * 3600}
            },
            "general_request": {"price_minor": 1800},
        },
        members=(
            ("Katrin Behrens", "katrin@alpha-logistik.example", S.CLIENT_ADMIN),
            ("Oliver Thoms", "oliver@alpha-logistik.example", S.APPROVER),
        ),
        samples="logistics",
        invoices=(contents.DIESEL, contents.TYRE_SET, contents.FREIGHT),
        requests=(
            ("Vertrag Leasing Transporter ablegen", "Der neue Vertrag liegt bei."),
            ("Reisekosten J. Brandt prüfen", "Abrechnung für die Fahrt nach Rotterdam."),
            ("SEPA-Mandat erneuern", "Das Mandat der Tankkarte läuft zum Monatsende aus."),
        ),
        has_own_policies=True,
    ),
    Place(
        slug="praxis-wolf",
        code="WOLF",
        name="Praxis Dr. Wolf",
        trade="Gesundheit",
        industries=frozenset({Industry.HEALTH}),
        guidance="Keine Patientendaten in Nachrichten. Nur Frau Wolf gibt frei.",
        services={"accounts_payable": {"price_minor": 290}, "general_request": {}},
        members=(("Dr. Helene Wolf", "helene@praxis-wolf.example", S.CLIENT_ADMIN),),
        samples="practice",
        invoices=(contents.GLOVES, contents.LICENCE),
        requests=(
            ("Fortbildungskosten zuordnen", "Kurs im Oktober, Rechnung liegt bei."),
            ("Kontenklärung 1400", "Zwei Zahlungen konnten wir nicht zuordnen."),
        ),
        auto_accept_days=3,
    ),
    Place(
        slug="nordlicht",
        code="NORD",
        name="Nordlicht GmbH",
        trade="Einzelhandel",
        industries=frozenset(Industry) - {Industry.HEALTH, Industry.LOGISTICS},
        guidance="Order numbers start with NL. English is fine in every message.",
        services={"accounts_payable": {}, "general_request": {"price_minor": 1600}},
        members=(
            ("Eleanor Marsh", "eleanor@nordlicht.example", S.CLIENT_ADMIN),
            ("Tim Petersen", "tim@nordlicht.example", S.REQUESTER),
        ),
        samples="shop",
        invoices=(contents.FLYERS, contents.CLOTH),
        requests=(
            ("Update the stock list", "The list of the autumn collection is attached."),
            ("Merge two debtor accounts", "Both belong to the same customer in Kiel."),
            ("Follow up on quotation 2026-77", "They have not answered for two weeks."),
        ),
        locale="en",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """An opened client with its people."""

    ref: TenantRef
    members: list[Actor]


def suited(place: Place) -> list[Service]:
    """The services of the place's industries."""
    return [service for service in services() if service.industries & place.industries]


def shown_at(place: Place) -> list[Service]:
    """The services that show themselves at this place: each at one of those it suits."""
    homes = {
        service.key: [one.slug for one in PLACES if service.industries & one.industries]
        for service in services()
    }
    return [
        service
        for turn, service in enumerate(services())
        if homes[service.key] and homes[service.key][turn % len(homes[service.key])] == place.slug
    ]


def open_client(app: Flask, place: Place, staff: dict[str, Actor]) -> Client:
    """Open it half a year ago, agree on its contract, let its people in."""
    settings = app.config["SETTINGS"]
    opened = ago(days=190)
    ref = opening.open_client(
        settings.database_direct_url,
        slug=place.slug,
        code=place.code,
        name=place.name,
        at=opened,
        tenant_logins=settings.tenant_logins,
        locale=place.locale,
        trade=place.trade,
        guidance=place.guidance,
    )
    with transaction():
        contracts.agree(
            actor=SYSTEM,
            tenant_id=ref.id,
            number=f"V-{place.code}-1",
            valid_from=(now() - timedelta(days=190)).date(),
            services={service.key: {} for service in suited(place)} | place.services,
            auto_accept_days=place.auto_accept_days,
        )
        account = str(IBAN.generate("DE", bank_code="20050550", account_code=f"77{ref.id:04}"))
        identifiers.add(actor=SYSTEM, tenant_id=ref.id, typed=account)
    if place.has_own_policies:
        agreements.agree(staff["lena"], tenant_id=ref.id, opened=opened)
    ref = registry.by_id(ref.id)  # the contract may have sealed the client
    return Client(ref=ref, members=people.join(ref, place.members))
