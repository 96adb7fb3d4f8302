"""Promises and the time they take: knows a subject's id and nothing else about it."""
