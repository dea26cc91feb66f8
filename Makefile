# One task runner for people and CI. Needs Python >= 3.11 with venv, and make; the rest it sets up itself.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test check bench fuzz screens bundle format clean

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

demo: $(VENV)/.demo-ready ## a server, a demo site and a virtual token; Ctrl-C ends it
	@exec $(BIN)/sparekey demo

test: $(VENV)/.dev-ready system-packages ## all tests (Chromium and PostgreSQL are installed where this may be done)
	$(BIN)/pytest -n $(JOBS) --dist loadfile $(ARGS)

check: $(VENV)/.dev-ready ## formatter, linter, types, one-way imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python scripts/check_types.py
	$(BIN)/lint-imports

bench: $(VENV)/.dev-ready system-packages ## each figure beside its floor in the same run; writes bench/results/
	$(BIN)/python bench/run.py $(ARGS)

fuzz: $(VENV)/.dev-ready ## the slow campaigns, bounded; seeds of what they find are kept
	$(BIN)/python tests/fuzz/run.py $(ARGS)

screens: $(VENV)/.dev-ready ## accept the OLED's pictures as they are now (look at them first: git diff)
	$(BIN)/pytest tests/system/screens --accept-screens -q

format: $(VENV)/.dev-ready ## write the code as the formatter wants it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bundle: $(VENV)/.dev-ready ## a zip for each board in dist/, to be dragged onto its drive
	$(BIN)/python -m sparekey.deploy.bundle dist

clean: ## remove what the targets above made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist build

.PHONY: system-packages
system-packages:
	@scripts/system-packages.sh

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Sparekey needs Python 3.11 or newer; '$(PYTHON)' is older. Name another: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv is missing (Debian: apt install python3-venv)" >&2; rm -rf $(VENV); exit 1; }

$(VENV)/.demo-ready: pyproject.toml | $(VENV)/bin/pip
	@echo "Installing into $(VENV) (the first time, a minute or two)..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[server,virtual]'
	@touch $@

$(VENV)/.dev-ready: pyproject.toml | $(VENV)/bin/pip
	@echo "Installing into $(VENV) (the first time, a minute or two)..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.demo-ready
