# Gatehouse. `make` alone prints the targets; `make run` and `make test` do all of their own set-up.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

GOLANGCI_VERSION := v2.15.0
TOOLS := $(CURDIR)/bin/tools
FUZZTIME ?= 20s
MINUTES ?= 10

.PHONY: help run run-postgres servers test test-go test-e2e lint bench chaos attack overload enumeration conformance clients build fuzz fmt chromium node

help: ## print the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/gatehouse and bin/demoportal
	@mkdir -p bin
	go build -trimpath -ldflags '-s -w' -o bin/gatehouse ./cmd/gatehouse
	go build -trimpath -ldflags '-s -w' -o bin/demoportal ./cmd/demoportal

run: build ## provider on http://localhost:8080, demo portal on http://127.0.0.1:8090, data kept in ./data
	@exec bin/gatehouse dev --data data

DATA ?= data/run-postgres

run-postgres: build servers ## the same on PostgreSQL and Redis of its own, data kept in ./data/run-postgres
	@exec deploy/run-postgres.sh $(DATA)

# PostgreSQL, Redis and pgbouncer are installed from Debian's packages where they are missing. Their services are not needed:
# tests, bench and run-postgres start servers of their own on free ports.
servers:
	@ls /usr/lib/postgresql/*/bin/initdb /usr/bin/redis-server /usr/sbin/pgbouncer >/dev/null 2>&1 || \
	  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends postgresql redis-server pgbouncer; }

test: test-go test-e2e ## everything: rules, storage contract, whole house, browser, certified client

# The race detector watches Gatehouse and what it calls, but not the inside of SQLite, which is C made into Go: there it costs a
# factor of three in time, and finds nothing that Gatehouse could have caused.
RACE := -race -gcflags='modernc.org/...=-race=false'

test-go: servers
	go vet ./...
	go test $(RACE) -timeout 20m ./...

test-e2e: build chromium node clients
	cd templates/browsertest && npm ci --no-audit --no-fund --loglevel=error
	CHROMIUM="$$(command -v chromium)" templates/browsertest/run

# Chromium and Node are installed from Debian's packages where they are missing; without them the test fails, never skips.
chromium:
	@command -v chromium >/dev/null || { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium; }

node:
	@command -v npm >/dev/null || { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends nodejs npm; }

# What sign in to us in clients.test.mjs without being ours: Debian's Apache module and Authlib, and openssl for the certificate.
clients:
	@test -e /usr/lib/apache2/modules/mod_auth_openidc.so && test -x /usr/bin/openssl && /usr/bin/python3 -c 'import authlib, requests' 2>/dev/null || \
	  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends libapache2-mod-auth-openidc python3-authlib python3-requests openssl; }

lint: $(TOOLS)/golangci-lint-$(GOLANGCI_VERSION) ## the laws of the house and the chosen linters
	$(TOOLS)/golangci-lint-$(GOLANGCI_VERSION) run ./...
	@test -z "$$(gofmt -l cmd keys provider storage templates)" || { gofmt -l cmd keys provider storage templates; exit 1; }

$(TOOLS)/golangci-lint-$(GOLANGCI_VERSION):
	@mkdir -p $(TOOLS)
	GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	@mv $(TOOLS)/golangci-lint $@

bench: build servers ## load a fresh server and print what each operation costs it, and what the outbox carries
	go run ./cmd/bench
	go test -run '^$$' -bench Delivery -benchtime 1000x ./provider/notify

chaos: build servers ## load three servers under random faults for MINUTES (10), and judge what everybody was told; SEED repeats a run
	go run ./cmd/chaos -minutes $(MINUTES) $(if $(SEED),-seed $(SEED))

enumeration: build ## measure for nine minutes whether a clock tells who has an account, and print the table
	go run ./cmd/enumeration

conformance: ## sit the certification plans of OpenID as we restate them, and print each module's result
	@go test -count=1 -v -run '^TestConformance$$' ./provider/server 2>&1 | awk -f provider/server/testdata/conformance.awk

attack: servers ## try to get in where one must not, on SQLite and on replicas; and break each defence to see that its probe notices
	go run ./cmd/attack

overload: build servers ## ten times as many sign-ins as are carried, for a minute; fails where a promise is broken
	go run ./cmd/overload

fuzz: ## run every fuzz target for FUZZTIME (20s)
	@grep -rlE '^func Fuzz' --include='*_test.go' . | while read -r file; do \
	  for target in $$(grep -oE '^func Fuzz[A-Za-z0-9]+' "$$file" | sed 's/func //'); do \
	    echo "== $$target ($$(dirname "$$file"))"; \
	    go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) "$$(dirname "$$file")" || exit 1; \
	  done; done

fmt: ## format the code
	gofmt -w cmd keys provider storage templates
