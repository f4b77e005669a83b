# Two commands: `make demo` and `make test`. Both set everything up; nothing else is needed
# but Python 3.11+ and make.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
STAMP = $(VENV)/.installed

.PHONY: setup demo test slow check lock sbom audit faults soak clean help

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(STAMP): requirements-dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q monitor  # as in the image, also where Python may not write it
	touch $(STAMP)

setup: $(STAMP) ## virtual environment with locked dependencies

demo: $(STAMP) ## the whole pipeline on a bundled loopback news site, in under a minute
	$(BIN)/monitor demo

test: $(STAMP) check ## everything that decides whether this tree is good
	$(BIN)/python -m pytest -n 2 -m "not slow"

slow: $(STAMP) ## the checks that take minutes; CI runs them after `make test`
	$(BIN)/python -m pytest -n 2 --dist worksteal -m slow

check: $(STAMP) ## linter, formatter, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lock: ## renew the locked requirements (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-emit-index-url pyproject.toml -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-emit-index-url --extra test pyproject.toml -o requirements-dev.txt

sbom: $(STAMP) ## what is inside, as CycloneDX (sbom.json); works offline
	$(BIN)/python .ci/sbom.py requirements.txt > sbom.json
	@echo "sbom.json: $$(grep -c '"purl"' sbom.json) components"

audit: ## known vulnerabilities of the locked dependencies (needs the network: advisories)
	test -x .venv-audit/bin/pip-audit || { $(PYTHON) -m venv .venv-audit && .venv-audit/bin/pip install --quiet pip-audit; }
	.venv-audit/bin/pip-audit --strict --require-hashes --disable-pip -r requirements.txt

faults: $(STAMP) ## every fault on purpose, compared with the truth (half an hour); the table
	$(BIN)/python bench/faults.py

soak: $(STAMP) ## a simulated month (a quarter of an hour)
	$(BIN)/python bench/soak.py

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
