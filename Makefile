PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo server test test-slow test-live check format bench clean

help: ## Say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "assetgen needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[speech]" --group dev
	@touch $@

setup: $(READY) ## Make .venv with everything in it

demo: $(READY) ## Make a whole game chapter as drafts: no key, no network, no cost
	@$(BIN)/assetgen run samples/chapter.yaml --draft --out demo/out --cache-dir demo/cache --state-dir demo/state
	@echo
	@echo "  pictures    demo/out/images/ch1/"
	@echo "  narration   demo/out/audio/ch1/        captions beside it, in demo/out/captions/ch1/"
	@echo "  cutscenes   demo/out/cutscenes/ch1/"
	@echo "  what it would really cost:   $(BIN)/assetgen estimate samples/chapter.yaml"

test: $(READY) ## Run all tests (a few minutes at most)
	@$(BIN)/python -m pytest -n auto -m "not slow and not live"

test-slow: $(READY) ## Run the long proofs, and show their figures
	@$(BIN)/python -m pytest -n auto --dist worksteal -m slow

test-live: $(READY) ## Try the real services whose keys are set: a few cents, and it says how many
	@$(BIN)/python -m pytest -m live -rs tests/live

check: $(READY) ## Lint, types, and the contract of the house
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

server: $(READY) ## Four strict services on this machine, to watch the tool without a key
	@$(BIN)/python -m tests.services --latency 1

format: $(READY) ## Format the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

bench: $(READY) ## Measure speed, each figure beside its floor
	@$(BIN)/python -m tests.bench

clean: ## Remove everything that can be made again
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist demo
