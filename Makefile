# Two commands matter: `make run` and `make test`. Both install what is missing first.
SHELL := /bin/bash
CARGO ?= cargo

.PHONY: run test web-browser interop-browser bench check fmt clippy fuzz

run: ## Install what is missing, build, start the demo organization, say where to go.
	@scripts/install run
	$(CARGO) build --release -p trunkline
	@exec "$${CARGO_TARGET_DIR:-target}/release/trunkline" serve --demo

test: ## Install what tests need, and run every test.
	@scripts/install build
	@CARGO=$(CARGO) scripts/test

web-browser: ## Install Chromium and walk through the pages of the admin center with it.
	@scripts/install browser
	@scripts/install pages
	$(CARGO) build -p trunkline
	@cd web && TRUNKLINE_PROGRAM="$$(realpath "$${CARGO_TARGET_DIR:-../target}/debug/trunkline")" npm run e2e --silent

interop-browser: ## Install Chromium and let it register and be called over a WebSocket.
	@scripts/install browser
	$(CARGO) test -p trunkline --test browser

bench: ## Measure speed against the raw limit of this machine; prints a table for bench/README.md.
	@scripts/install bench
	$(CARGO) build --release -p trunkline --bin trunkline --examples
	@"$${CARGO_TARGET_DIR:-target}/release/examples/bench"

clippy:
	$(CARGO) clippy --workspace --all-targets -- -D warnings

fuzz: ## Ten minutes of coverage-guided fuzzing for each parser; needs a nightly toolchain and cargo-fuzz.
	@cd fuzz && for target in $$(cargo +nightly fuzz list); do \
		cargo +nightly fuzz run "$$target" -- -max_total_time=600 || exit 1; done
