# Every task of a maintainer, from a fresh clone on: each rule makes its own inputs, `make` alone lists the rules.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash -o pipefail
# Tests start hundreds of processes; without byte code on disk each process compiles everything anew.
export PYTHONDONTWRITEBYTECODE :=

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := .cache/uv/bin/uv
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
PARTS ?=

# What the rules install of pyproject.toml's extras and groups. `$(READY)-x` stands for .venv with packages-x in it.
READY := $(VENV)/.ready
packages-contract := --extra contract --group generate
packages-spec := --extra drift --group spec
packages-lint := --group lint
packages-examples := --group examples
packages-test := --all-extras --group test --group docs
packages-dev := --all-extras --group dev
packages-docs := --all-extras --group docs
packages-browser := $(packages-test) --group browser

# uv takes a fraction of pip's time. Each package has to be in the one lock, with its hash.
INSTALL := $(UV) pip install --quiet --python $(BIN)/python
LOCKED := $(INSTALL) --require-hashes --constraint requirements.lock --requirement pyproject.toml

##@ Set up
.PHONY: install
install: $(READY)-dev ## make .venv with all that a developer needs

$(READY)-%: $(VENV)/.editable
	$(LOCKED) $(packages-$*)
	@touch $@

$(VENV)/.editable: $(VENV)/.made pyproject.toml
	$(LOCKED) --group build
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.made: requirements.lock $(UV)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is older than Python 3.11; name a newer one: make PYTHON=python3.12" >&2; exit 2; }
	$(PYTHON) -m venv --without-pip --clear $(VENV)
	@echo "$(PYTHON)" > $@

# Another Python that the caller names replaces .venv; without a name .venv keeps its own.
ifneq ($(filter command environment,$(firstword $(origin PYTHON))),)
ifneq ($(shell cat $(VENV)/.made 2>/dev/null),$(PYTHON))
.PHONY: $(VENV)/.made
endif
endif

$(UV): .cache/uv.lock
	$(PYTHON) -m venv --clear .cache/uv
	.cache/uv/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes --requirement $<
	@test -x $@ && touch $@

# The part of the lock that pip reads.
.cache/uv.lock: requirements.lock
	@mkdir -p $(@D)
	@sed -n '/^uv==/,/^ *#/p' $< > $@.new
	@cmp --silent $@.new $@ || cp $@.new $@

.PHONY: lock
lock: $(UV) ## renew requirements.lock after a change of pyproject.toml
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command "make lock" --all-extras --group install --group dev --group browser --group examples \
	  --output-file requirements.lock pyproject.toml

##@ Description
.PHONY: generate
generate: $(GENERATED) ## write generated/: documents, client, register page

$(GENERATED): $(SOURCES) $(READY)-contract
	$(BIN)/python -m jobexport.spec.generate

.PHONY: check-generated
check-generated: $(READY)-contract ## fail if generated/ differs from a fresh run
	$(BIN)/python -m jobexport.spec.generate --check

.PHONY: resolve
resolve: $(READY)-contract ## print one edition's document: make resolve EDITION=otc-2024
	@$(BIN)/jobexport resolve $(EDITION)

.PHONY: drift
drift: $(READY)-spec ## report what documentation pages change: make drift DOCS=folder EDITION=otc-2024
	@test -n "$(DOCS)" || { echo "name the pages, files or a folder: make drift DOCS=folder" >&2; exit 2; }
	$(BIN)/jobexport drift $(DOCS) $(if $(filter command,$(firstword $(origin EDITION))),--edition $(EDITION))

.PHONY: lint-spec
lint-spec: $(GENERATED) $(READY)-spec ## check the union, the editions, the examples and the register
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
test: $(GENERATED) $(READY)-test ## run the tests: make test TESTS=tests/mock
	@# Files with few tests, which take longest, do not come last: other workers would wait for them.
	$(BIN)/python -m pytest --quiet --numprocesses auto --dist loadfile --no-loadscope-reorder $(TESTS)

.PHONY: test-corpus
test-corpus: $(GENERATED) $(READY)-test ## compare with the vendor's pages and others' overlays: make test-corpus CORPUS=../shared
	@test -d "$(CORPUS)/docs" && test -d "$(CORPUS)/overlay-compliant-sets" || { echo "CORPUS has to be a folder with docs/" \
	  "and overlay-compliant-sets/; name it: make test-corpus CORPUS=../shared" >&2; exit 2; }
	JOBEXPORT_CORPUS="$(abspath $(CORPUS))" \
	  $(BIN)/python -m pytest --quiet --numprocesses auto --dist worksteal tests/corpus

.PHONY: test-browser
test-browser: $(GENERATED) $(READY)-browser docs ## test the pages for people in a headless Chromium
	@for program in chromium chromedriver; do command -v $$program >/dev/null || \
	  { echo "test-browser needs $$program; install Debian's packages chromium and chromium-driver" >&2; exit 2; }; done
	JOBEXPORT_BROWSER=$$(command -v chromium) JOBEXPORT_DRIVER=$$(command -v chromedriver) \
	  $(BIN)/python -m pytest --quiet tests/browser

.PHONY: format
format: $(READY)-lint ## format the code
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format .

.PHONY: lint
lint: $(READY)-lint ## check style and the direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache

.PHONY: lint-examples
lint-examples: $(READY)-examples ## check the Dockerfile and the workflows of examples/
	@test ! -x $(BIN)/hadolint || $(BIN)/hadolint examples/Dockerfile
	@# GitHub's own actions are named by their major version.
	$(BIN)/zizmor --offline --no-progress --quiet examples/workflows/*.yml --config \
	  <(echo 'rules: {unpinned-uses: {config: {policies: {"actions/*": ref-pin}}}}')

.PHONY: typecheck
typecheck: $(GENERATED) $(READY)-dev ## check types
	$(BIN)/mypy

.PHONY: docs
docs: $(GENERATED) $(READY)-docs ## make the documentation site, reports/site/index.html, and check its links
	$(BIN)/python -m docs._site.build

.PHONY: check
check: check-generated lint-spec lint lint-examples typecheck test contract docs build ## all checks and tests, as CI runs them

.PHONY: drift-strength
drift-strength: $(GENERATED) $(READY)-test ## all random pages, changes and hostile files for drift
	JOBEXPORT_THOROUGH=1 $(BIN)/python -m pytest --quiet --numprocesses auto --dist worksteal tests/drift

.PHONY: soak
soak: $(GENERATED) $(READY)-test ## ten minutes of load with faults against the mock
	$(BIN)/python benchmarks/soak.py

.PHONY: fuzz
fuzz: $(GENERATED) $(READY)-test ## 100,000 random requests against the mock
	$(BIN)/python benchmarks/fuzz.py

.PHONY: contract-strength
contract-strength: $(GENERATED) $(READY)-test ## count the faults that the contract test sees: make contract-strength FAULTS="state zip-cut"
	$(BIN)/python benchmarks/contract_strength.py $(FAULTS)

.PHONY: benchmarks
benchmarks: $(GENERATED) $(READY)-test ## measure beside other programs, and store: make benchmarks PARTS="client mock"
	$(BIN)/python benchmarks/run.py $(if $(CORPUS),--corpus "$(CORPUS)") $(PARTS)
	$(BIN)/python benchmarks/page.py

.PHONY: benchmark-page
benchmark-page: $(READY)-test ## make docs/benchmarks.md from the stored figures
	$(BIN)/python benchmarks/page.py

##@ Ship
.PHONY: build
build: $(GENERATED) ## make the wheel and the source archive in dist/
	rm -rf dist
	$(BIN)/hatchling build

.PHONY: release
release: check verify-release ## all checks, then the wheel with each Python at hand and each extra; prints what to upload

.PHONY: verify-release
verify-release: build $(READY)-test
	$(BIN)/python benchmarks/release.py $(UV) dist

.PHONY: clean
clean: ## remove all files that a rule can make again
	rm -rf $(VENV) .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .schemathesis dist \
	  reports generated.*

.PHONY: help
help: ## list the rules
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*## / {printf "  %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
