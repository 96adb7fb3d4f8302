"""The calendar of what comes, and recurring work of one client."""

from datetime import timedelta
from http import HTTPStatus

from app.kernel.clock import now
from app.work import recurring_queries
from tests.conftest import in_scope
from tests.factories.desk_house import House

FORM = {
    "rhythm": "monthly", "due": "wage_tax", "number": "1", "nth": "1", "weekday": "0",
    "months_after": "0", "convention": "following", "days_ahead": "9",
    "subject": "Wage tax", "description": "As every month.",
}  # fmt: skip


def address(house: House, rest: str = "") -> str:
    return f"/desk/c/{house.south.slug}/recurring{rest}"


def test_a_lead_agrees_and_it_is_in_both_calendars(house: House) -> None:
    lena, since = house.visitor("lena"), now().date() - timedelta(days=45)
    new = address(house, "/new/general_request/request")
    assert "Opened so many days ahead" in lena.page(new)
    sent = {**FORM, "title": "Wage tax", "matter": "wage", "starts_on": since.isoformat()}
    assert lena.post(new, data=sent).status_code == HTTPStatus.SEE_OTHER
    page = lena.page(address(house))
    assert "every month, wage tax return (10th of the next month); opened 9 days ahead" in page
    month = f"{now().date():%Y-%m}"
    assert "Wage tax" in lena.page(f"/desk/calendar?month={month}&client={house.south.slug}")
    assert "Wage tax" not in lena.page(f"/desk/calendar?month={month}&client={house.north.slug}")
    with in_scope(house.app, house.south):
        (one,) = [
            found
            for found in recurring_queries.engagements(tenant_id=house.south.id)
            if found.matter == "wage"
        ]
    lena.post(address(house, f"/{one.id}/pause"))
    assert "paused" in lena.page(address(house))
    lena.post(address(house, f"/{one.id}/end"))
    assert "ended" in lena.page(address(house))


def test_a_faulty_rule_comes_back_with_what_was_typed(house: House) -> None:
    lena = house.visitor("lena")
    new = address(house, "/new/general_request/request")
    sent = {**FORM, "title": "Odd", "matter": "odd", "due": "day", "number": "40"}
    answer = lena.post(new, data=sent)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "This does not fit the rest." in answer.text
    assert 'value="Odd"' in answer.text
    for field, text in (("number", "x"), ("rhythm", "daily"), ("starts_on", "soon")):
        assert lena.post(new, data={**sent, field: text}).status_code == 422


def test_an_operator_sees_and_does_not_agree(house: House) -> None:
    anna = house.visitor("anna")
    anna.page(address(house))
    anna.page("/desk/calendar?month=2030-02")
    anna.page("/desk/calendar?month=soon", status=HTTPStatus.NOT_FOUND)
    answer = anna.post(address(house, "/new/general_request/request"), data=FORM)
    assert answer.status_code == HTTPStatus.FORBIDDEN


def test_who_serves_one_client_sees_nothing_of_another(house: House) -> None:
    lena = house.visitor("lena")
    sent = {**FORM, "title": "Secret of the south", "matter": "secret"}
    lena.post(address(house, "/new/general_request/request"), data=sent)
    month = f"{(now() + timedelta(days=30)).date():%Y-%m}"
    assert "Secret of the south" in lena.page(f"/desk/calendar?month={month}")
    assert "Secret of the south" not in house.visitor("carl").page(f"/desk/calendar?month={month}")
