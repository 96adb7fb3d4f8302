"""Leave: working days, balances and what the law gives."""
