"""Accounts, roles, permissions, sessions, tokens."""
