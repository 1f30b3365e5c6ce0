# Two commands do all the set-up: `make demo` and `make test`. Needs git, make and Python 3.11 or newer.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
DATA ?= data/demo

.DEFAULT_GOAL := help
.PHONY: help demo serve test lint bench lock clean

help:  ## Show what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.run  ## Crawl the embedded demo websites, publish, write a CSV
	@$(BIN)/galen demo

serve: $(VENV)/.run  ## Open the demo's database in Datasette (DATA=folder, PORT=number for others)
	@$(BIN)/galen serve --data $(DATA) $(if $(PORT),--port $(PORT))

test: $(VENV)/.dev  ## Run every test
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: $(VENV)/.dev  ## Check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev  ## Run the benchmarks (docs/benchmarks.md)
	$(BIN)/python -m bench

lock:  ## Pin the newest versions that pyproject.toml allows (maintainers; needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --upgrade \
	    --custom-compile-command "make lock" pyproject.toml -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --upgrade \
	    --custom-compile-command "make lock" --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean:  ## Remove the virtual environment and the demo's data
	rm -rf $(VENV) data/demo build *.egg-info

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Galen needs Python 3.11 or newer, this is " + sys.version.split()[0] + ". Name another: make demo PYTHON=python3.12")'
ifdef UV
	uv venv -q --allow-existing --python $(PYTHON) $(VENV)
else
	$(PYTHON) -m venv $(VENV)
endif
	@touch $@

PIP := $(if $(UV),uv pip install -q --python $(BIN)/python,$(BIN)/python -m pip install -qq --disable-pip-version-check)

# The project goes in without its dependencies: those are exactly the pinned ones. Its build speaks
# at length of editable packages, which is of interest only if it fails.
define install
	@echo "Installing the packages of $(1) ..."
	@$(PIP) --require-hashes -r $(1)
	@$(PIP) --no-deps --no-build-isolation -e . > $(VENV)/install.log 2>&1 || { cat $(VENV)/install.log; exit 1; }
endef

$(VENV)/.run: requirements.txt pyproject.toml | $(VENV)/.python
	$(call install,requirements.txt)
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements.txt pyproject.toml | $(VENV)/.python
	$(call install,requirements-dev.txt)
	@touch $@ $(VENV)/.run
