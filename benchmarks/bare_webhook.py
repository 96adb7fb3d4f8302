"""What the webhook is held against: Flask, one INSERT with a unique key, one commit."""

import os

from flask import Flask, request
from sqlalchemy import create_engine, text

app = Flask(__name__)
engine = create_engine(
    os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1), pool_size=8
)
_INSERT = text(
    "insert into provider.bare_event (id, payload) values (:id, cast(:payload as jsonb))"
    " on conflict do nothing"
)
_OWNER = create_engine(
    os.environ["DATABASE_DIRECT_URL"].replace("postgresql://", "postgresql+psycopg://", 1)
)
with _OWNER.begin() as owner:
    owner.execute(
        text(
            "create table if not exists provider.bare_event"
            " (id text primary key, payload jsonb not null)"
        )
    )
    owner.execute(text("grant select, insert on provider.bare_event to kontor_provider"))


@app.post("/hooks/stripe")
def receive() -> str:
    """Keep the event."""
    event = request.get_json(force=True)
    with engine.begin() as connection:
        connection.execute(_INSERT, {"id": event["id"], "payload": request.get_data(as_text=True)})
    return ""
