"""How money comes in: invoices pushed to Stripe, its events applied, what is overdue dunned."""
