"""The portal's report on promises and the explanation, against a month made by hand."""

import csv
import io
import json
import re
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from click.testing import CliRunner
from flask import Flask

from app.cli.main import main
from app.kernel import clock
from config import Settings
from tests.factories import promise_book
from tests.factories.portal_visitor import Visitor
from tests.factories.promise_book import TODAY, Book


@pytest.fixture(scope="session")
def book(app: Flask, settings: Settings) -> Book:
    return promise_book.build(app, settings)


@pytest.fixture
def reader(book: Book) -> Iterator[Visitor]:
    with clock.freeze(TODAY):
        yield book.visitor("client")


def figures(reader: Visitor, query: str = "") -> dict[str, list[str]]:
    """Month → met in per cent, met, not met, open, excused, cancelled."""
    answer = reader.get(f"/p/ledger/promises/export.csv{query}")
    assert answer.status_code == 200
    rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
    return {row[0]: [row[3].replace("\N{NO-BREAK SPACE}", " "), *row[4:]] for row in list(rows)[1:]}


def test_case_83_the_share_is_of_what_was_completed_and_the_rest_stands_beside(
    reader: Visitor,
) -> None:
    assert figures(reader)["2026-10"] == ["50 %", "1", "1", "1", "1", "1"]
    text = reader.page("/p/ledger/promises")
    assert "October 2026, not met: 1" in text
    assert "October 2026, late and still open: 1" in text


def test_case_62_a_cancelled_task_is_not_in_the_share_and_its_count_is_seen(
    reader: Visitor,
) -> None:
    text = reader.page("/p/ledger/promises/items?month=2026-10&ending=cancelled")
    assert "Gamma cancelled" in text
    assert "Beta late" not in text


def test_case_84_a_month_ends_at_midnight_of_the_contracts_zone(reader: Visitor) -> None:
    assert figures(reader)["2026-11"] == ["100 %", "1", "0", "0", "0", "0"]
    assert "Epsilon at midnight" in reader.page("/p/ledger/promises/items?month=2026-11")
    assert "Epsilon" not in reader.page("/p/ledger/promises/items?month=2026-10")
    assert "Europe/Berlin" in reader.page("/p/ledger/promises")


@pytest.mark.parametrize(
    ("ending", "title"),
    [
        ("met", "Alpha in time"),
        ("breached", "Beta late"),
        ("open_breached", "Delta still open"),
        ("excused", "Zeta excused"),
        ("cancelled", "Gamma cancelled"),
    ],
)
def test_each_figure_leads_to_its_items(reader: Visitor, ending: str, title: str) -> None:
    text = reader.page(f"/p/ledger/promises/items?month=2026-10&ending={ending}")
    assert re.findall(r'/promise">([^<]+)</a>', text) == [title]
    answer = reader.get(f"/p/ledger/promises/items.csv?month=2026-10&ending={ending}")
    assert title in answer.data.decode("utf-8-sig")


def test_links_of_an_export_lead_to_the_configured_address(book: Book, reader: Visitor) -> None:
    with reader.client.session_transaction() as kept:
        kept_there = dict(kept)
    with reader.client.session_transaction(base_url="http://evil.example") as there:
        there.update(kept_there)
    path = "/p/ledger/promises/items.csv?month=2026-10&ending=met"
    answer = reader.get(path, base_url="http://evil.example")
    assert answer.status_code == HTTPStatus.OK
    assert "evil.example" not in answer.text
    assert book.app.config["SETTINGS"].base_url in answer.text


def test_filters_that_are_none_are_not_found(reader: Visitor) -> None:
    for query in ("?metric=speed", "?metric=internal_step"):
        assert reader.get(f"/p/ledger/promises{query}").status_code == 404
    for query in ("?ending=nice", "?month=2026-13", "?before=x", "?before=2026-10-01~1~2"):
        assert reader.get(f"/p/ledger/promises/items{query}").status_code == 404
    assert "Nothing fits this filter" in reader.page("/p/ledger/promises?metric=first_response")


def test_a_client_without_promises_is_told_so(town_reader: Visitor) -> None:
    assert "No promise has ended yet" in town_reader.page("/p/fresh/promises")


@pytest.fixture
def town_reader(app: Flask, settings: Settings) -> Visitor:
    from tests.factories import fresh_client

    return fresh_client.visitor(app, settings, "fresh")


def test_the_explanation_of_a_late_delivery_can_be_followed_by_hand(
    book: Book, reader: Visitor
) -> None:
    text = re.sub(r"\s+", " ", reader.page(f"/p/ledger/requests/{book.items['B']}/promise"))
    assert "Promised: <b>8 h of working time</b>" in text
    assert "Tue 6 Oct 2026, 17:00" in text
    assert "Done on Wed 7 Oct 2026, 10:00, 1 h of working time too late." in text
    assert "Central European Time (Europe/Berlin)" in text
    assert "“Office”, version 1: Mon\N{EN DASH}Fri 09:00\N{EN DASH}17:00" in text
    assert "9 h" in text, "what was used: Tuesday and an hour of Wednesday"


def test_an_excused_breach_keeps_its_original_and_names_the_reason(
    book: Book, reader: Visitor
) -> None:
    text = reader.page(f"/p/ledger/requests/{book.items['F']}/promise")
    assert "It was late from Tue 13 Oct 2026, 17:00 on; this breach is excused." in text
    assert "Power cut" in text
    assert "Lena Voss" in text


def test_the_data_to_check_is_what_evaluate_reads(book: Book, reader: Visitor) -> None:
    answer = reader.get(f"/p/ledger/requests/{book.items['B']}/promise.jsonl")
    judged = CliRunner().invoke(main, ["sla", "evaluate", "-"], input=answer.data)
    assert judged.exit_code == 0, judged.output
    state = json.loads(judged.output)
    assert (state["state"], state["due_at"]) == ("breached", "2026-10-06T15:00:00Z")
    assert state["split_seconds"]["provider"] == 9 * 3600


def test_an_item_shows_whose_time_it_was(book: Book, reader: Visitor) -> None:
    text = reader.page(f"/p/ledger/requests/{book.items['B']}")
    assert "Whose time it was: with us 9 h, closed 16 h" in re.sub(r"\s+", " ", text)


def test_other_peoples_promises_are_not_there(book: Book, town_reader: Visitor) -> None:
    for path in ("promises", "promises/items", "promises/export.csv", "promises/items.csv"):
        assert town_reader.get(f"/p/ledger/{path}").status_code == 404
    for end in ("promise", "promise.jsonl"):
        path = f"requests/{book.items['B']}/{end}"
        assert town_reader.get(f"/p/ledger/{path}").status_code == 404
        assert town_reader.get(f"/p/fresh/{path}").status_code == 404
