# What a developer and CI call. `make help` lists it.

GO ?= go

# What `s1bot version` says; the same sources make the same binary.
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
COMMIT ?= $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
DATE ?= $(shell git log -1 --format=%cI 2>/dev/null)
BUILD = CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags="-s -w -X main.stampedVersion=$(VERSION) -X main.stampedCommit=$(COMMIT) -X main.stampedDate=$(DATE)"
PLATFORMS = linux_amd64 linux_arm64 darwin_amd64 darwin_arm64 windows_amd64 windows_arm64

# The race detector watches all Go code but SQLite's own, which is C translated to Go: it starts no goroutines, and to watch it took a
# third of the suite's time. The driver above it and the library below it are watched.
SQLITE_UNWATCHED = -gcflags=modernc.org/sqlite/lib=-race=false

# Each process under the race detector sleeps a second before it ends, in case a goroutine still races meanwhile: with a hundred packages, and
# stories that start and stop the program, that is minutes. A hundredth of it is enough for what has not been waited for.
GORACE = atexit_sleep_ms=10

# What is compiled once need not be compiled again, by another target or in another clone: nothing has the names of folders in it. Vet and
# staticcheck read the code as `make test` compiles it, and what `make check` runs without the race detector is compiled as the program is.
RACE = -race -trimpath $(SQLITE_UNWATCHED)
WATCHED = GOFLAGS="$(GOFLAGS) $(RACE)"
AS_BUILT = CGO_ENABLED=0 GOFLAGS="$(GOFLAGS) -trimpath"

# Compilers and tests end before their garbage matters: to collect it as seldom as this saves a tenth of the time.
GOGC = 800

# What takes long under the race detector and has nothing to race is done in part there, and whole in `make check`.
UNWATCHED = TestEveryCommandReads|TestEveryCommandTells|TestEveryCommandMeets|TestRecordedAnswers|TestAWholeList

.PHONY: help build release image demo test check lint deploy-check generate crash flood fuzz fuzz-quick soak bench benchmarks oracle clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

build: ## one static binary, ./s1bot
	$(BUILD) -o s1bot ./cmd/s1bot

release: ## two builds compared with nothing cached, then dist/: a binary for each platform and what it consists of (CycloneDX), the licenses of all that is in them, SHA-256 sums
	cd deploy/checks && S1BOT_TEST_COLD=1 $(AS_BUILT) $(GO) test -count=1 -mod=mod -run TestTwoBuilds .
	rm -rf dist && mkdir dist
	for p in $(PLATFORMS); do GOOS=$${p%_*} GOARCH=$${p#*_} $(BUILD) -o dist/s1bot_$$p$$(case $$p in windows*) echo .exe;; esac) ./cmd/s1bot || exit 1; done
	cd deploy/release && for b in ../../dist/s1bot_*; do $(GO) tool cyclonedx-gomod bin -json -std -licenses -assert-licenses -noserial -notimestamp -version $(VERSION) -output $$b.cdx.json $$b || exit 1; done
	cd deploy/checks && $(GO) run -mod=mod ./licenses ../../dist/LICENSES.txt
	cd dist && sha256sum s1bot_* LICENSES.txt > SHA256SUMS

image: ## the container image s1bot:latest (needs Docker)
	mkdir -p dist && GOOS=linux $(BUILD) -o dist/s1bot_linux_$$($(GO) env GOARCH) ./cmd/s1bot
	docker build -f deploy/container/Dockerfile --build-arg TARGETARCH=$$($(GO) env GOARCH) -t s1bot:latest .

demo: build ## the whole bot against a simulated Slack and console; prints an address to open
	./s1bot demo

# `make check` vets everything; to do so again for each test, and to link what only a debugger reads into a hundred tests, would cost a minute.
test: ## the whole test suite under the race detector
	@./.ci/setup
	GORACE=$(GORACE) GOGC=$(GOGC) $(GO) test $(RACE) -vet=off -ldflags=-s -timeout 40m -parallel 8 ./cmd/s1bot ./...

check: export GOGC := $(GOGC)
check: lint deploy-check fuzz-quick ## formatting, vet, staticcheck, layout, generated files fresh, what lies in deploy/, licenses, known vulnerabilities
	$(GO) mod verify
	@./.ci/vulnerabilities
	$(AS_BUILT) $(GO) test -count=1 -vet=off -run 'TestLayout|TestFresh|$(UNWATCHED)' ./cmd/s1bot
	$(AS_BUILT) $(GO) test -count=1 -vet=off ./commands/plain # all sentences, of which `make test` reads a fifth

lint:
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$unformatted" || { echo "gofmt these: $$unformatted"; exit 1; }
	$(WATCHED) $(GO) vet ./...
	@staticcheck=$$($(AS_BUILT) $(GO) tool -n staticcheck) && $(WATCHED) "$$staticcheck" ./...

deploy-check: ## manifests, compose file, alerts, dashboard, runbook, documents and releases against what they are for
	@./.ci/setup
	cd deploy/checks && $(AS_BUILT) $(GO) test -count=1 -mod=mod ./... # what it reads lies outside its module, where go's cache of results sees no change

generate: ## write the generated files (the Slack manifest, commands/README.md) again
	$(GO) test -count=1 -run TestFresh ./cmd/s1bot -update

crash: ## kill real processes 200 times on SQLite and 100 times on PostgreSQL, half of them between the second look and the call, and count what must not happen
	@./.ci/setup
	S1BOT_TEST_CRASHES=200 $(GO) test -count=1 -timeout 40m -v -run 'KilledProcess|FiftyPeopleAndTwo' ./cmd/s1bot

flood: ## 10,000 threats in one poll, also with faults on both sides, and 100 kills at random moments: nothing lost, nothing told twice
	S1BOT_TEST_FLOOD=1 $(GO) test -count=1 -timeout 60m -run TestRandomWorlds ./notifier
	S1BOT_TEST_FLOOD=1 $(GO) test -count=1 -timeout 60m -v -run 'TestAFlood|TestKilledAtRandomMoments|TestOfTwoProcesses' ./cmd/s1bot

# What strangers write: text, envelopes, forms, filters, files, names. Each is fuzzed for FUZZTIME; its seeds run in `make test`.
FUZZ = ./commands/slash:FuzzParse ./commands/slash:FuzzLine ./bot:FuzzEnvelope ./bot:FuzzViewState ./s1/filters:FuzzAFilterNeverSendsWhatItShouldNot \
	./cmd/s1bot/policyfile:FuzzRead ./approvals/trail:FuzzRow ./approvals/syslog:FuzzMessage ./render:FuzzText
FUZZTIME ?= 30s

fuzz: ## slash text, envelopes, forms, filters, policy files, audit rows and escaping, 30 s each (FUZZTIME=5s for a quick look)
	@for f in $(FUZZ); do ./.ci/fuzz $(GO) test -run '^$$' -fuzz "^$${f##*:}$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 5s "$${f%%:*}" || exit 1; done

# CI's short form builds nothing anew: without the instrumentation that leads the search, mutations of the seeds alone. What fails is no
# flake: the input is written to the package's testdata/fuzz, fails from then on in `make test`, and goes into the commit that mends it.
fuzz-quick: ## the same for 5 s each, as CI does
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && for f in $(FUZZ); do \
		$(AS_BUILT) $(GO) test -c -o "$$dir/fuzz" "$${f%%:*}" && (ci=$$PWD/.ci && cd "$${f%%:*}" && "$$ci/fuzz" "$$dir/fuzz" -test.run '^$$' -test.fuzz "^$${f##*:}$$" -test.fuzztime 5s -test.fuzzminimizetime 5s -test.fuzzcachedir "$$dir/cache") || exit 1; done

soak: ## ten minutes of twenty people, two processes on PostgreSQL, faults on both sides, a restart a minute: nothing lost, done twice or grown
	@./.ci/setup
	S1BOT_TEST_SOAK=10m $(GO) test -count=1 -timeout 20m -v -run TestSoak ./cmd/s1bot

bench: ## one table of how fast the bot is, each figure with its baseline; ARGS=-json for machines
	@./.ci/setup
	@table=$$(mktemp) && $(GO) test -count=1 -timeout 30m -run TestBenchTable ./cmd/s1bot -args -bench-table $$table $(ARGS) >&2 && cat $$table; rm -f $$table

benchmarks: ## the benchmarks of all packages
	$(GO) test -run '^$$' -bench . -benchmem ./...

oracle: ## Slack's own SDKs as clients of the simulated workspace, and its types and validators for all that stories send (from npm and PyPI)
	@./.ci/oracle

clean: ## remove what was built
	rm -rf s1bot dist screenshots
