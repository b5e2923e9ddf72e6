# On a machine with python3 (3.11 or newer), git and make, each target does its own set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Tests wait for processes of theirs: one worker more than processors keeps those busy.
WORKERS ?= 3

.PHONY: help demo test test-mail test-long lint types docs check bench bench-full clean

help:
	@echo "make demo    a desk with a morning's mail, worked and left to play with"
	@echo "make test    all tests but those of the next three"
	@echo "make test-mail  those with real mail servers, which it installs (Debian, as root)"
	@echo "make test-long  what takes long: random steps on several clones, the benchmark itself"
	@echo "make docs    what the pages say: their commands run, their tables are compared with the code"
	@echo "make check   tests, lint, types, documentation and the built wheel, as CI does it"
	@echo "make bench   what commands cost, with 100 and 10,000 tickets (minutes)"
	@echo "make bench-full  the same with 100,000 tickets, too (an hour, 8 GB of disk)"

$(VENV)/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("tix needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV) || { echo "python3 lacks venv: install it (Debian: apt install python3-venv)"; exit 1; }
	$(PIP) --editable .
	@$(BIN)/python -m compileall -q tix
	@touch $@

$(VENV)/developed: $(VENV)/installed
	$(PIP) --editable '.[dev]'
	@touch $@

demo: $(VENV)/installed
	@folder=demo-desk; n=1; while [ -e "$$folder" ]; do n=$$((n + 1)); folder=demo-desk-$$n; done; \
	$(BIN)/tix demo "$$folder" && echo "tix itself is $(BIN)/tix: put it on your PATH, or call it by that name."

test: $(VENV)/developed
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal -m "not servers and not long" \
		--ignore tests/docs

test-mail: $(VENV)/developed
	sh tests/servers/install.sh
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal -m servers -rs

test-long: $(VENV)/developed
	TIX_SYNC_RUNS=9 TIX_SYNC_STEPS=60 $(BIN)/python -m pytest --numprocesses $(WORKERS) \
		-m long -rP tests/sync/test_machine.py
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal -m long \
		--ignore tests/sync/test_machine.py

lint: $(VENV)/developed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/developed
	$(BIN)/mypy

docs: $(VENV)/developed
	$(BIN)/python -m pytest --numprocesses $(WORKERS) tests/docs

check: test lint types docs $(VENV)/developed
	$(BIN)/python tests/wheel/smoke.py

bench: $(VENV)/developed
	$(BIN)/python -m benchmarks --sizes 100,10000 --keep build/benchmark

bench-full: $(VENV)/developed
	$(BIN)/python -m benchmarks --sizes 100,10000,100000 --keep build/benchmark

clean:
	rm -rf $(VENV) build dist *.egg-info demo-desk*
