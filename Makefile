# Short names for CMake presets and scripts. `make` lists them.
# Every recipe runs with the programs of a bare Debian 12.
SHELL := tools/debian.sh
JOBS ?= $(shell nproc)
PREFIX ?= /usr
BUILD := build/release
PROGRAMS := viz-api viz-tap viz-replay
DEMO_SECONDS ?=

.DEFAULT_GOAL := help
.PHONY: help setup build test unit chaos check-format demo run bench lint format fuzz asan tsan install deb clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

setup: ## Install the requirements of build, tests and devnet (apt, npm)
	@tools/setup.sh all

build: ## Build the release binaries
	@tools/setup.sh build
	@tools/configure.sh release
	@cmake --build $(BUILD) -j $(JOBS) --target $(PROGRAMS)

test: ## Build and run every test
	@tools/step.sh '1 of 4' 'install packages (apt, npm)' tools/setup.sh all
	@tools/step.sh '2 of 4' 'configure the build' tools/configure.sh release -DVIZ_TESTS=ON
	@tools/step.sh '3 of 4' 'build the programs and the tests' cmake --build $(BUILD) -j $(JOBS)
	@tools/step.sh '4 of 4' 'run the tests' tools/run_tests.sh release $(BUILD) -j $(JOBS)

unit: ## Run the unit tests only
	@tools/setup.sh build test run
	@tools/configure.sh release -DVIZ_TESTS=ON
	@cmake --build $(BUILD) -j $(JOBS) --target unit_tests
	@tools/run_tests.sh release $(BUILD) -j $(JOBS) -L unit

check-format:
	@tools/setup.sh lint
	@git ls-files -z '*.cpp' '*.hpp' | xargs -0 clang-format-14 --dry-run -Werror

chaos: build ## Run the fault injection of tests/chaos (CHAOS_ONLY=group,…, CHAOS_SEED=n, CHAOS_SECONDS=n, CHAOS_BUILD=folder, CHAOS_SOAK=n)
	@$(if $(CHAOS_SOAK),tools/setup.sh run)
	@tests/chaos/chaos.py --binary $(or $(CHAOS_BUILD),$(BUILD))/viz-api --only '$(CHAOS_ONLY)' \
	  --seconds $(or $(CHAOS_SECONDS),1200) $(if $(CHAOS_SEED),--seed $(CHAOS_SEED)) $(if $(CHAOS_SOAK),--soak $(CHAOS_SOAK))

demo: ## Run a devnet with real traffic and viz-api against it (DEMO_SECONDS=n, DEMO_PORT=p)
	@tools/step.sh '1 of 4' 'install packages (apt, npm)' tools/setup.sh build run
	@tools/step.sh '2 of 4' 'configure the build' tools/configure.sh release
	@tools/step.sh '3 of 4' 'build $(PROGRAMS)' cmake --build $(BUILD) -j $(JOBS) --target $(PROGRAMS)
	@echo 'step 4 of 4: start a node with traffic, and viz-api'
	@DEMO_SECONDS='$(DEMO_SECONDS)' tools/demo.sh $(BUILD)/viz-api

run: build ## Run viz-api with the configured chains (VIZ_API_… environment)
	@exec $(BUILD)/viz-api

bench: ## Run the benchmarks; JSON results under build/bench
	@tools/setup.sh build test
	@tools/configure.sh release -DVIZ_TESTS=ON
	@tools/bench.sh $(BUILD)

lint: ## Run the format check, clang-tidy and the dependency rule
	@tools/setup.sh build test lint
	@tools/lint.sh

format: ## Rewrite the sources with clang-format
	@tools/setup.sh lint
	@git ls-files -z '*.cpp' '*.hpp' | xargs -0 clang-format-14 -i

asan: ## Run the unit tests under AddressSanitizer and UBSan
	@tools/setup.sh build test lint
	@tools/sanitize.sh asan

tsan: ## Run the bus, runtime and storage tests under ThreadSanitizer
	@tools/setup.sh build test lint
	@tools/sanitize.sh tsan

fuzz: ## Run each fuzz target for FUZZ_SECONDS (8)
	@tools/setup.sh build test lint
	@tools/fuzz.sh

install: build ## Install under $(DESTDIR)$(PREFIX)
	@tools/setup.sh package
	@tools/configure.sh release
	@cmake --build $(BUILD) -j $(JOBS) --target documents
	@cmake --install $(BUILD) --prefix $(PREFIX)

deb: build ## Make a Debian package under build/deb, checked by lintian
	@tools/setup.sh package
	@tools/configure.sh release
	@tools/deb.sh $(BUILD)

clean: ## Remove the build folder
	@rm -rf build
