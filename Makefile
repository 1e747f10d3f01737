# The commands of the project. `make run` and `make test` need python3 (3.11, with venv), git and make, and nothing else.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
export DUBAN_PORT ?= 8000
export DUBAN_HOST ?= 127.0.0.1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run test check proof bench screenshots format messages lock vendor clean

help: ## what can be asked for
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.run ## install, migrate, load the demonstration, start web, worker and beat; Ctrl-C stops them
	@exec $(BIN)/python manage.py serve

test: $(VENV)/.test ## the whole suite on SQLite and PostgreSQL, with Redis, Celery and Chromium of its own
	@exec $(BIN)/python -m tests.rig suite

proof: $(VENV)/.test ## the slow proofs: kill -9, races at full size, property runs
	@exec $(BIN)/python -m tests.rig proof

check: $(VENV)/.test ## format, lint, types, import arrows, templates, migrations, catalogues, deployment settings
	@exec $(BIN)/python -m tests.rig check

bench: $(VENV)/.test ## every benchmark, on a database of its own
	@exec $(BIN)/python -m tests.rig bench

screenshots: $(VENV)/.test ## every page at three sizes into docs/screenshots
	@exec $(BIN)/python -m tests.rig screenshots

format: $(VENV)/.test ## put the code into its format
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

messages: $(VENV)/.test ## collect new texts into the catalogues (needs gettext)
	@for app in agencies measures notifications workflow oversight seeds config; do \
	  if [ -d $$app/locale ]; then (cd $$app && ../$(BIN)/django-admin makemessages -l zh_Hans --no-location) || exit 1; fi; done

lock: $(VENV)/.test ## pin requirements.in and requirements-dev.in again, with hashes
	@$(BIN)/python -m pip install -q uv
	@$(BIN)/uv pip compile -q --generate-hashes --python-version 3.11 --no-emit-index-url --no-header requirements.in -o requirements.txt
	@$(BIN)/uv pip compile -q --generate-hashes --python-version 3.11 --no-emit-index-url --no-header requirements-dev.in -o requirements-dev.txt

vendor: ## fetch the front-end libraries again (needs npm)
	@.ci/vendor

clean: ## remove the virtual environment; the data under var/ stay
	rm -rf $(VENV)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null \
	  || { echo "Duban needs Python 3.11 as python3 (on Debian 12: apt-get install python3 python3-venv). Another one? make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "Python's venv is missing: apt-get install python3-venv"; exit 1; }
	@echo "Making the virtual environment ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	@echo "Installing what the product needs (once) ..."
	@$(BIN)/python -m pip install -q --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.test: requirements-dev.txt requirements.txt | $(VENV)/bin/python
	@echo "Installing what the product and its tests need (once) ..."
	@$(BIN)/python -m pip install -q --require-hashes -r requirements-dev.txt
	@touch $@
