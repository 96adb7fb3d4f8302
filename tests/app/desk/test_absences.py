"""Absences: one's own by everybody, everybody's by leads; audited."""

from datetime import date, timedelta
from http import HTTPStatus

from sqlalchemy import select

from app.audit.models import ProviderAuditEntry
from app.kernel import clock
from app.staffing import queries
from tenants.db import db
from tests.factories.desk_house import House

PATH = "/desk/absences"


def today() -> date:
    return clock.now().date()


def days(first: int, last: int) -> dict[str, str]:
    return {
        "starts_on": (today() + timedelta(days=first)).isoformat(),
        "ends_on": (today() + timedelta(days=last)).isoformat(),
    }


def test_one_notes_ones_own_and_takes_it_back(house: House) -> None:
    anna, me = house.visitor("anna"), str(house.ids["anna"])
    other = str(house.ids["ben"])
    sent = {"account_id": me, "substitute_id": other, **days(0, 4)}
    assert anna.post(PATH, data=sent).status_code == HTTPStatus.SEE_OTHER
    page = anna.page(PATH)
    assert "Anna Krüger" in page
    assert "away" in page
    refused = anna.post(PATH, data={"account_id": other, **days(0, 1)})
    assert refused.status_code == HTTPStatus.FORBIDDEN
    gone = {"account_id": me, "starts_on": sent["starts_on"]}
    assert anna.post(f"{PATH}/remove", data=gone).status_code == HTTPStatus.SEE_OTHER
    with house.app.app_context():
        assert [one for one in queries.absences(on=today()) if str(one.account_id) == me] == []
        verbs = db.session.scalars(
            select(ProviderAuditEntry.verb)
            .where(ProviderAuditEntry.subject_id == me)
            .order_by(ProviderAuditEntry.seq)
        ).all()
    assert verbs[-2:] == ["absence.noted", "absence.removed"]


def test_a_lead_notes_anybodys_and_faults_come_back(house: House) -> None:
    lena, ben = house.visitor("lena"), str(house.ids["ben"])
    for sent, said in (
        ({"account_id": ben, **days(3, 1)}, "The last day lies before the first."),
        ({"account_id": ben, "substitute_id": ben, **days(1, 3)}, "their own substitute"),
        ({"account_id": "", **days(1, 3)}, "Please choose a person."),
        ({"account_id": ben, "starts_on": "soon", "ends_on": ""}, "Please give a day."),
    ):
        answer = lena.post(PATH, data=sent)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert said in answer.text
    stranger = {"account_id": "01a20b56-33f7-7100-b5f4-7b9cb767e717", **days(1, 3)}
    assert lena.post(PATH, data=stranger).status_code == HTTPStatus.NOT_FOUND
    assert lena.post(PATH, data={"account_id": ben, **days(1, 3)}).status_code == (
        HTTPStatus.SEE_OTHER
    )
    assert "nobody: the policy's fallback hears of it" in lena.page(PATH)
    gone = {"account_id": ben, "starts_on": days(1, 3)["starts_on"]}
    lena.post(f"{PATH}/remove", data=gone)
