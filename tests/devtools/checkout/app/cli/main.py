"""The commands that the supervisor calls, doing just enough to be seen."""

import os
import sys

import psycopg


def main() -> None:
    """Count in the database how often each command was called."""
    with psycopg.connect(os.environ["DATABASE_DIRECT_URL"]) as connection:
        connection.execute("create schema if not exists provider")
        connection.execute("create table if not exists provider.calls (command text)")
        connection.execute("insert into provider.calls values (%s)", (" ".join(sys.argv[1:]),))
    if sys.argv[1:] == ["demo", "load"]:
        sys.stdout.write("operator@example.com  a-password\n")
