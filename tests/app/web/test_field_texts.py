"""Whatever marshmallow says comes out as a sentence of ours, in the reader's language."""

import pytest
from flask import Flask
from flask_babel import force_locale
from marshmallow import Schema, ValidationError, fields, validate

from app.kernel.errors import Invalid
from app.kernel.text import Text
from app.web.field_texts import field_text
from app.web.forms import field_errors


class Order(Schema):
    subject = fields.String(required=True, validate=validate.Length(min=3, max=5))
    note = fields.String(validate=validate.Length(max=4))
    word = fields.String(validate=validate.Length(min=1))
    kind = fields.String(validate=validate.OneOf(["a", "b"]))
    code = fields.String(validate=validate.Regexp(r"^\d+$"))
    day = fields.Date()
    at = fields.DateTime()
    count = fields.Integer(validate=validate.Range(min=1, max=9))
    most = fields.Integer(validate=validate.Range(max=9))
    price = fields.Decimal(allow_nan=False)
    tick = fields.Boolean()
    rows = fields.List(fields.String())


SAID = [
    ({}, "subject", "Bitte füllen Sie dieses Feld aus."),
    ({"subject": None}, "subject", "Bitte füllen Sie dieses Feld aus."),
    ({"subject": "ab"}, "subject", "Bitte schreiben Sie zwischen 3 und 5 Zeichen."),
    ({"note": "abcde"}, "note", "Bitte schreiben Sie höchstens 4 Zeichen."),
    ({"word": ""}, "word", "Bitte füllen Sie dieses Feld aus."),
    ({"kind": "c"}, "kind", "Das steht nicht zur Auswahl."),
    ({"code": "x"}, "code", "Das ist nicht so geschrieben, wie es sein soll."),
    ({"day": "soon"}, "day", "Das ist kein Datum."),
    ({"at": "soon"}, "at", "Das ist keine Uhrzeit."),
    ({"count": "x"}, "count", "Das ist keine ganze Zahl."),
    ({"count": 0}, "count", "Der Wert darf nicht kleiner als 1 sein."),
    ({"most": 10}, "most", "Der Wert darf nicht größer als 9 sein."),
    ({"price": "x"}, "price", "Das ist keine Zahl."),
    ({"price": "NaN"}, "price", "Das ist keine Zahl."),
    ({"tick": "x"}, "tick", "Hier wird ein Wert anderer Art gebraucht."),
    ({"rows": "x"}, "rows", "Hier wird ein Wert anderer Art gebraucht."),
    ({"more": "x"}, "more", "Dieses Feld ist nicht bekannt."),
]


@pytest.mark.parametrize(("sent", "name", "sentence"), SAID)
def test_marshmallow_speaks_german(
    app: Flask, sent: dict[str, object], name: str, sentence: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        Order().load(sent)
    said = refused.value.messages_dict[name][0]
    with app.test_request_context(), force_locale("de"):
        assert field_text(said) == sentence


def test_our_own_sentences_stay(app: Flask) -> None:
    with app.test_request_context(), force_locale("de"):
        assert field_text("This IBAN is not valid.") == "Diese IBAN ist nicht gültig."
        assert field_text(Text("%(name)s is empty.", name="a.xml")) == "a.xml ist leer."
        assert field_text("") == ""
    with app.test_request_context(), force_locale("en"):
        assert field_text("Missing data for required field.") == "Please fill this in."


def test_what_an_action_says_of_a_field_is_in_the_readers_language_too(app: Flask) -> None:
    faults = {
        "ends_on": ["The last day lies before the first."],
        "due": [Text("This is not a date."), "Not a valid date."],
    }
    with app.test_request_context(), force_locale("de"):
        assert field_errors(Invalid(fields=faults)) == {
            "ends_on": ["Der letzte Tag liegt vor dem ersten."],
            "due": ["Das ist kein Datum.", "Das ist kein Datum."],
        }
