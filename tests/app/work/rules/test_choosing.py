"""What the desk's list is searched for."""

import pytest

from app.work.rules.choosing import title_query


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ("Supplier 4711", "'Supplier':* & '4711':*"),
        ("  Müller's (new) ", "'Müllers':* & 'new':*"),
        ("fuhrpark.csv", "'fuhrpark.csv':*"),
        ("& | ! '", ""),
        ("", ""),
    ],
)
def test_all_words_each_by_its_beginning(words: str, query: str) -> None:
    assert title_query(words) == query
