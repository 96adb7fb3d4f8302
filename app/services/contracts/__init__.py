"""Contracts: when notice has to be given, and who is reminded in time."""
