# Two commands do everything on a fresh machine with Python 3.11 and make: `make run` and `make test`.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .make
# Installing the package builds the dashboard; `make test` insists on it, `make run` goes on without it.
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -name '*.tsbuildinfo' 2>/dev/null)

.PHONY: run test lint format types bench web clean help

help: ## List the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed; set PYTHON=/path/to/python3.11"; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(STAMPS)/run: requirements.lock pyproject.toml hatch_build.py $(WEB_SOURCES) | $(BIN)/python
	@echo "Setting up Maestro (a few minutes the first time) ..."
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: requirements.lock pyproject.toml hatch_build.py $(WEB_SOURCES) | $(BIN)/python
	@echo "Setting up Maestro with its development tools (a few minutes the first time) ..."
	MAESTRO_WEB=$${MAESTRO_WEB:-require} $(BIN)/pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable '.[dev]'
	@mkdir -p $(STAMPS) && touch $@ $(STAMPS)/run

run: $(STAMPS)/run ## Set up, open a demo shop and serve the dashboard
	$(BIN)/maestro run

test: $(STAMPS)/dev lint types ## Set up, check style and types, run every test with coverage
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

lint: $(STAMPS)/dev ## Check style and the import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(STAMPS)/dev ## Check types
	$(BIN)/mypy

format: $(STAMPS)/dev ## Rewrite the code in the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMPS)/dev ## Run every benchmark; each prints one JSON object as its last line
	@for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

web: $(STAMPS)/run ## Build the dashboard again
	MAESTRO_WEB=require $(BIN)/python hatch_build.py

clean: ## Remove the environment and everything that was built; your data in .maestro stays
	rm -rf $(VENV) $(STAMPS) build dist src/maestro/web_dist web/node_modules .mypy_cache .ruff_cache .pytest_cache .coverage*
