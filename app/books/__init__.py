"""What several services share of a client's ledger: open items, payments, bank lines, bookings."""
