"""What can be found, by whom, and that it is there the moment the thing is."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from app.catalogue.service import offer, service
from app.cli import house as shell
from app.cli.main import main
from app.documents import actions as documents
from app.documents.reading import text_of
from app.identity.permissions import Permission
from app.search import queries as search
from app.search.models import SearchEntry
from app.search.rules import Kind
from app.work import findable
from app.work.actions import handling, orders, talking
from app.work.actions.orders import Order
from tenants.context import TenantRef
from tenants.db import db, transaction
from tests.conftest import in_scope
from tests.factories.desk_house import House
from tests.factories.portal_visitor import PDF


def found(
    house: House, words: str, *, clients: frozenset[int] | None = None, notes: bool = True
) -> set[UUID]:
    chosen = clients if clients is not None else frozenset({house.north.id, house.south.id})
    with house.app.app_context():
        hits = search.find(words, clients=chosen, with_internal=notes)
        return {hit.item_id for hit in hits}


def within(house: House, ref: TenantRef, words: str, *, notes: bool = False) -> set[UUID]:
    """As the client's own role sees it."""
    with in_scope(house.app, ref):
        hits = search.find(words, clients=None, with_internal=notes)
        return {hit.item_id for hit in hits}


@pytest.fixture
def oven(house: House) -> UUID:
    return house.request("Angebote für Etagenöfen zu 1.284,00 Euro einholen")


@pytest.mark.parametrize(
    "words",
    ["Etagenöfen", "etagenofen", "Angebot", "angebote einholen", "1284,00", "1,284.00", "Etag"],
)
def test_german_words_in_other_forms_and_amounts_are_found(
    house: House, oven: UUID, words: str
) -> None:
    assert oven in found(house, words)
    assert oven not in found(house, f"{words} Schlittschuh")


def test_a_number_is_found_with_and_without_its_code(house: House, oven: UUID) -> None:
    number = house.item(oven).number
    assert oven in found(house, f"{house.north.code}-{number}")
    assert oven in found(house, str(number))


@pytest.mark.parametrize("words", ["", " ", "!!", "'", "\\", ":*", "a & | !b", "die und der", "\0"])
def test_odd_words_break_nothing(house: House, words: str) -> None:
    found(house, words)


def test_only_the_clients_one_may_serve(house: House) -> None:
    north = house.request("Schnittblumen")
    south = house.request("Schnittblumen", client=house.south)
    assert found(house, "Schnittblume") == {north, south}
    assert found(house, "Schnittblume", clients=frozenset({house.north.id})) == {north}
    assert found(house, "Schnittblume", clients=frozenset()) == set()
    # In a client's scope PostgreSQL shows no other row, whatever is asked for.
    assert within(house, house.north, "Schnittblume") == {north}
    with in_scope(house.app, house.south):
        seen = set(db.session.scalars(select(SearchEntry.tenant_id)))
    assert seen == {house.south.id}


def test_what_is_said_is_found_but_a_note_never_by_the_client(house: House) -> None:
    item_id = house.request("Quiet")
    house.act(talking.jot, actor=house.actor("anna"), item_id=item_id, body="Vorsicht: Mondphase")
    house.act(talking.say, actor=house.actor("anna"), item_id=item_id, body="Wegen der Sonnenuhr")
    assert item_id in found(house, "mondphase") & found(house, "Sonnenuhren")
    assert within(house, house.north, "mondphase", notes=False) == set()
    assert item_id in within(house, house.north, "sonnenuhr", notes=False)


def test_a_change_that_is_rolled_back_is_not_found(house: House) -> None:
    order = Order(
        service_key="general_request", type_key="request",
        payload={"subject": "Nebelhorn", "description": "It must be loud."},
    )  # fmt: skip
    with in_scope(house.app, house.north), transaction() as refused:
        orders.open_items(actor=house.requester, order=order)
        assert search.find("Nebelhorn", clients=None, with_internal=True)
        refused.doom()
    assert found(house, "Nebelhorn") == set()


def test_corrected_values_are_found(house: House) -> None:
    item_id = house.request("Values")
    house.act(handling.take, actor=house.actor("anna"), item_id=item_id)
    house.act(
        handling.correct, actor=house.actor("anna"), item_id=item_id,
        values={"result": "Windmühlen gibt es keine"},
    )  # fmt: skip
    assert item_id in found(house, "windmühle")


def test_a_file_is_found_by_its_name_at_once_and_by_its_text_when_it_was_read(
    house: House,
) -> None:
    item_id = house.invoice(read=False)
    assert item_id in found(house, "flour")
    with in_scope(house.app, house.north), transaction():
        file = documents.store(
            actor=house.requester, name="letter.txt", content=b"Gugelhupf zum Fest"
        ).id
    house.act(talking.say, actor=house.requester, item_id=item_id, body="x", document_ids=[file])
    assert item_id in found(house, "letter.txt")
    assert item_id not in found(house, "gugelhupf")
    for _ in range(2):
        with in_scope(house.app, house.north):
            findable.read_file(item_id=item_id, document_id=file)
    assert item_id in found(house, "gugelhupf")
    with house.app.app_context():
        (hit,) = search.find(
            "gugelhupf", clients=frozenset({house.north.id}), with_internal=False,
            kinds=[Kind.DOCUMENT],
        )  # fmt: skip
    assert (hit.title, hit.kind) == ("letter.txt", Kind.DOCUMENT)
    assert f"{search.BEGIN}Gugelhupf{search.END}" in hit.excerpt
    with house.app.app_context():
        (by_name,) = search.find(
            "letter.txt", clients=frozenset({house.north.id}), with_internal=False,
            kinds=[Kind.DOCUMENT],
        )  # fmt: skip
    assert by_name.excerpt == "", "no words that say nothing of what was looked for"


def test_texts_of_files() -> None:
    assert text_of("Ärger".encode("latin-1"), name="a.txt") == "Ärger"
    assert text_of(b"<a>one &amp;</a><b>two</b>", name="a.xml").split() == ["one", "&", "two"]
    assert text_of(b"no pdf at all", name="a.pdf") == ""
    assert isinstance(text_of(PDF, name="a.pdf"), str)


@pytest.fixture
def healthy(app: Flask) -> Iterator[None]:
    """The general request holds health data, for this test."""
    before = service("general_request")
    offer(replace(before, health_data=True))
    yield
    offer(before)


@pytest.mark.usefixtures("healthy")
def test_health_data_is_never_written_down(house: House) -> None:
    sealed, anna = replace(house.north, sealed=True), house.actor("anna")
    sworn = replace(anna, permissions=anna.permissions | {Permission.HEALTH_READ})
    item_id = house.request("Blinddarm", client=sealed)
    for deed in (talking.say, talking.jot):
        house.act(deed, client=sealed, actor=sworn, item_id=item_id, body="Blinddarm")
    with house.app.app_context():
        rows = db.session.scalars(select(SearchEntry).where(SearchEntry.item_id == item_id)).all()
    assert rows == []


def test_the_index_can_be_written_anew(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    item_id = house.request("Wetterfahne")
    house.act(talking.say, actor=house.actor("anna"), item_id=item_id, body="Dachziegel")
    with house.app.app_context(), transaction():
        for row in db.session.scalars(
            select(SearchEntry).where(SearchEntry.tenant_id == house.north.id)
        ):
            db.session.delete(row)
    assert found(house, "Wetterfahne") == set()
    monkeypatch.setattr(shell.House, "app", house.app)
    result = CliRunner().invoke(main, ["search", "rebuild", "--client", house.north.slug])
    assert result.exit_code == 0, result.output
    assert found(house, "Wetterfahne") == found(house, "Dachziegel") == {item_id}


def test_the_pages(house: House) -> None:
    item_id = house.request("Leuchtturm <b>laut</b>")
    foreign = house.request("Leuchtturm Südmole", client=house.south)
    house.act(talking.jot, actor=house.actor("anna"), item_id=item_id, body="Leuchtturm geheim")
    anna, carl = house.visitor("anna"), house.visitor("carl")
    page = anna.get("/desk/search?q=leuchtturm").text
    assert str(item_id) in page
    assert str(foreign) in page
    assert "<b>laut" not in page
    assert str(foreign) not in carl.get("/desk/search?q=leuchtturm").text
    assert str(foreign) not in anna.get(f"/desk/search?q=leuchtturm&client={house.north.slug}").text
    palette = anna.get("/desk/palette?q=geheim", headers={"HX-Request": "true"}).text
    assert str(item_id) in palette
