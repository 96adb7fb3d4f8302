"""Accounts payable: supplier invoices read, checked and readied for booking."""
