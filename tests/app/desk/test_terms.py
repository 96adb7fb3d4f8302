"""Two people change one draft of a client's terms: both values are shown, and nothing is lost."""

import re
from collections.abc import Iterator
from datetime import date
from http import HTTPStatus
from uuid import UUID

import pytest

from app.billing.actions import contracts
from app.billing.actions.contracts import Conditions
from app.billing.contract_models import ContractVersion
from app.billing.rules.kinds import LineKind, VersionState
from app.clients import queries as clients
from tenants.db import db, transaction
from tests.factories.desk_house import House
from tests.factories.terms_book import a_line


@pytest.fixture
def draft_id(house: House) -> Iterator[UUID]:
    """A draft with one line that never comes into force."""
    paul = house.actor("paul")
    with house.app.app_context(), transaction():
        contract = clients.contracts(tenant_id=house.north.id)[0]
        made = contracts.draft(
            actor=paul, tenant_id=house.north.id, contract_id=contract.id,
            valid_from=date(2099, 1, 1), conditions=Conditions(),
            lines=[a_line(LineKind.RETAINER, amount_minor=10_000, title="Fee")],
        ).id  # fmt: skip
    yield made
    with house.app.app_context(), transaction():
        if db.session.get(ContractVersion, made) is not None:
            contracts.discard(actor=paul, version_id=made)


def filled(page: str) -> dict[str, list[str]]:
    """What the form of a page sends as it stands."""
    form = page[page.index('name="seen"') - 60 : page.rindex("</form>")]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = (re.search(rf'\b{what}="([^"]*)"', tag) for what in ("name", "value"))
        if name and name[1] != "csrf_token":
            found.setdefault(name[1], []).append(value[1] if value else "")
    for name, inner in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"\s+selected', inner)
        first = re.search(r'<option value="([^"]*)"', inner)
        found.setdefault(name, []).append((chosen or first or ["", ""])[1])
    return found


def test_whoever_saves_a_draft_second_sees_both_values(house: House, draft_id: UUID) -> None:
    address = f"/desk/c/{house.north.slug}/terms/{draft_id}/edit"
    paul, sabine = house.visitor("paul"), house.visitor("sabine")
    his, hers = filled(paul.page(address)), filled(sabine.page(address))
    his["terms_days"], his["amount"][0] = ["21"], "120"
    assert paul.post(address, data=his).status_code == HTTPStatus.SEE_OTHER
    hers["terms_days"], hers["title"][0] = ["30"], "Monthly fee"
    answer = sabine.post(address, data=hers)
    assert answer.status_code == HTTPStatus.CONFLICT, answer.text
    assert "A colleague has changed this" in answer.text
    box = answer.text[answer.text.index("conflict") : answer.text.index("</table>")]
    assert "<ins>30</ins>" in box
    assert ">21<" in box
    assert "Monthly fee" in box
    assert "120" in box
    again = filled(answer.text)
    assert (again["terms_days"], again["title"][0]) == (["30"], "Monthly fee"), "nothing is lost"
    assert sabine.post(address, data=again).status_code == HTTPStatus.SEE_OTHER
    page = sabine.page(address)
    assert filled(page)["terms_days"] == ["30"]


def test_what_was_typed_into_a_draft_that_is_agreed_by_now_is_kept(
    house: House, draft_id: UUID
) -> None:
    address = f"/desk/c/{house.north.slug}/terms/{draft_id}/edit"
    paul = house.visitor("paul")
    typed = filled(paul.page(address))
    typed["title"][0] = "Typed in vain"
    with house.app.app_context(), transaction():
        version = db.session.get(ContractVersion, draft_id)
        assert version is not None
        version.state = VersionState.AGREED
    try:
        answer = paul.post(address, data=typed)
        assert answer.status_code == HTTPStatus.CONFLICT
        assert "Typed in vain" in answer.text
        assert f'action="/desk/c/{house.north.slug}/terms/new"' in answer.text
    finally:
        with house.app.app_context(), transaction():
            version = db.session.get(ContractVersion, draft_id)
            assert version is not None
            version.state = VersionState.DRAFT


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vat_treatment", "none of these"),
        ("collection", "none of these"),
        ("kind", "none of these"),
        ("price_model", "none of these"),
        ("currency", "XQX"),
        ("zone", "Nowhere/At all"),
    ],
)
def test_a_choice_that_was_never_offered_is_refused_and_nothing_is_lost(
    house: House, draft_id: UUID, name: str, value: str
) -> None:
    address = f"/desk/c/{house.north.slug}/terms/{draft_id}/edit"
    paul = house.visitor("paul")
    sent = filled(paul.page(address))
    sent["title"][0] = "Typed with care"
    sent.setdefault(name, [""])[0] = value
    answer = paul.post(address, data=sent)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, answer.text
    assert "Typed with care" in answer.text


LADDER = {
    "credit_metric": ["resolution", "resolution", "resolution first_response"],
    "credit_hours": ["", "4", ""], "credit_percent": ["2", "7,5", ""], "credit_cap": "20",
}  # fmt: skip


def test_a_ladder_of_service_credits_is_entered_step_by_step(house: House, draft_id: UUID) -> None:
    address = f"/desk/c/{house.north.slug}/terms/{draft_id}"
    paul = house.visitor("paul")
    sent = filled(paul.page(f"{address}/edit")) | LADDER
    assert paul.post(f"{address}/edit", data=sent).status_code == HTTPStatus.SEE_OTHER
    with house.app.app_context():
        kept = db.session.get_one(ContractVersion, draft_id).credits
    assert kept == {
        "clauses": [
            {"name": "late", "metrics": ["resolution"], "percent": "2"},
            {
                "name": "late-240",
                "metrics": ["resolution"],
                "percent": "7.5",
                "from_minutes": 240,
            },
        ],
        "cap_percent": "20",
    }
    page = paul.page(address)
    assert "Resolution, late: 2 % of the month" in page
    assert "Resolution, late by 4 hours and more: 7.5 % of the month" in page
    again = filled(paul.page(f"{address}/edit"))
    assert paul.post(f"{address}/edit", data=again).status_code == HTTPStatus.SEE_OTHER
    with house.app.app_context():
        assert db.session.get_one(ContractVersion, draft_id).credits == kept, "no step is lost"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("credit_percent", "-2"), ("credit_percent", "101"), ("credit_hours", "-1"),
        ("credit_cap", "200"), ("credit_metric", "speed"),
    ],
)  # fmt: skip
def test_a_step_that_makes_no_sense_is_refused_and_nothing_is_lost(
    house: House, draft_id: UUID, name: str, value: str
) -> None:
    address = f"/desk/c/{house.north.slug}/terms/{draft_id}/edit"
    paul = house.visitor("paul")
    typed = LADDER[name]
    wrong = value if isinstance(typed, str) else [value, *typed[1:]]
    answer = paul.post(address, data=filled(paul.page(address)) | LADDER | {name: wrong})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, answer.text
    assert 'value="7,5"' in answer.text
