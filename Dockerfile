# Not tried: no container engine was at hand when this was written. It follows
# docs/operations.md: an ordinary user, a read-only checkout, settings from outside.
FROM python:3.11-slim AS build
WORKDIR /dangol
COPY pyproject.toml README.md ./
COPY requirements requirements
COPY app app
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir -c requirements/constraints.txt .

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 dangol
WORKDIR /dangol
COPY --from=build /venv /venv
COPY app app
COPY migrations migrations
COPY wsgi.py gunicorn.conf.py ./
ENV PATH=/venv/bin:$PATH PYTHONUTF8=1 PYTHONUNBUFFERED=1 \
    DANGOL_HOST=0.0.0.0 DANGOL_PORT=8000 DANGOL_VAR=/tmp/dangol
USER dangol
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD \
    ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# The worker: flask --app wsgi jobs worker. Migrations: flask --app wsgi db upgrade.
CMD ["gunicorn", "--config", "gunicorn.conf.py"]
