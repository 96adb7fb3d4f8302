"""The same work done by django-tenants, with as many tables, in a process of its own."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from benchmarks.installation import Installation

_SETTINGS = """
import django
from django.conf import settings
settings.configure(
    SECRET_KEY="x", USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={{"default": {{
        "ENGINE": "django_tenants.postgresql_backend", "NAME": "django_tenants",
        "USER": {user!r}, "PASSWORD": {password!r}, "HOST": {host!r}, "PORT": {port},
    }}}},
    DATABASE_ROUTERS=["django_tenants.routers.TenantSyncRouter"],
    SHARED_APPS=["django_tenants", "django.contrib.contenttypes", "register"], TENANT_APPS=["shop"],
    INSTALLED_APPS=["django_tenants", "django.contrib.contenttypes", "register", "shop"],
    TENANT_MODEL="register.Client", TENANT_DOMAIN_MODEL="register.Domain",
)
django.setup()
"""
_REGISTER = """
from django_tenants.models import DomainMixin, TenantMixin
class Client(TenantMixin):
    auto_create_schema = True
class Domain(DomainMixin):
    pass
"""
_MODEL = """
class Thing{number}(models.Model):
    name = models.TextField(db_index=True)
    kind = models.CharField(max_length=40)
    amount = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True)
    payload = models.JSONField(default=dict)
    {link}
"""
_MORE = "    extra = models.TextField(null=True, db_index=True)\n"
_WORK = """
import json, sys
from time import perf_counter
import project
from django.core.management import call_command
from register.models import Client
if sys.argv[1] == "open":
    call_command("migrate_schemas", shared=True, verbosity=0)
    costs = []
    for number in range(int(sys.argv[2])):
        start = perf_counter()
        Client(schema_name=f"d{number}").save(verbosity=0)
        costs.append((perf_counter() - start) * 1000)
    print(json.dumps(sorted(costs)[len(costs) // 2]))
else:
    start = perf_counter()
    call_command("migrate_schemas", tenant=True, verbosity=0)
    print(json.dumps((perf_counter() - start) * 1000 / Client.objects.count()))
"""
_AUTHOR = """
import project
from django.core.management import call_command
call_command("makemigrations", "register", "shop", verbosity=0)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """Milliseconds per client."""

    opening: float
    migrating: float


def measure(installation: Installation, *, tables: int, clients: int) -> Theirs:
    """Open and migrate a few clients; more of them cost it as much each, or more."""
    folder = installation.folder / "django"
    _lay(installation, folder, tables=tables)
    _python(folder, _AUTHOR)
    opening = json.loads(_python(folder, _WORK, "open", str(clients)).splitlines()[-1])
    models = folder / "shop" / "models.py"
    models.write_text(models.read_text() + _MORE)
    _python(folder, _AUTHOR)
    migrating = json.loads(_python(folder, _WORK, "migrate").splitlines()[-1])
    return Theirs(opening=opening, migrating=migrating)


def _lay(installation: Installation, folder: Path, *, tables: int) -> None:
    with psycopg.connect(installation.postgres.superuser_url, autocommit=True) as connection:
        connection.execute("create database django_tenants")
    for app, models in (("register", _REGISTER), ("shop", _shop(tables))):
        (folder / app / "migrations").mkdir(parents=True)
        (folder / app / "__init__.py").touch()
        (folder / app / "migrations" / "__init__.py").touch()
        (folder / app / "models.py").write_text(models)
    place = urlsplit(installation.postgres.superuser_url)
    (folder / "project.py").write_text(
        _SETTINGS.format(
            user=place.username, password=place.password, host=place.hostname, port=place.port
        )
    )


def _shop(tables: int) -> str:
    links = (
        "" if number == 0 else f"link = models.ForeignKey(Thing{number - 1}, models.CASCADE)"
        for number in range(tables)
    )
    return "from django.db import models\n" + "".join(
        _MODEL.format(number=number, link=link) for number, link in enumerate(links)
    )


def _python(folder: Path, code: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder, check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout
