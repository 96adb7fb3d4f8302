"""A client is opened at the desk in one step: schema, contract, services, first person."""

from http import HTTPStatus

import pytest

from app.catalogue.service import Industry, package
from app.clients import queries
from app.identity import queries as people
from app.identity.permissions import ClientRole
from app.kernel import clock
from tenants.registry import UnknownTenant, by_slug
from tests.factories.desk_house import House

FORM = {
    "name": "Sternwarte Süd GmbH",
    "slug": "sternwarte",
    "code": "STERN",
    "trade": "Optics",
    "locale": "de",
    "zone": "Europe/Vienna",
    "auto_accept_days": "7",
    "email": "iris@sternwarte.example",
    "industry": "it",
}


def test_an_admin_opens_a_client_with_a_package(house: House) -> None:
    sabine = house.visitor("sabine")
    assert "/desk/new-client" in sabine.page("/desk/clients")
    answer = sabine.post("/desk/new-client", data=FORM)
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert answer.location.endswith("/desk/c/sternwarte/services")
    with house.app.app_context():
        client = by_slug("sternwarte")
        assert (client.code, client.zone) == ("STERN", "Europe/Vienna")
        offers = queries.orderable_services(tenant_id=client.id, on=clock.now().date())
        assert {one.service.key for one in offers} == {one.key for one in package(Industry.IT)}
        assert {one.auto_accept_days for one in offers} == {7}
        (member,) = people.members(client.id)
        assert (member.email, member.role) == (FORM["email"], ClientRole.CLIENT_ADMIN)
    again = sabine.post("/desk/new-client", data=FORM)
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Another client has this short name" in again.text


@pytest.mark.parametrize("industry", list(Industry))
def test_every_package_can_be_ordered_from_and_health_data_is_sealed(
    house: House, industry: Industry
) -> None:
    slug = f"new-{industry.value}"
    sent = FORM | {"slug": slug, "code": f"NEW{industry.value.upper()}"[:8], "industry": industry}
    answer = house.visitor("sabine").post("/desk/new-client", data=sent)
    assert answer.status_code == HTTPStatus.SEE_OTHER
    with house.app.app_context():
        assert by_slug(slug).sealed == (industry is Industry.HEALTH)


def test_what_is_wrong_comes_back_with_its_reason(house: House) -> None:
    sabine = house.visitor("sabine")
    wrong = FORM | {"slug": "Bad Slug\n", "code": "x", "zone": "Mars/Base", "email": "nobody"}
    answer = sabine.post("/desk/new-client", data=wrong)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    for said in ("Small letters", "2 to 8 capital", "no such time zone", 'value="nobody"'):
        assert said in answer.text
    assert '<a href="#code">Code</a>: 2 to 8 capital letters.' in answer.text
    assert sabine.get("/desk/c/bad-slug/").status_code == HTTPStatus.NOT_FOUND


def test_nothing_is_opened_for_an_address_nobody_can_be_invited_by(house: House) -> None:
    sent = FORM | {"slug": "nowhere", "code": "NOWHERE", "email": "iris@stärn.example"}
    answer = house.visitor("sabine").post("/desk/new-client", data=sent)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "This is not a mail address." in answer.text
    with house.app.app_context(), pytest.raises(UnknownTenant):
        by_slug("nowhere")


def test_only_admins_open_clients(house: House) -> None:
    lena = house.visitor("lena")
    assert "/desk/new-client" not in lena.page("/desk/clients")
    assert lena.get("/desk/new-client").status_code == HTTPStatus.FORBIDDEN
    assert lena.post("/desk/new-client", data=FORM).status_code == HTTPStatus.FORBIDDEN
