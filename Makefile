# The two commands of the README, and what they are made of.
PYTHON ?= python3
VENV := .venv/bin

.PHONY: demo test matrix corpus lint docs record release bench testbed-up testbed-down testbed-env clean help

help: ## Show the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/.ready ## From nothing to an application that answers HTTP (CONTEXT=… REGISTRY=… or a cluster of its own).
	@CONTEXT="$(CONTEXT)" REGISTRY="$(REGISTRY)" YES="$(YES)" $(VENV)/python -m tests.demo

test: .venv/.ready ## Run all tests, on a testbed that is gone afterwards (one that is up as well: it says so).
	@$(VENV)/python -m tests.run

matrix: .venv/.ready ## Run the long matrices whole, and write their tables (P=deploy for one part).
	@$(VENV)/python -m tests.run matrix $(P)

corpus: .venv/.ready ## Build and run what is taken in, shape by shape, and write the table (tests/matrix/corpus.md).
	@$(VENV)/python -m tests.run matrix corpus

lint: .venv/.ready ## Check style, types and the floors.
	@$(VENV)/python -m tests.run lint

docs: .venv/.ready ## Build the pages as a site, in build/site.
	@$(VENV)/python -m tests.pages.site

record: .venv/.ready ## Draw what a terminal shows of the line (docs/pictures/terminal.svg), on the testbed.
	@$(VENV)/python -m tests.pages.recording

bench: .venv/.ready ## Measure speed, as ratios to peers and floors (B=B9 for one of them).
	@$(VENV)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,bench]'
	@$(VENV)/python -m compileall -q pipelinekit
	@$(VENV)/python -m tests.benchmarks $(B)

release: .venv/.ready ## Build the wheel and make the tag of a version that the changelog has; pushes nothing.
	@$(VENV)/python -m tests.release

testbed-up: .venv/.ready ## Start the one-node Kubernetes of the tests.
	@$(VENV)/python -m tests.testbed up

testbed-down: ## Stop it, and leave nothing behind.
	@$(PYTHON) -m tests.testbed down

testbed-env: ## Print its environment: eval "$$(make --silent testbed-env)".
	@$(PYTHON) -m tests.testbed env

# Made again when the metadata changes; the marker comes last, so that a broken install is not taken for a good one.
.venv/.ready: pyproject.toml tests/setup.sh
	@PYTHON="$(PYTHON)" sh tests/setup.sh
	@touch $@

clean: ## Remove the virtual environment and what tests and demo have left in this folder.
	rm -rf .venv .demo build dist
