# Thin names over CMake presets and scripts. `make` lists them.
SHELL := /bin/bash
JOBS ?= $(shell nproc)
PREFIX ?= /usr
BUILD := build/release
DEMO_SECONDS ?=

.DEFAULT_GOAL := help
.PHONY: help setup build test unit chaos check-format demo run bench lint format fuzz asan tsan install deb clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

setup: ## Install what building, testing and the devnet need (apt, npm)
	@tools/setup.sh all

setup-build:
	@tools/setup.sh build

build: setup-build ## Build the release binaries
	@cmake --preset release >build/configure.log 2>&1 || { cat build/configure.log; exit 1; }
	@cmake --build $(BUILD) -j $(JOBS)

test: setup build ## Build and run every test
	@ctest --test-dir $(BUILD) --output-on-failure -j $(JOBS)

unit: build ## Run the unit tests only
	@ctest --test-dir $(BUILD) --output-on-failure -j $(JOBS) -L unit

chaos: build ## Run the faults of tests/chaos (CHAOS_ONLY=group,…, CHAOS_SEED=n, CHAOS_SECONDS=n, CHAOS_BUILD=folder)
	@tests/chaos/chaos.py --binary $(or $(CHAOS_BUILD),$(BUILD))/viz-api --only '$(CHAOS_ONLY)' \
	  --seconds $(or $(CHAOS_SECONDS),1200) $(if $(CHAOS_SEED),--seed $(CHAOS_SEED))

demo: setup build ## A devnet with real traffic, and viz-api against it (DEMO_SECONDS=n, DEMO_PORT=p)
	@DEMO_SECONDS='$(DEMO_SECONDS)' tools/demo.sh $(BUILD)/viz-api

run: build ## Start against the chains of the configuration (VIZ_API_… environment)
	@exec $(BUILD)/viz-api

bench: setup-build build ## Run the benchmarks; JSON results under build/bench
	@tools/bench.sh $(BUILD)

lint: setup-build ## Format check, clang-tidy, dependency rule
	@tools/lint.sh

check-format: setup-build
	@git ls-files '*.cpp' '*.hpp' | xargs clang-format-14 --dry-run -Werror

format: ## Rewrite the sources with clang-format
	@git ls-files '*.cpp' '*.hpp' | xargs clang-format-14 -i

asan: setup-build ## Unit tests under AddressSanitizer and UBSan
	@tools/sanitize.sh asan

tsan: setup-build ## Bus, runtime and storage tests under ThreadSanitizer
	@tools/sanitize.sh tsan

fuzz: setup-build ## Each fuzz target for FUZZ_SECONDS (8)
	@tools/fuzz.sh

install: build ## Install under $(DESTDIR)$(PREFIX)
	@cmake --install $(BUILD) --prefix $(PREFIX)

deb: build ## A Debian package under build/deb, checked by lintian
	@tools/deb.sh $(BUILD)

clean: ## Remove what was built
	@rm -rf build
