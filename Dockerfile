# One image for every process: web (the default), worker, relay, ticker and the release step.
# docs/operating.md says which settings it needs.
FROM python:3.12-slim AS build
WORKDIR /kontor
RUN python -m venv --copies /venv
COPY requirements/base.txt requirements/
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check \
    --require-hashes --only-binary=:all: --no-deps -r requirements/base.txt

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /nonexistent kontor \
    && install -d -o kontor -g kontor /var/lib/kontor
COPY --from=build /venv /venv
WORKDIR /kontor
COPY config.py worker.py wsgi.py ./
COPY tenants tenants
COPY migrations migrations
COPY app app
# The command `kontor` without an installation: the code lies where it runs.
RUN printf '%s\n' '#!/venv/bin/python' 'import sys' 'sys.path.insert(0, "/kontor")' \
    'from app.cli.main import main' 'main(prog_name="kontor")' > /venv/bin/kontor \
    && chmod 0755 /venv/bin/kontor
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    KONTOR_ENVIRONMENT=production KONTOR_DATA_DIR=/var/lib/kontor
USER kontor
EXPOSE 8000
VOLUME /var/lib/kontor
CMD ["sh", "-c", "exec gunicorn --no-control-socket --worker-class gthread --workers ${WEB_CONCURRENCY:-2} --threads ${WEB_THREADS:-8} --graceful-timeout 25 --bind 0.0.0.0:${PORT:-8000} wsgi:app"]
