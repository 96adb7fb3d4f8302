"""Pictures: whole XML whatever the labels are, nothing that runs, a mark for each row."""

from datetime import date
from decimal import Decimal

from lxml import etree

from app.kernel.svg import Bar, Line, Span, bars, lines, spans

NASTY = '<script>alert("1")</script> & "quotes" — ein sehr langer Name einer Zeile'


def parsed(picture: bytes) -> etree._Element:
    root = etree.fromstring(picture)
    names = {etree.QName(one).localname for one in root.iter()}
    assert names <= {"svg", "title", "rect", "text", "line", "circle", "polyline"}
    return root


def count(root: etree._Element, name: str) -> int:
    return sum(etree.QName(one).localname == name for one in root.iter())


def test_bars() -> None:
    rows = [Bar(label=NASTY, value=Decimal(number), shown="x") for number in (0, 5, -3)]
    assert count(parsed(bars(NASTY, rows)), "rect") == 1 + 3
    assert count(parsed(bars("empty", [])), "rect") == 1


def test_spans_stay_inside_their_days() -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    row = Span(
        label=NASTY,
        stretches=[(date(2025, 1, 1), date(2027, 1, 1), "good"), (last, last, "bad")],
        marks=[(date(2026, 6, 1), "warn"), (date(2030, 1, 1), "bad")],
    )
    root = parsed(spans(NASTY, [row], start=first, end=last, today=date(2026, 3, 1)))
    assert (count(root, "rect"), count(root, "circle")) == (3, 1)
    for one in root.iter("{*}rect"):
        x, wide = float(one.get("x") or 0), float(one.get("width") or 0)
        assert x + wide <= 960


def test_lines_have_gaps() -> None:
    row = Line(label=NASTY, values=[Decimal(1), None, Decimal(3)], dashed=True)
    (line,) = parsed(lines(NASTY, ["a", "b", "c"], [row])).iter("{*}polyline")
    assert len((line.get("points") or "").split()) == 2
    assert count(parsed(lines("empty", [], [])), "polyline") == 0


def test_a_line_alone_needs_no_legend_and_many_have_it_in_rows() -> None:
    def words(number: int) -> list[str]:
        rows = [Line(label=f"Row {one}", values=[Decimal(1)]) for one in range(number)]
        root = parsed(lines("What?", ["a"], rows))
        for one in root.iter("{*}text"):
            assert 0 <= float(one.get("x") or 0) <= 960
            assert float(one.get("y") or 0) <= float(root.get("height") or 0)
        return [one.text or "" for one in root.iter("{*}text") if "Row" in (one.text or "")]

    assert words(1) == []
    assert len(words(6)) == 6


def test_a_long_title_is_shortened() -> None:
    root = parsed(bars("Why? " * 60, []))
    (shown,) = root.iter("{*}text")
    assert (shown.text or "").endswith("…")
    assert len(shown.text or "") < 110
