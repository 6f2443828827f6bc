# Every target sets up what it needs by itself: Python 3.11+, git and make are enough.
PY := .venv/bin/python
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo test quick check format browser clean bench

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup:  ## make .venv with everything in it (done by every other target)
	@python3 tools/bootstrap.py

demo: setup  ## the meeting-router example, end to end, in under a minute
	@$(PY) examples/meeting_router/demo.py

test: setup browser  ## all tests
	@$(PY) -m pytest -q -n 2 --dist worksteal

quick: setup  ## the tests that take under five seconds each
	@$(PY) -m pytest -q -n 2 --dist worksteal -m "not slow"

check: setup  ## format, lint, types, floors
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyright
	@$(BIN)/lint-imports

format: setup  ## format and mend what can be mended by itself
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

browser:  # the page is tested in a real browser; where none can be installed these tests skip, and CI counts a skip as a failure
	@tools/install_browser.sh

clean:  ## remove what the targets made
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis build dist
