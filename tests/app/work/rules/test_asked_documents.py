"""Which file answers which wish."""

from app.work.rules.asked_documents import Wish, matched, may_become

WISHES = {
    1: "Bank statements of the month",
    2: "Cash book of the month",
    3: "Lieferschein Nr. 4711",
}


def test_files_find_their_wish_by_name_whatever_their_order() -> None:
    names = ["Lieferschein_4711.pdf", "cash-book-october.pdf", "bank statements 10.pdf"]
    found, left = matched(names, WISHES)
    assert found == {0: 3, 1: 2, 2: 1}
    assert left == []


def test_what_fits_nothing_is_left() -> None:
    found, left = matched(["holiday.jpg", "Cash Book.xlsx"], WISHES)
    assert found == {1: 2}
    assert left == [0]


def test_a_wish_takes_one_file_the_most_alike() -> None:
    found, left = matched(["cash.pdf", "Cash book of the month.pdf"], {2: WISHES[2]})
    assert found == {1: 2}
    assert left == [0]


def test_one_file_for_one_wish_needs_no_name() -> None:
    assert matched(["scan0001.pdf"], {7: "Delivery note"}) == ({0: 7}, [])


def test_umlauts_and_their_transcription_are_the_same() -> None:
    found, _left = matched(["Kontoauszuege.pdf", "x.pdf"], {1: "Kontoauszüge", 2: "Vertrag"})
    assert found == {0: 1}


def test_a_wish_is_found_by_what_the_client_calls_it() -> None:
    called = {1: "Kontoauszüge des Monats", 2: "Kassenbuch des Monats", 3: "Lieferschein"}
    names = ["Kassenbuch Oktober.pdf", "Kontoauszuege-10.pdf", "Lieferschein_4711.pdf", "foto.jpg"]
    found, left = matched(names, WISHES, also=called)
    assert found == {0: 2, 1: 1, 2: 3}
    assert left == [3]


def test_the_life_of_a_wish() -> None:
    assert may_become(Wish.OPEN, Wish.HANDED_IN)
    assert may_become(Wish.REJECTED, Wish.HANDED_IN)
    assert not may_become(Wish.OPEN, Wish.ACCEPTED)
    assert not may_become(Wish.ACCEPTED, Wish.HANDED_IN)
    assert not may_become(Wish.WAIVED, Wish.OPEN)
