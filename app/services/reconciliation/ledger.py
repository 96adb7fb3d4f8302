"""Which accounts a reconciliation books on: the chart's, with the bank as agreed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.services.reconciliation.journal import ACCOUNTS, Accounts, Chart


def accounts_of(values: Mapping[str, Any]) -> Accounts:
    """The accounts that the values name."""
    chart = ACCOUNTS[Chart(values.get("chart") or Chart.SKR03)]
    return replace(chart, bank=values.get("bank_account") or chart.bank)
