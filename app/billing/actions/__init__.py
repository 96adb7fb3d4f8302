"""Commands of the books: contracts, runs, invoices, payments, credits."""
