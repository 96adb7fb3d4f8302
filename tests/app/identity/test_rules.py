"""Passwords, addresses and names, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.rules.addresses import email_address, person_name
from app.identity.rules.passwords import check_password, password_problem
from app.kernel.errors import Invalid

COMMON = [
    "password1234", "Passwort2026!", "P@ssw0rd1234", "qwertz123456", "qwertyuiop123",
    "1q2w3e4r5t6z", "1qay2wsx3edc", "123456789012", "sommer2026!!", "hallohallohallo",
    "iloveyou1234", "Kontor-2026-Admin", "administrator", "aaaaaaaaaaaaaaa", "abcdefghijkl",
    "Fußball!2026", "letmein-letmein", "geheimgeheim", "admin@admin.1",
]  # fmt: skip
GOOD = [
    "kran-wolke-siebzehn", "x7Kp!2mQ9zLw", "Fahrrad-Lampe-Teekanne", "bläulich summt der Mixer",
    "vierzehn nasse Regenschirme", "tr0mmel und Tüten", "9fG4hJ2kL8mN",
]  # fmt: skip


@pytest.mark.parametrize("password", COMMON)
def test_what_is_tried_first_is_refused(password: str) -> None:
    assert password_problem(password, about=()) is not None


@pytest.mark.parametrize("password", GOOD)
def test_what_nobody_guesses_is_taken(password: str) -> None:
    assert password_problem(password, about=("ada@example.com", "Ada Krüger")) is None


def test_length() -> None:
    with pytest.raises(Invalid) as short:
        check_password("kurz-und-gu", about=())
    assert "12" in str(short.value.fields["password"][0])
    with pytest.raises(Invalid):
        check_password("kran-wolke-" * 12, about=())


def test_name_and_address_are_not_part_of_it() -> None:
    about = ("ada.lovelace@acme.example", "Ada Krüger")
    for password in ("krüger-wolke-siebzehn", "LOVELACE-wolke-kran-9", "acme-wolke-siebzehn"):
        assert password_problem(password, about=about) is not None


@given(st.text(max_size=140))
def test_any_text_gets_an_answer(password: str) -> None:
    password_problem(password, about=("ada@example.com", "Ada"))


def test_addresses_are_compared_in_one_form() -> None:
    assert email_address("  Ada.Lovelace@Example.COM ") == "ada.lovelace@example.com"
    for wrong in (
        "",
        "ada",
        "ada@",
        "@x.de",
        "a b@x.de",
        "ada@x.de\nbcc:y@z.de",
        "a" * 300 + "@x.de",
    ):
        with pytest.raises(Invalid):
            email_address(wrong)


def test_names_are_one_line() -> None:
    assert person_name("  Ada \r\n  Krüger\u202e ") == "Ada Krüger"
    for wrong in ("", "   ", "x" * 81, "\u200b"):
        with pytest.raises(Invalid):
            person_name(wrong)
