"""How many rows a change has met: the answer to: was it me?"""

from typing import Any

from sqlalchemy import Executable

from tenants.db import db


def rows_changed(statement: Executable) -> int:
    """Execute an UPDATE or DELETE and count its rows."""
    result: Any = db.session.execute(statement)
    return int(result.rowcount)
