# Run `make` to see what there is. Everything made here lies in target/, .venv/ and infra/node_modules/.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The kind of processor that the functions run on: arm64 (cheaper on AWS) or x86_64.
ARCH ?= arm64
# CDK context values of a deployment, such as: alarmEmail=me@example.com qboEnvironment=sandbox
CONTEXT ?=
# The crates that `make mutants` breaks, each in full or, after a colon, in so many places; the seed draws those.
MUTANTS ?= money ledger mapping:200
SEED ?= 1
# What the property tests of `make test` draw: the same each time. `make proof` and `cargo test` draw anew.
export PROPTEST_RNG_SEED ?= 20260506

# The entry points that `make fuzz` feeds, and for how many seconds each.
TARGETS ?= housecall_webhook housecall_answer quickbooks_webhook quickbooks_answer quickbooks_query queue_message
SECONDS_EACH ?= 600

CARGO_DENY_VERSION := 0.20.2
CARGO_FUZZ_VERSION := 0.13.1
CARGO_MUTANTS_VERSION := 27.1.0
DYNAMODB_LOCAL_VERSION := 2.9.30
DYNAMODB_LOCAL_SHA512 := c5379e44bbf311fab2779961ddb1f8734907bd21c79a6843e590ec1c5280439836665e89aa515dbad6908422c7cf1129e91cb5a3b4c1ea7888a17b9002749ec1

FUNCTIONS := hcp-webhook qbo-webhook sync-consumer hcp-sweep payment-pull office manual-push connect notify
say = @printf '\n\033[1m[%s]\033[0m %s\n' $(1) $(2)

.PHONY: help
help: ## This list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

## Setting up ##

.PHONY: setup
setup: tools .venv/.ready infra/node_modules/.ready dynamodb-local ## Checks the tools and installs what they need, in this folder only

.PHONY: tools
tools:
	@missing() { printf '%s\n' "$$1" >&2; exit 1; }; \
	command -v cargo >/dev/null || missing 'Rust is missing. Install rustup from https://rustup.rs; it fetches the version in rust-toolchain.toml by itself.'; \
	python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || missing 'Python 3.10 or later is missing (python3).'; \
	python3 -c 'import ensurepip, venv' 2>/dev/null || missing 'The venv module of Python is missing (Debian: apt install python3-venv).'; \
	node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' 2>/dev/null || missing 'Node.js 20 or later is missing (node).'; \
	command -v npm >/dev/null || missing 'npm is missing; it usually comes with Node.js.'

.venv/.ready: tests/stack/requirements.txt
	$(call say,setup,'the AWS emulator with a QuickBooks client and cfn-lint into .venv')
	@python3 -m venv .venv
	@.venv/bin/python3 -m pip install --quiet --disable-pip-version-check -r tests/stack/requirements.txt
	@touch $@

infra/node_modules/.ready: infra/package.json infra/package-lock.json
	$(call say,setup,'CDK into infra/node_modules')
	@npm --prefix infra ci --loglevel=error
	@touch $@

# A second opinion for the tests of the table; it needs a JDK and is left out without one.
.PHONY: dynamodb-local
dynamodb-local:
	@if command -v javac >/dev/null; then $(MAKE) --silent target/tools/dynamodb-local/.ready-$(DYNAMODB_LOCAL_VERSION); fi

target/tools/dynamodb-local/.ready-$(DYNAMODB_LOCAL_VERSION):
	$(call say,setup,'DynamoDB Local into target/tools')
	@rm -rf target/tools/dynamodb-local && mkdir -p target/tools/dynamodb-local
	@cd target/tools && \
		npm pack --silent amplify-dynamodb-simulator@$(DYNAMODB_LOCAL_VERSION) >/dev/null && \
		archive=amplify-dynamodb-simulator-$(DYNAMODB_LOCAL_VERSION).tgz && \
		printf '%s  %s\n' $(DYNAMODB_LOCAL_SHA512) $$archive | shasum -a 512 -c --quiet - && \
		tar -xzf $$archive -C dynamodb-local --strip-components 2 package/emulator && \
		rm $$archive
	@touch $@

## Trying out ##

.PHONY: build
build: tools
	$(call say,build,'programs and functions')
	@cargo build --workspace --bins --locked

.PHONY: demo
demo: setup build ## Runs all of it here: three sample jobs, and what QuickBooks holds after each button (ONCE=1: then stop)
	@ONCE=$(ONCE) target/debug/demo

## Checking ##

.PHONY: test
test: setup build unit-tests rules infra-tests end-to-end ## All tests, the short forms of the long ones

.PHONY: unit-tests
unit-tests:
	$(call say,test,'crates')
	@if cargo nextest --version >/dev/null 2>&1; then \
		cargo nextest run --workspace --locked --no-fail-fast -E 'not binary(end_to_end)'; \
	else \
		cargo test --workspace --locked --no-fail-fast -- --skip every_scenario --skip v16_ --skip v21_; \
	fi

.PHONY: rules
rules:
	$(call say,test,'every rule has a test')
	@python3 -m unittest discover --quiet tests
	@python3 tests/rules.py

.PHONY: infra-tests
infra-tests: .venv/.ready infra/node_modules/.ready
	$(call say,test,'deployment')
	@npm --prefix infra test --silent

.PHONY: end-to-end
end-to-end:
	$(call say,test,'the deployed stack against the sandboxes')
	@cargo test --workspace --test end_to_end --locked -- --nocapture

.PHONY: lint
lint: setup target/tools/bin/cargo-deny-$(CARGO_DENY_VERSION) ## Formats, lints, licences, documentation, types
	$(call say,lint,'format')
	@cargo fmt --all --check
	$(call say,lint,'clippy')
	@cargo clippy --workspace --all-targets --locked -- -D warnings
	$(call say,lint,'licences and sources')
	@target/tools/bin/cargo-deny-$(CARGO_DENY_VERSION) --workspace --locked check licenses bans sources
	$(call say,lint,'documentation')
	@RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --locked
	$(call say,lint,'types')
	@npm --prefix infra run --silent typecheck

target/tools/bin/cargo-deny-$(CARGO_DENY_VERSION):
	$(call say,setup,'cargo-deny into target/tools (a few minutes, once)')
	@cargo install --quiet --locked --root target/tools cargo-deny@$(CARGO_DENY_VERSION)
	@mv target/tools/bin/cargo-deny $@

.PHONY: proof
proof: setup build ## The long forms of the tests (hours)
	$(call say,proof,'long forms')
	@unset PROPTEST_RNG_SEED; PROOF=long cargo test --workspace --locked --release --no-fail-fast -- --skip every_scenario --skip v16_ --skip v21_a_load_of_300
	$(call say,proof,'loads under faults on the deployed stack')
	@PROOF=long cargo test --package stack --test end_to_end --locked -- --nocapture --test-threads 1 _a_load_of_

.PHONY: mutants
mutants: tools target/tools/bin/cargo-mutants-$(CARGO_MUTANTS_VERSION) ## Breaks the code in many places: does a test notice? (hours; MUTANTS="money ledger mapping:200" SEED=1)
	$(call say,mutants,'$(MUTANTS)')
	@python3 tests/mutants.py --tool target/tools/bin/cargo-mutants-$(CARGO_MUTANTS_VERSION) --seed $(SEED) $(MUTANTS)

target/tools/bin/cargo-mutants-$(CARGO_MUTANTS_VERSION):
	$(call say,setup,'cargo-mutants into target/tools (a few minutes, once)')
	@cargo install --quiet --locked --root target/tools cargo-mutants@$(CARGO_MUTANTS_VERSION)
	@mv target/tools/bin/cargo-mutants $@

.PHONY: fuzz
fuzz: tools target/tools/bin/cargo-fuzz-$(CARGO_FUZZ_VERSION) ## Feeds what comes from outside with anything (an hour; TARGETS=quickbooks_webhook SECONDS_EACH=600)
	$(call say,fuzz,'building')
	@cd tests/fuzz && CARGO_TARGET_DIR=$(CURDIR)/target/fuzz ../../target/tools/bin/cargo-fuzz-$(CARGO_FUZZ_VERSION) build --fuzz-dir . --sanitizer none
	@mkdir -p target/fuzz/kept target/fuzz/findings && tar -xzf tests/fuzz/corpus.tar.gz -C target/fuzz/kept
	@for target in $(TARGETS); do \
		printf '\n\033[1m[%s]\033[0m %s\n' fuzz "$$target"; \
		mkdir -p target/fuzz/corpus/$$target target/fuzz/kept/$$target; \
		target/fuzz/$$(rustc -vV | sed -n 's/^host: //p')/release/$$target target/fuzz/corpus/$$target target/fuzz/kept/$$target \
			-dict=tests/fuzz/dictionary.txt -max_total_time=$(SECONDS_EACH) -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
			-artifact_prefix=target/fuzz/findings/$$target- -print_final_stats=1 -verbosity=0; \
	done

target/tools/bin/cargo-fuzz-$(CARGO_FUZZ_VERSION):
	$(call say,setup,'cargo-fuzz into target/tools (a few minutes, once)')
	@cargo install --quiet --locked --root target/tools cargo-fuzz@$(CARGO_FUZZ_VERSION)
	@mv target/tools/bin/cargo-fuzz $@

.PHONY: bench
bench: setup build ## Benchmarks; each prints its figure, none can fail on one
	$(call say,bench,'mapping: invoices a second on one core')
	@cargo bench --package mapping --locked
	$(call say,bench,'calls a second that the QuickBooks sandbox takes')
	@cargo bench --package qbo-sandbox --locked
	$(call say,bench,'calls for each sync')
	@target/debug/calls
	$(call say,bench,'many jobs at once and after an outage on a simulated clock')
	@target/debug/backlog
	@$(MAKE) build-lambda ARCH=$(shell uname -m | sed 's/aarch64/arm64/') FUNCTIONS='$(FUNCTIONS) bare-function'
	$(call say,bench,'start and memory and size of the functions as they go to AWS')
	@target/debug/bench target/lambda
	$(call say,bench,'from Finish to the invoice on the local stack (minutes; JOBS=100)')
	@target/debug/latency target/lambda

## Delivering ##

.PHONY: build-lambda
build-lambda: tools .venv/.lambda-ready ## Builds the functions for AWS into target/lambda (ARCH=arm64 or x86_64)
	$(call say,build,'functions for $(ARCH) with all optimisations (minutes)')
	@PATH="$(CURDIR)/.venv/bin:$$PATH" \
		cargo lambda build --locked --profile lambda $(if $(filter arm64,$(ARCH)),--arm64,--x86-64) \
		--lambda-dir target/lambda $(addprefix --package ,$(patsubst office,office-function,$(FUNCTIONS)))

.venv/.lambda-ready: infra/requirements.txt
	$(call say,setup,'cargo-lambda into .venv')
	@python3 -m venv .venv
	@.venv/bin/python3 -m pip install --quiet --disable-pip-version-check -r infra/requirements.txt
	@touch $@

.PHONY: bootstrap
bootstrap: infra/node_modules/.ready ## Prepares the AWS account and region of your environment for CDK (once)
	$(call say,bootstrap,'CDK in the AWS account and region of your environment')
	@account=$$(aws sts get-caller-identity --query Account --output text); \
	region=$${AWS_REGION:-$${AWS_DEFAULT_REGION:-$$(aws configure get region || true)}}; \
	[ -n "$$region" ] || { echo 'No region: set AWS_REGION.' >&2; exit 1; }; \
	mkdir -p target/bootstrap && cd target/bootstrap && \
		../../infra/node_modules/.bin/cdk bootstrap "aws://$$account/$$region"

.PHONY: deploy
deploy: setup build-lambda ## Deploys to AWS (CONTEXT="alarmEmail=me@example.com …"); see docs/DEPLOY.md
	$(call say,deploy,'to the AWS account and region of your environment')
	@cd infra && npx cdk deploy --context architecture=$(ARCH) $(addprefix --context ,$(CONTEXT)) \
		--outputs-file ../target/outputs.json
	@cd infra && node --import tsx bin/outputs-env.ts ../target/outputs.json > ../target/outputs.env
	@echo "The outputs are in target/outputs.env"

.PHONY: destroy
destroy: setup build-lambda ## Takes the deployment down (with the CONTEXT that it was deployed with); see docs/DEPLOY.md
	$(call say,destroy,'the deployment in the AWS account and region of your environment')
	@cd infra && npx cdk destroy --context architecture=$(ARCH) $(addprefix --context ,$(CONTEXT))

.PHONY: check-size
check-size: ## Compares the packed functions with their limits (after build-lambda)
	@python3 infra/check-size.py target/lambda
