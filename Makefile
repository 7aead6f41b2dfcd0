# Every command sets itself up: Python 3.11 or newer and make are all a machine needs.
.DEFAULT_GOAL := help
PORT ?= 8080
WORKERS ?= 2
BIN := .venv/bin

.PHONY: help setup up demo backfill backtest test check coverage mutation scale bench calibrate torture format generate lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:
	@sh infra/setup.sh

up: setup ## the whole platform on http://127.0.0.1:8080 (PORT=), until Ctrl-C
	@$(BIN)/python -m local up --port $(PORT)

demo: setup ## signals, identity and money, from sign-up to a socket and from a card to the books, as clients see them
	@$(BIN)/python -m demo

backfill: setup ## years of candles into the running platform, resumable (python -m backfill --help)
	@$(BIN)/python -m backfill

backtest: setup ## what a strategy would have done on a tape (ARGS="--help")
	@$(BIN)/python -m research $(ARGS)

test: setup ## everything a stranger needs to trust it (WORKERS=1: one after another)
	@$(BIN)/python -m pytest $(if $(filter-out 1,$(WORKERS)),-n $(WORKERS) --no-loadscope-reorder)

check: setup ## format, lint, types, import contracts, imported modules, drift, templates
	@$(BIN)/python -m gates all

FINISHED := signals analytics users partners kyc privacy

coverage: setup ## every branch of model and service of the finished domains by their unit and contract tests, or it fails
	@mkdir -p .local && COVERAGE_FILE=.local/coverage $(BIN)/python -m pytest --hypothesis-seed=0 \
		$(foreach one,$(FINISHED),tests/unit/$(one) tests/contract/$(one) --cov=$(one).model --cov=$(one).service)

mutation: setup ## change model and policies in 1,500 places, and see a unit test fail for each (docs/mutation.md)
	@$(BIN)/python -m mutation $(ARGS)

scale: setup ## a day of 500 instruments through the market consumer, compressed; writes docs/scale.md
	@$(BIN)/python -m benchmarks.scale

bench: setup ## the speed goals, each beside its peer, as ratios
	@$(BIN)/python -m benchmarks

calibrate: setup ## fit the strategies' confidence to the recorded tapes, and judge it on the part held out
	@$(BIN)/python -m calibration

torture: setup ## the full tier of the promises: many sockets, many drops, many faults
	@$(BIN)/python -m pytest tests/torture

format: setup ## write the canonical format
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix-only --quiet .

generate: setup ## write what is generated: schemas, OpenAPI, API Gateway's definition
	@$(BIN)/python -m gates generate

lock: setup ## pin the newest packages again
	@VIRTUAL_ENV=.venv $(BIN)/uv pip compile pyproject.toml --extra dev --generate-hashes --universal --python-version 3.11 \
		--no-emit-index-url --no-header --quiet --upgrade --output-file requirements.lock

clean: ## forget what the platform stored in .local/
	@rm -rf .local
