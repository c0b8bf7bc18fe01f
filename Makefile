# `make help` lists what can be done. Needs Python 3.11 or later, and nothing else.

PYTHON ?= python3
HOST ?= 127.0.0.1
export PORT ?= 8000
# Threads share two heaps: with one for each, glibc holds memory that nobody uses.
export MALLOC_ARENA_MAX ?= 2

BIN := .venv/bin
PIP := $(BIN)/pip --quiet --disable-pip-version-check install --require-hashes
STATIC_SOURCES := $(shell find static -type f)
SOURCES := benchmarks innovations magelang_portal visits tests manage.py
PRODUCTION := SITE_URL=https://inovasi.example SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))') EMAIL_URL=smtp+tls://localhost:587 EMAIL_FROM=portal@inovasi.example

.DEFAULT_GOAL := help
.PHONY: help run staff test test-browser test-concurrency benchmark generate load benchmark-relevance check fix messages lock clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

run: .venv/run.stamp staticfiles/staticfiles.json ## the portal on http://localhost:8000 (PORT=9000)
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py load_showcase
	@echo
	@echo "The portal:       http://localhost:$(PORT)/"
	@echo "The admin:        http://localhost:$(PORT)/admin/"
	@echo "A staff account:  make staff"
	@echo "Stop:             Ctrl-C"
	@echo
	@$(BIN)/python manage.py work & work=$$!; \
	$(BIN)/gunicorn magelang_portal.wsgi --bind $(HOST):$(PORT) --worker-class gthread --workers 2 --threads 4 --no-control-socket --log-level warning & web=$$!; \
	trap 'kill $$web $$work 2>/dev/null' INT TERM; \
	wait $$web; status=$$?; kill $$web $$work 2>/dev/null; wait; exit $$status

staff: .venv/run.stamp ## an account for the admin
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py createsuperuser

test: .venv/test.stamp ## the whole suite, without browser or server
	@$(BIN)/pytest --quiet --numprocesses auto

test-concurrency: .venv/test.stamp ## what only parallel connections show; on PostgreSQL with DATABASE_URL
	@$(BIN)/pytest --quiet -m concurrency

test-browser: .venv/test.stamp ## what only a browser shows; needs Debian's chromium
	@$(BIN)/pytest --quiet -m browser --numprocesses auto --screenshot only-on-failure --output test-results

benchmark: .venv/test.stamp staticfiles/staticfiles.json ## how heavy and fast pages are; needs chromium (ARGS=--lighthouse: and npx)
	@$(BIN)/python -m benchmarks.pages $(ARGS)

generate: .venv/run.stamp ## made-up data for ten years of visits, into DATA_DIR or DATABASE_URL (ARGS=--scale small)
	@$(BIN)/python -m benchmarks.generate $(ARGS)

load: .venv/run.stamp staticfiles/staticfiles.json ## how the portal bears load at a small and a large size; needs wrk (docs/performance.md)
	@$(BIN)/python -m benchmarks.load $(ARGS)

benchmark-relevance: .venv/test.stamp ## how often the search puts first what people mean; also on PostgreSQL with DATABASE_URL
	@$(BIN)/python -m benchmarks.relevance

check: .venv/test.stamp ## everything that can be judged without running the portal; needs gettext
	@command -v xgettext >/dev/null || { echo "Install gettext: the catalogue is checked with it."; exit 1; }
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	git ls-files -z 'templates/*.html' | xargs -0 $(BIN)/djade --target-version 5.2 --check
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/pytest --quiet tests/portal/test_messages.py

fix: .venv/test.stamp ## what can be mended without thinking
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)
	git ls-files -z 'templates/*.html' | xargs -0 $(BIN)/djade --target-version 5.2 || true

messages: .venv/test.stamp ## the Indonesian catalogue, after a text has changed; needs gettext
	$(BIN)/python manage.py makemessages --locale id --no-obsolete --add-location file --ignore .venv --ignore staticfiles --ignore tests
	$(BIN)/python manage.py compilemessages --ignore .venv

lock: ## the lock files, after a dependency has changed; needs uv
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --upgrade --no-emit-index-url --no-emit-find-links --no-header --quiet --output-file requirements.lock
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --upgrade --no-emit-index-url --no-emit-find-links --no-header --quiet --extra test --constraint requirements.lock --output-file requirements-test.lock

clean: ## remove what was built; data in var/ stays
	rm -rf .venv staticfiles .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; name it: make run PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.lock | $(BIN)/python
	@echo "Installing packages (the first run takes a minute) …"
	@$(PIP) --requirement requirements.lock
	@touch $@

.venv/test.stamp: requirements-test.lock | $(BIN)/python
	@echo "Installing packages (the first run takes a minute) …"
	@$(PIP) --requirement requirements-test.lock
	@touch $@

staticfiles/staticfiles.json: $(STATIC_SOURCES) requirements.lock | .venv/run.stamp
	@echo "Hashing and compressing static files …"
	@$(BIN)/python manage.py collectstatic --noinput --clear --verbosity 0
	@touch $@
