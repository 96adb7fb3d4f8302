# `make run` and `make test` need Python 3.11 or newer and nothing else.
PYTHON3 := $(shell command -v python3 || command -v python)
IN := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run test lint format bench chaos pictures vendor translate requirements migrations reset demo-ready dev-ready

help:  ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22
	@echo "Settings: PORT=8010 make run · KONTOR_DEMO=no make run · MINUTES=5 KONTOR_CHAOS_SEED=1 make chaos · ARGS='-k sla' make test"

run: demo-ready  ## Start all of Kontor with the demo, on an embedded PostgreSQL and Redis
	@exec $(IN) -m devtools.run --with-parent

test: dev-ready  ## Lint, types, import contracts and every test, on servers of their own
	@exec $(IN) -m devtools.check test $(ARGS)

lint: dev-ready  ## Only lint, types, import contracts and templates
	@exec $(IN) -m devtools.check lint

format: dev-ready  ## Format the code
	@$(IN) -m ruff check --fix --quiet . ; $(IN) -m ruff format --quiet .

bench: dev-ready  ## Measure the figures that docs and gates name; prints ratios of one run
	@exec $(IN) -m benchmarks $(ARGS)

chaos: dev-ready  ## Kill workers, relays, Redis and PostgreSQL at random under load (MINUTES=3), twenty operators against each other, then ten seeds of the simulated year (MONTHS=1 of it; 12 takes hours)
	@KONTOR_CHAOS_SECONDS=$$(( $${MINUTES:-3} * 60 )) $(IN) -m pytest -q -s tests/flows/test_chaos.py tests/flows/test_busy_desk.py && KONTOR_CHAOS_SEEDS=10 KONTOR_CHAOS_MONTHS=$${MONTHS:-1} exec $(IN) -m pytest -q -s tests/flows/test_billing_year.py

pictures: dev-ready  ## Take the pictures of docs/ anew, from a demo that runs (PORT=8010 make run)
	@exec $(IN) -m devtools.pictures $(ARGS)

reset: demo-ready  ## Throw the demo's data away
	@exec $(IN) -m devtools.reset

vendor: dev-ready  ## Fetch the front end's libraries anew (they are in the repository)
	@exec $(IN) -m devtools.vendor

translate: dev-ready  ## Gather the texts into the catalogues and compile them
	@exec $(IN) -m devtools.translate

migrations: dev-ready  ## Write the first migration anew from the models (until the first release)
	@exec $(IN) -m devtools.initial_migrations

requirements: dev-ready  ## Compile the lock files anew; ARGS=--upgrade takes newer versions
	@exec $(IN) -m devtools.lock $(ARGS)

demo-ready:
	@$(if $(PYTHON3),,echo "Kontor needs Python 3.11 or newer: install python3 (Debian: apt-get install python3 python3-venv)" >&2; exit 1;) exec $(PYTHON3) devtools/prepare.py demo

dev-ready:
	@$(if $(PYTHON3),,echo "Kontor needs Python 3.11 or newer: install python3 (Debian: apt-get install python3 python3-venv)" >&2; exit 1;) exec $(PYTHON3) devtools/prepare.py dev
