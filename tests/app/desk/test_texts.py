"""Text templates: their fields are known, filled in the client's language, kept in the trail."""

import pytest

from app.audit import queries as audit
from app.kernel.errors import Forbidden, Invalid, NotFound
from app.messages import texts
from app.messages.text_rules import filled, unknown_fields
from app.messages.texts import Wording
from tenants.db import transaction
from tests.factories.desk_house import House


def test_fields_are_known_and_braces_come_in_pairs() -> None:
    assert unknown_fields("Dear {requester}, {number} is due {due}.") == []
    assert unknown_fields("{nummer} and {number } {") == ["nummer", "number ", "{"]


def test_a_field_without_a_value_is_left_to_be_seen() -> None:
    assert filled("{number}, due {due}", {"number": "A-1", "due": ""}) == "A-1, due {due}"


def wording(**more: str) -> Wording:
    typed = {
        "title": "Thanks",
        "service_key": "",
        "german": "Danke für {number}, {requester}.",
        "english": "Thank you for {number}, {requester}.",
    }
    return Wording(**{**typed, **more})


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title": "x"}, "title"),
        ({"german": " "}, "german"),
        ({"english": "{requestor}"}, "english"),
        ({"german": "x" * 5001}, "german"),
    ],
)
def test_what_is_refused(house: House, more: dict[str, str], field: str) -> None:
    with house.app.app_context(), transaction(), pytest.raises(Invalid) as refused:
        texts.keep(actor=house.actor("lena"), wording=wording(**more))
    assert set(refused.value.fields) == {field}


def test_only_leads_keep_texts(house: House) -> None:
    with house.app.app_context(), transaction(), pytest.raises(Forbidden):
        texts.keep(actor=house.actor("anna"), wording=wording())


def test_kept_changed_and_out_of_use(house: House) -> None:
    lena = house.actor("lena")
    with house.app.app_context(), transaction():
        text_id = texts.keep(actor=lena, wording=wording(title="Kept once")).id
    with house.app.app_context(), transaction():
        texts.keep(actor=lena, wording=wording(title="Kept twice"), text_id=text_id)
        assert [one.title for one in texts.listed() if one.id == text_id] == ["Kept twice"]
        texts.retire(actor=lena, text_id=text_id)
    with house.app.app_context():
        with pytest.raises(NotFound):
            texts.one(text_id)
        verbs = [one.verb for one in audit.latest() if one.subject_id == str(text_id)]
    assert verbs == ["text.retired", "text.kept", "text.kept"]
