"""Trades of the catalogue stand in the order in which people look for them."""

from flask import Flask
from flask_babel import force_locale

from app.web.trades import by_trade


def test_everything_else_stands_last_and_a_new_trade_before_it(app: Flask) -> None:
    trades = ["general", "forestry", "data", "accounting", "data"]
    with app.test_request_context(), force_locale("en"):
        found = by_trade(trades, lambda trade: trade)
    assert list(found.items()) == [
        ("Accounting", ["accounting"]),
        ("Data", ["data", "data"]),
        ("forestry", ["forestry"]),
        ("Everything else", ["general"]),
    ]
