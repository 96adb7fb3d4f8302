"""Bank statements: read, proved by their balances, and matched with what is open."""
