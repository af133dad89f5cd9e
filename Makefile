# Everything a new machine needs: Python ≥ 3.11, make and a package index. `make help` lists the targets.
PYTHON ?= python3
VENV := .local/venv
PY := $(VENV)/bin/python
SEED ?= 1
# Where servers come from: auto (containers if they can be had), local, containers.
BACKEND ?= $(or $(SHOUWANG_BACKEND),auto)
export SHOUWANG_BACKEND := $(BACKEND)
HOUSEHOLDS ?= 60
DAYS ?= 365
MONTHS ?= 4
# A worker takes whole files, in the order of `tests/conftest.py`.
WORKERS ?= --numprocesses 2 --dist loadfile --no-loadscope-reorder
export PYTHONUNBUFFERED := 1
# Hundreds of processes start in a run of the tests, each of hundreds of modules: what was compiled once is kept.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup check check-format check-lint check-types check-imports check-limits format test unit demo score up down bench chaos schemas openapi asyncapi transitions requirements golden clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/.ready ## Make the virtual environment from the pinned requirements

$(VENV)/.ready: requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

check: setup ## Format, lint, types, import rules, schemas, limits (no servers)
	@$(MAKE) --no-print-directory --jobs check-types check-limits check-format check-lint check-imports

check-format:
	$(VENV)/bin/ruff format --check --quiet .

check-lint:
	$(VENV)/bin/ruff check --quiet .

check-types:
	$(VENV)/bin/mypy

check-imports:
	$(VENV)/bin/lint-imports --no-cache

check-limits:
	$(PY) -m pytest -q tests/contract/test_limits.py tests/contract/schemas/test_schemas.py tests/contract/schemas/test_evolution.py

format: setup ## Format the code
	$(VENV)/bin/ruff check --quiet --fix --select I .
	$(VENV)/bin/ruff format --quiet .

test: check ## All checks and all tests over the real servers
	$(PY) -m pytest $(WORKERS) --durations=10

unit: setup ## The tests that need no server
	$(PY) -m pytest $(WORKERS) -m "not server" --durations=10

demo: setup ## Play a county's year (SEED=… HOUSEHOLDS=… DAYS=…) and check what came out
	$(PY) -m deploy.sandbox demo --seed $(SEED) --households $(HOUSEHOLDS) --days $(DAYS)

# A county with errors is larger than the one whose year is played, unless somebody says how large.
score: ERRING := $(if $(filter file,$(origin HOUSEHOLDS)),600,$(HOUSEHOLDS))
score: setup ## Score what the comparisons find in a county with errors (SEED=… HOUSEHOLDS=… MONTHS=…)
	$(PY) -m deploy.sandbox score --seed $(SEED) --households $(ERRING) --months $(MONTHS)

up: setup ## Start everything and leave it running; prints URLs and a token
	$(PY) -m deploy.sandbox up

down: setup ## Stop what `make up` started
	$(PY) -m deploy.sandbox down

bench: setup ## Measure against baselines of the same run; writes .local/bench.json
	$(PY) -m tests.bench

chaos: setup ## Kill and stop things under load, then check every store and topic (SEED=…)
	$(PY) -m tests.chaos --seed $(SEED)
	SEED=$(SEED) SHEETS=2000 $(PY) -m pytest -q tests/documents/test_hostile_sheets.py

schemas: setup ## Register all schemas (SHOUWANG_REGISTRY=…)
	$(PY) -m deploy.schemas

golden: setup ## Write fingerprints and golden messages; what is released stays
	$(PY) -m tests.contract.make_golden

openapi: setup ## Freeze the OpenAPI documents of the services' doors
	$(PY) -m deploy.openapi

asyncapi: setup ## Freeze the AsyncAPI document of the topics and what travels on them
	$(PY) -m deploy.asyncapi

transitions: setup ## Write the transition tables of certificates and notices from the code
	$(PY) -m tests.certificates.certificate.transitions
	$(PY) -m tests.notifications.notice.transitions

requirements: ## Pin the requirements of pyproject.toml with hashes
	$(VENV)/bin/pip-compile --quiet --strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --output-file requirements.txt pyproject.toml
	$(VENV)/bin/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --extra dev --output-file requirements-dev.txt pyproject.toml
	$(VENV)/bin/pip-compile --quiet --strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --output-file deploy/sandbox/linkage/requirements.txt deploy/sandbox/linkage/requirements.in

clean: down ## Delete data and caches; downloads and the environment stay
	rm -rf .local/stack .local/demo .local/test .local/up
