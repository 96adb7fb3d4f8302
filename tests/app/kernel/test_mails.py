"""Mails that break the rules are read all the same."""

import pytest

from app.kernel import mails


@pytest.mark.parametrize("charset", ["undefined", "x\x00y", "no-such-charset"])
def test_an_odd_charset_costs_no_letter(charset: str) -> None:
    head = f'From: a@b.example\nSubject: Hello\nContent-Type: text/plain; charset="{charset}"\n\n'
    assert mails.letter(head.encode() + b"Caf\xe9").text.strip() == "Caf\xe9"
