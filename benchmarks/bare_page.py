"""What the desk's list is held against: Flask, SQLAlchemy, one indexed SELECT, 25 rows rendered."""

import os

from flask import Flask, render_template_string
from sqlalchemy import create_engine, text

app = Flask(__name__)
engine = create_engine(
    os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1), pool_size=4
)
_QUERY = text(
    "select number, title, status, priority, assignee_name, due_at, urgent_at, service_key"
    " from provider.work_index where is_open order by urgent_at, item_id limit 25"
)
_PAGE = """<!doctype html><html lang="en"><title>Bare</title><table>
{% for row in rows %}<tr><td>{{ row.number }}</td><td>{{ row.title }}</td><td>{{ row.status }}</td>
<td>{{ row.priority }}</td><td>{{ row.assignee_name }}</td><td>{{ row.due_at }}</td>
<td>{{ row.urgent_at }}</td><td>{{ row.service_key }}</td></tr>
{% endfor %}</table></html>"""


@app.get("/")
def page() -> str:
    """The page."""
    with engine.connect() as connection:
        return render_template_string(_PAGE, rows=connection.execute(_QUERY).all())
