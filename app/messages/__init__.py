"""Conversation with the client, and mail."""
