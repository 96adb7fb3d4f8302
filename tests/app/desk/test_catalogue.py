"""What is sold, and what one client may order of it: seen by all, changed by admins."""

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus

import pytest

from app.catalogue.service import Industry, package, service, services
from app.clients import offering, queries
from app.desk.able_people import Candidate, candidates
from app.identity import queries as identity
from app.kernel import clock
from app.kernel.actor import SYSTEM
from app.kernel.errors import Conflict
from app.kernel.money import Money
from app.staffing import actions, people
from app.staffing.rules import Held
from tenants import opening
from tenants.db import transaction
from tenants.registry import by_slug
from tests.factories.desk_house import House


def today() -> date:
    return clock.now().date()


def keys(house: House) -> set[str]:
    with house.app.app_context():
        offers = queries.orderable_services(tenant_id=house.south.id, on=today())
        return {offer.service.key for offer in offers}


def test_everybody_at_the_desk_sees_what_is_sold(house: House) -> None:
    page = house.visitor("lena").page("/desk/catalogue")
    assert all(service.title in page for service in services())
    narrowed = house.visitor("lena").page("/desk/catalogue?industry=retail")
    assert all(one.title in narrowed for one in package(Industry.RETAIL))
    assert house.visitor("lena").get("/desk/catalogue?industry=x").status_code == 404


def test_a_service_is_taken_out_and_offered_again_at_another_price(house: House) -> None:
    sabine, address = house.visitor("sabine"), f"/desk/c/{house.south.slug}/services"
    key = "general_request"
    assert key in keys(house)
    assert sabine.post(f"{address}/{key}/withdraw").status_code == HTTPStatus.SEE_OTHER
    assert key not in keys(house)
    assert key in sabine.page(address)
    wrong = sabine.post(f"{address}/{key}", data={"price": "-1", "cut_off": "noon"})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="noon"' in wrong.text
    for field in ("price", "first_response_hours", "resolution_hours"):
        answer = sabine.post(f"{address}/{key}", data={"price": "1", field: "1e9999999"})
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, field
    assert key not in keys(house)
    sent = {"price": "17.50", "resolution_business_days": "3", "cut_off": "15:00"}
    assert sabine.post(f"{address}/{key}", data=sent).status_code == HTTPStatus.SEE_OTHER
    with house.app.app_context():
        offer = queries.orderable(key, tenant_id=house.south.id, on=today())
        assert offer.price == Money(1750, "EUR")
        assert offer.promise.resolution_business_days == 3
        assert str(offer.promise.cut_off) == "15:00:00"
        assert offer.promise.first_response_seconds is None
    form = sabine.page(f"{address}/{key}")
    assert 'value="17.50"' in form
    assert 'value="15:00"' in form


def test_a_single_service_about_health_seals_the_client(house: House) -> None:
    sabine, address = house.visitor("sabine"), f"/desk/c/{house.south.slug}/services"
    with house.app.app_context():
        assert not by_slug(house.south.slug).sealed
    answer = sabine.post(f"{address}/appointments", data={"price": "0.50"})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    with house.app.app_context():
        assert by_slug(house.south.slug).sealed


def test_the_terms_show_who_does_the_work(house: House) -> None:
    sabine, address = house.visitor("sabine"), f"/desk/c/{house.south.slug}/services"
    with house.app.app_context():
        anna = next(one for one in identity.colleagues() if one.email.startswith("anna"))
        before = {one.colleague.id: one for one in able(house, "patient_billing")}
        assert not before[anna.id].is_skilled
        with transaction():
            skills = {**people.ability(anna.id).skills, "patient_billing": Held(level=2)}
            actions.set_skills(actor=house.actor("sabine"), account_id=anna.id, skills=skills)
        after = {one.colleague.id: one for one in able(house, "patient_billing")}
        assert after[anna.id].is_skilled
    page = sabine.page(f"{address}/patient_billing")
    assert f"/desk/people/{anna.id}/ability" in page
    assert "Who does it" in page


def able(house: House, key: str) -> Sequence[Candidate]:
    return candidates(service(key), tenant_id=house.south.id)


def test_only_admins_change_it(house: House) -> None:
    lena, address = house.visitor("lena"), f"/desk/c/{house.south.slug}/services"
    assert lena.get(address).status_code == HTTPStatus.OK
    for path in ("general_request", "general_request/withdraw", "package"):
        answer = lena.post(f"{address}/{path}", data={"price": "1", "industry": "it"})
        assert answer.status_code == HTTPStatus.FORBIDDEN


def test_a_package_adds_what_is_missing_and_leaves_what_is_agreed(house: House) -> None:
    sabine, address = house.visitor("sabine"), f"/desk/c/{house.south.slug}/services"
    with house.app.app_context():
        before = queries.orderable_services(tenant_id=house.south.id, on=today())
        agreed = {offer.service.key: offer.price for offer in before}
    answer = sabine.post(f"{address}/package", data={"industry": "retail"})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    with house.app.app_context():
        after = queries.orderable_services(tenant_id=house.south.id, on=today())
        assert {offer.service.key for offer in after} == {
            *agreed,
            *(one.key for one in package(Industry.RETAIL)),
        }
        assert all(o.price == agreed[o.service.key] for o in after if o.service.key in agreed)
    assert sabine.post(f"{address}/package", data={"industry": "x"}).status_code == 404


def test_without_a_contract_nothing_can_be_offered(house: House) -> None:
    with house.app.app_context():
        url = house.app.config["SETTINGS"].database_direct_url
        bare = opening.open_client(url, slug="bare-shelf", name="Bare", code="BARE", at=clock.now())
        with transaction(), pytest.raises(Conflict):
            offering.offer(
                actor=SYSTEM, tenant_id=bare.id, service_key="general_request", on=today()
            )
    page = house.visitor("sabine").page("/desk/c/bare-shelf/services")
    assert "no contract in force" in page
