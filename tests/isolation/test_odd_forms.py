"""Whatever is sent to a form: it is refused or taken, it never breaks, and no words are lost.

Walks over every form of the desk and the portal (KONTOR_FORMS=all: with every odd value in every
field; else a sample, KONTOR_FORMS_SEED=… another one). Nothing of it is kept.
"""

import os
import random
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from werkzeug.exceptions import HTTPException

from tenants.db import TenantSession
from tests.factories.forms_found import Form, forms_of
from tests.isolation.test_sweep import ENDS_SESSIONS, addresses, check, rules
from tests.isolation.world import BASE, Knocker, World

SAMPLE = 1
"""How many of each sort of nonsense every form is sent."""
WORDS = "Grüße \u200f& <b>Öl</b> 'so' 4711"
LONG = "ü" * 70_000
ODD = (
    "", " ", "\x00", "-1", "0", "-0.004", "1e18", "9" * 40, "NaN", "Infinity", "1,5,5",
    "30.02.2026", "2026-02-30", "0001-01-01", "9999-12-31", "0001-01-01T00:00", "\u202e12\u202c",
    "٣", "½", LONG, "<script>", "[]", "EUR; --", "25:61", "Europe/Nowhere",
    "00000000-0000-0000-0000-000000000000", "a\ufffeb",
)  # fmt: skip
EXTRA = ("month", "invoice", "chosen", "reason", "client", "key", "version", "seen")
"""What some deeds read without a field of it on the page that was looked at."""


def keep_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on what would be committed is written and taken back."""

    def taken_back(session: TenantSession) -> None:
        session.flush()
        session.rollback()

    monkeypatch.setattr(TenantSession, "commit", taken_back)


def endpoint_of(world: World, path: str) -> str:
    """Which deed stands behind the address; empty for none, or one that ends sessions."""
    try:
        found = str(world.app.url_map.bind("x").match(path, method="POST")[0])
    except HTTPException:
        return ""
    return "" if found in ENDS_SESSIONS else found


def pages(world: World, who: Knocker, face: str) -> Iterator[tuple[str, str]]:
    """Address and text of every page this one may look at, with keys of Lark."""
    for rule, method in rules(world.app, "GET"):
        if str(rule).startswith(face):
            for address in addresses(world, rule, clients=("lark",), foreign=False)[:1]:
                answer = world.ask(who, method, address)
                if answer.status_code == 200 and answer.mimetype == "text/html":
                    yield address, answer.text


def found_forms(world: World, who: Knocker, face: str) -> Mapping[str, Form]:
    """Deed → the fullest form that leads there; what has no form on any page is sent none."""
    found: dict[str, Form] = {}
    for rule, _ in rules(world.app, "POST"):
        if str(rule).startswith(face):
            address = addresses(world, rule, clients=("lark",), foreign=False)[0]
            found[rule.endpoint] = Form(action=address)
    for address, text in pages(world, who, face):
        for form in forms_of(text):
            form.action = urlsplit(form.action or address).path
            known = found.get(endpoint_of(world, form.action))
            if known is not None and len(known.values) < len(form.values):
                found[endpoint_of(world, form.action)] = form
    return found


Sent = dict[str, Any]


def tries(form: Form, chance: random.Random, *, everything: bool) -> Iterator[Sent]:
    """What is sent: nothing, what is good, one odd thing everywhere, one among good ones."""
    good: Sent = {**dict.fromkeys(EXTRA, ""), **form.values}
    good |= dict.fromkeys(form.free, WORDS)
    wholly = [dict.fromkeys(good, value) for value in ODD]
    wholly.append({name: [value, value] for name, value in good.items()})
    singly = [(name, value) for name in form.values or EXTRA for value in ODD]
    if not everything:
        wholly, singly = chance.sample(wholly, SAMPLE), chance.sample(singly, SAMPLE)
    yield {}
    yield good
    yield from wholly
    yield from ({**good, name: value} for name, value in singly)


def lost(form: Form, sent: Sent, answer: Any) -> Sequence[str]:
    """Words that were typed and are not on the page that refuses them."""
    if answer.status_code not in (409, 422):
        return ()
    told = unescape(answer.text)
    return [
        name
        for name in sorted(form.free & sent.keys())
        if sent[name] == WORDS and WORDS not in told
    ]


@pytest.mark.parametrize(("name", "face"), [("admin", "/desk"), ("client_admin@lark", "/p/")])
def test_no_form_breaks_and_no_words_are_lost(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str, face: str
) -> None:
    who, everything = world.knocker(name), os.environ.get("KONTOR_FORMS") == "all"
    assert world.ask(who, "GET", "/account/").status_code == 200
    keep_nothing(monkeypatch)
    chance = random.Random(int(os.environ.get("KONTOR_FORMS_SEED", "1")))  # noqa: S311
    wrong: dict[str, None] = {}
    for endpoint, form in sorted(found_forms(world, who, face).items()):
        for sent in tries(form, chance, everything=everything):
            answer = world.ask(who, "POST", form.action, data=sent, headers={"Referer": BASE})
            if answer.status_code >= 500:
                odd = {key: str(value)[:20] for key, value in sent.items()} if sent else "nothing"
                wrong[f"{endpoint} {answer.status_code} {odd}"] = None
            for field in lost(form, sent, answer):
                wrong[f"{endpoint} {answer.status_code} loses {field}"] = None
            if who.own:
                check(who, "POST", form.action, answer)
    assert list(wrong) == []


def test_hours_are_noted_with_the_form_as_it_stands(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = world.knocker("finance")
    page = world.ask(who, "GET", "/desk/usage/hours?client=lark")
    keep_nothing(monkeypatch)
    (form,) = (one for one in forms_of(page.text) if one.action.endswith("/hours"))
    sent = {**form.values, "hours": "1,25", "reason": WORDS}
    assert world.ask(who, "POST", form.action, data=sent).status_code == 303
