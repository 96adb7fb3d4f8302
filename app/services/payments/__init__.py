"""Payments: what is due and what a list says, checked and approved, as a file for the bank."""
