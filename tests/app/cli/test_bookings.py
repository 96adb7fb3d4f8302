"""`kontor bookings export` writes the file; a second time it says that nothing waits."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from click.testing import CliRunner
from flask import Flask

from app.billing.invoice_models import Invoice
from app.books.datev.batch import read_back
from app.cli.house import House
from app.cli.main import main
from app.collecting import handing_over
from app.kernel.actor import SYSTEM
from app.kernel.clock import now
from config import Settings
from tenants import opening
from tenants.db import db, transaction
from tests.factories import billing_book

DAYS = ("--since", "1998-05-01", "--until", "1998-05-31")
"""Long ago: no other test's bookings are of these days."""


def test_it_writes_what_waits_once(app: Flask, settings: Settings, tmp_path: Path) -> None:
    client = opening.open_client(
        settings.database_direct_url, slug="datevcli", name="D", code="DCLI", at=now()
    )
    with app.app_context(), transaction():
        billing_book.set_parties(client)
        books = replace(handing_over.proposed(), adviser=1001, client=1)
        handing_over.keep(actor=SYSTEM, books=books)
        key = billing_book.an_invoice(client, gross_minor=500, period=date(1998, 5, 2))
        db.session.get_one(Invoice, key).vat_groups = [
            {"category": "E", "percent": "0", "net_minor": 500, "vat_minor": 0}
        ]
    house = House()
    house.__dict__.update(settings=settings, app=app)
    first = CliRunner().invoke(
        main, ["bookings", "export", *DAYS, "--to", str(tmp_path)], obj=house
    )
    assert first.exit_code == 0, first.output
    (file,) = tmp_path.iterdir()
    assert [row[2] for row in read_back(file.read_bytes())] == [500]
    again = CliRunner().invoke(
        main, ["bookings", "export", *DAYS, "--to", str(tmp_path)], obj=house
    )
    assert again.exit_code == 1
    assert "not handed over before" in again.output
    assert file.name in CliRunner().invoke(main, ["bookings", "list"], obj=house).output
