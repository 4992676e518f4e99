# Two commands carry a newcomer: `make demo` and `make test`.

GO ?= go
export CGO_ENABLED = 0

ASSETS = internal/web/static/dist/manifest.json
WEB    = $(shell find internal/web tools/assets -name '*.ts' -o -name '*.css' -o -name '*.html' -o -name '*.svg' -o -name '*.go' | grep -v /dist/)

.PHONY: demo build token test quick bench torture generate clean

## demo: a fictional province on this machine (FRESH=1 starts over)
demo: build
	@./bin/vanthu demo $(if $(FRESH),--fresh)

## build: the one static binary, bin/vanthu
build: $(ASSETS)
	$(GO) build -trimpath -o bin/vanthu .

## token: the agent for PKCS#11 tokens, bin/vanthu-token; needs a C compiler
token:
	CGO_ENABLED=1 $(GO) build -trimpath -o bin/vanthu-token ./agent

$(ASSETS): node_modules/.done $(WEB)
	$(GO) run ./tools/assets

node_modules/.done: package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

## test: install what the tests need, then everything, on SQLite and PostgreSQL
test: build
	sh tools/setup.sh
	$(GO) vet ./...
	$(GO) test -timeout 25m $$($(GO) list ./... | grep -v /internal/browser)
	$(GO) test -timeout 10m ./internal/browser # alone: it types at a person's pace
	cd bench && $(GO) vet . && $(GO) test . # a module of its own: what it compares with is no part of the product

## quick: the short tests, SQLite only
quick: $(ASSETS)
	$(GO) vet ./...
	$(GO) test -short ./...

## bench: figures with their ratios; see doc/benchmarks.md
bench: $(ASSETS)
	cd bench && $(GO) run .
	$(GO) test -run '^$$' -bench . -benchtime 30x ./edxml
	$(GO) test -run '^$$' -bench . -benchtime 5x ./pades
	$(GO) test -run '^$$' -bench . -benchtime 1x ./ledger ./internal/hub ./internal/db

## torture: hundreds of kills, power cuts and turned bits; see doc/faults.md
torture: $(ASSETS)
	sh tools/setup.sh
	VANTHU_TORTURE=$(or $(ROUNDS),300) VANTHU_SEEDS=$(or $(SEEDS),1000) $(GO) test -timeout 4h -v ./internal/torture
	VANTHU_SEEDS=$(or $(SEEDS),1000) $(GO) test -timeout 4h -v -run AnyOrderOfSteps ./internal/hub

## generate: documents made from the source
generate:
	$(GO) run ./tools/trace
	$(GO) run ./tools/docs

clean:
	rm -rf bin node_modules internal/web/static/dist/*
