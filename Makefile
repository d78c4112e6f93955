# Every task of a maintainer, from a fresh clone on: each rule makes its own inputs, `make` alone lists the rules.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash -o pipefail
# Tests start hundreds of processes; without byte code on disk each process compiles everything anew.
export PYTHONDONTWRITEBYTECODE :=

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := $(VENV)/.packages
READY := $(VENV)/.ready
GENERATED := generated/provenance.json

# The sources of generated/: the description, the generator's settings, and the code that applies them.
SOURCES := $(wildcard openapi/*.yaml overlays/*.yaml openapi/codegen/* openapi/codegen/templates/*) \
           $(shell find src/jobexport/core src/jobexport/spec -name '*.py') overlays openapi/codegen openapi/codegen/templates

EDITION ?= otc-2026
PORT ?= 8080
SEED ?= 1
TESTS ?=
FAULTS ?=
DOCS ?=
CORPUS ?=

##@ Set up
.PHONY: install
install: $(READY) ## make .venv from requirements.lock

$(READY): $(PACKAGES) pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(PACKAGES): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is older than Python 3.11; name a newer one: make PYTHON=python3.12" >&2; exit 2; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@touch $@

.PHONY: lock
lock: ## make requirements.lock anew from pyproject.toml
	$(PYTHON) -m venv .cache/uv
	.cache/uv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	.cache/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command "make lock" --all-extras --group dev \
	  --output-file requirements.lock pyproject.toml
	.cache/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command "make lock" \
	  --constraint requirements.lock --output-file tests/browser/requirements.lock tests/browser/requirements.in

##@ Description
.PHONY: generate
generate: $(GENERATED) ## write generated/: documents, client, register page

$(GENERATED): $(SOURCES) $(READY)
	$(BIN)/python -m jobexport.spec.generate

.PHONY: check-generated
check-generated: $(READY) ## fail if generated/ differs from a fresh run
	$(BIN)/python -m jobexport.spec.generate --check

.PHONY: resolve
resolve: $(READY) ## print one edition's document: make resolve EDITION=otc-2024
	@$(BIN)/jobexport resolve $(EDITION)

.PHONY: drift
drift: $(READY) ## report what documentation pages change: make drift DOCS=folder EDITION=otc-2024
	@test -n "$(DOCS)" || { echo "name the pages, files or a folder: make drift DOCS=folder" >&2; exit 2; }
	$(BIN)/jobexport drift $(DOCS) $(if $(filter command,$(firstword $(origin EDITION))),--edition $(EDITION))

.PHONY: lint-spec
lint-spec: $(GENERATED) ## check the union, the editions, the examples and the register
	$(BIN)/python -m jobexport.spec.lint

##@ Run
.PHONY: mock
mock: $(GENERATED) ## start the mock: make mock EDITION=otc-2024 PORT=8080
	$(BIN)/jobexport mock --edition $(EDITION) --port $(PORT)

.PHONY: contract
contract: $(GENERATED) ## hold the embedded mock against every edition
	$(BIN)/jobexport contract --edition all --seed $(SEED) --report-dir reports/contract

##@ Check
.PHONY: test
test: $(GENERATED) ## run the tests: make test TESTS=tests/mock
	$(BIN)/python -m pytest --quiet --numprocesses auto --dist loadfile $(TESTS)

.PHONY: test-corpus
test-corpus: $(GENERATED) ## compare with the vendor's pages and others' overlays: make test-corpus CORPUS=../shared
	@test -d "$(CORPUS)/docs" && test -d "$(CORPUS)/overlay-compliant-sets" || { echo "CORPUS has to be a folder with docs/" \
	  "and overlay-compliant-sets/; name it: make test-corpus CORPUS=../shared" >&2; exit 2; }
	JOBEXPORT_CORPUS="$(abspath $(CORPUS))" \
	  $(BIN)/python -m pytest --quiet --numprocesses auto --dist worksteal tests/corpus

.PHONY: test-browser
test-browser: $(GENERATED) ## test the mock's page in a headless Chromium
	@for program in chromium chromedriver; do command -v $$program >/dev/null || \
	  { echo "test-browser needs $$program; install Debian's packages chromium and chromium-driver" >&2; exit 2; }; done
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  --requirement tests/browser/requirements.lock
	JOBEXPORT_BROWSER=$$(command -v chromium) JOBEXPORT_DRIVER=$$(command -v chromedriver) \
	  $(BIN)/python -m pytest --quiet tests/browser

.PHONY: format
format: $(READY) ## format the code
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format .

.PHONY: lint
lint: $(READY) ## check style and the direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache

.PHONY: typecheck
typecheck: $(GENERATED) ## check types
	$(BIN)/mypy

.PHONY: check
check: check-generated lint-spec lint typecheck test contract build ## all checks and tests, as CI runs them

.PHONY: drift-strength
drift-strength: $(GENERATED) ## all random pages, changes and hostile files for drift
	JOBEXPORT_THOROUGH=1 $(BIN)/python -m pytest --quiet --numprocesses auto --dist worksteal tests/drift

.PHONY: soak
soak: $(GENERATED) ## ten minutes of load with faults against the mock
	$(BIN)/python benchmarks/soak.py

.PHONY: fuzz
fuzz: $(GENERATED) ## 100,000 random requests against the mock
	$(BIN)/python benchmarks/fuzz.py

.PHONY: contract-strength
contract-strength: $(GENERATED) ## count the faults that the contract test sees: make contract-strength FAULTS="state zip-cut"
	$(BIN)/python benchmarks/contract_strength.py $(FAULTS)

##@ Ship
.PHONY: build
build: $(GENERATED) ## make the wheel and the source archive in dist/
	rm -rf dist
	$(BIN)/hatchling build

.PHONY: clean
clean: ## remove all files that a rule can make again
	rm -rf $(VENV) .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .schemathesis dist \
	  reports generated.*

.PHONY: help
help: ## list the rules
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
