# Run `make` to see what there is. Everything made here lies in target/, .venv/ and infra/node_modules/.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

DYNAMODB_LOCAL := 2.9.30
DYNAMODB_LOCAL_SHA512 := c5379e44bbf311fab2779961ddb1f8734907bd21c79a6843e590ec1c5280439836665e89aa515dbad6908422c7cf1129e91cb5a3b4c1ea7888a17b9002749ec1

.PHONY: help
help: ## This list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

.PHONY: setup
setup: .venv/.ready infra/node_modules/.ready dynamodb-local ## Checks the tools and installs what they need, in this folder only

.venv/.ready: tests/stack/requirements.txt
	@echo "[setup] the AWS emulator, into .venv"
	@python3 -m venv .venv
	@.venv/bin/pip install --quiet --disable-pip-version-check -r tests/stack/requirements.txt
	@touch $@

infra/node_modules/.ready: infra/package.json infra/package-lock.json
	@echo "[setup] CDK, into infra/node_modules"
	@npm --prefix infra ci --loglevel=error
	@touch $@

.PHONY: dynamodb-local
dynamodb-local:
	@if command -v javac >/dev/null; then $(MAKE) target/tools/dynamodb-local/.ready; fi

target/tools/dynamodb-local/.ready: Makefile
	@echo "[setup] DynamoDB Local, into target/tools"
	@rm -rf target/tools/dynamodb-local && mkdir -p target/tools/dynamodb-local
	@cd target/tools && npm pack --silent amplify-dynamodb-simulator@$(DYNAMODB_LOCAL) >/dev/null
	@cd target/tools && echo "$(DYNAMODB_LOCAL_SHA512)  amplify-dynamodb-simulator-$(DYNAMODB_LOCAL).tgz" | shasum -a 512 -c --quiet -
	@tar -xzf target/tools/amplify-dynamodb-simulator-$(DYNAMODB_LOCAL).tgz -C target/tools/dynamodb-local --strip-components 2 package/emulator
	@rm target/tools/amplify-dynamodb-simulator-$(DYNAMODB_LOCAL).tgz
	@touch $@
