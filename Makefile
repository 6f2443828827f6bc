# Every target sets up what it needs by itself: Python 3.11+, git and make are enough.
PY := .venv/bin/python
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-chat test test-local live quick check format browser clean bench

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup:  ## make .venv with everything in it (done by every other target)
	@python3 tools/bootstrap.py

demo: setup  ## the meeting-router example, end to end, in under a minute
	@$(PY) examples/meeting_router/demo.py

demo-chat: setup  ## 500 simulated users talk with three versions of a chat bot, in under a minute
	@rm -rf out/onboarding_chat && mkdir -p out && cp -r examples/onboarding_chat out/onboarding_chat
	@cd out/onboarding_chat && ../../$(BIN)/synthloop simulate --all

test: setup browser  ## all tests
	@$(PY) -m pytest -q -n 2 --dist worksteal -m "not local and not live"

test-local: export SYNTHLOOP_VENV = .venv-local
test-local:  ## weights on disk, and names by spaCy: torch, transformers and spaCy (1.4 GB) in an environment of their own
	@python3 tools/bootstrap.py --extras dev,local,names
	@.venv-local/bin/python -m pytest -q -m local tests/local

live: setup  ## ask a real provider: make live MODEL=openai:NAME, with its key in the environment; costs a few cents at most
	@SYNTHLOOP_LIVE_MODEL=$(MODEL) $(PY) -m pytest -q -m live tests/live

quick: setup  ## the tests that take under five seconds each
	@$(PY) -m pytest -q -n 2 --dist worksteal -m "not slow and not local and not live"

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
	rm -rf .venv .venv-local .pytest_cache .ruff_cache .hypothesis build dist
