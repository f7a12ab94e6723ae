package main

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// module is the import path that all of ours begin with.
const module = "s1bot/"

// rooms says who may import whom: arrows only go up the table. Third-party packages are named by prefix. It is the table of the
// design, with three changes: bot/socketmode has gorilla/websocket because it reads Socket Mode itself, bot/store has goose because the
// migrations are its, render alone knows slack-go's blocks beside bot.
var rooms = map[string]struct{ ours, third []string }{
	"s1": {
		[]string{"s1/changes", "s1/enums", "s1/huntapi", "s1/pages", "s1/transport", "s1/wire"},
		nil,
	},
	"s1/wire": {
		nil,
		nil,
	},
	"s1/enums": {
		[]string{"s1/wire"},
		nil,
	},
	"s1/transport": {
		[]string{"s1/wire"},
		[]string{"golang.org/x/sync/semaphore", "golang.org/x/time/rate", "github.com/sethvargo/go-retry", "github.com/sony/gobreaker/v2"},
	},
	"s1/unified": {
		[]string{"s1"},
		nil,
	},
	"s1/changes": {
		[]string{"s1/transport", "s1/wire"},
		nil,
	},
	"s1/pages": {
		[]string{"s1/transport", "s1/wire"},
		nil,
	},
	"s1/huntapi": {
		[]string{"s1/pages", "s1/transport", "s1/wire"},
		nil,
	},
	"s1/filters": {
		[]string{"s1/transport", "s1/wire"},
		nil,
	},
	"s1/consoletest": {
		[]string{"s1"},
		[]string{"github.com/stretchr/testify"},
	},
	"render": {
		[]string{"render/tempfile"},
		[]string{"github.com/slack-go/slack"},
	},
	"render/cards": {
		[]string{"render", "s1", "s1/unified"},
		nil,
	},
	"render/streak": {
		nil,
		nil,
	},
	"render/rendertest": {
		nil,
		[]string{"github.com/slack-go/slack", "github.com/stretchr/testify"},
	},
	"commands/text": {
		nil,
		nil,
	},
	"commands/observables": {
		[]string{"commands/text"},
		nil,
	},
	"commands/sightings": {
		[]string{"commands/catalog", "commands/lookup", "commands/observables", "commands/refusal", "commands/text", "render", "render/cards", "s1", "s1/unified"},
		nil,
	},
	"commands/catalog": {
		[]string{"render/tempfile", "commands/observables", "commands/refusal", "commands/text", "render", "render/cards", "s1", "s1/filters", "s1/huntapi", "s1/unified"},
		[]string{"github.com/hashicorp/golang-lru/v2"},
	},
	"commands/consoles": {
		[]string{"commands/catalog", "commands/text", "s1"},
		nil,
	},
	"commands/refusal": {
		[]string{"commands/text", "render", "s1"},
		nil,
	},
	"commands/change": {
		[]string{"commands/catalog", "commands/text", "render", "s1"},
		nil,
	},
	"commands/listing": {
		[]string{"render/tempfile", "commands/catalog", "commands/refusal", "commands/text", "render", "s1", "s1/filters"},
		nil,
	},
	"commands/forms": {
		[]string{"commands/catalog", "commands/text", "render"},
		nil,
	},
	"commands/slash": {
		[]string{"commands/catalog", "commands/text", "render", "s1"},
		nil,
	},
	"commands/plain": {
		[]string{"commands/catalog", "commands/slash", "commands/text", "render", "s1"},
		nil,
	},
	"commands/manual": {
		[]string{"commands/catalog", "commands/text", "render"},
		nil,
	},
	"commands/lookup": {
		[]string{"commands/catalog", "commands/change", "commands/listing", "commands/refusal", "commands/text", "render", "render/cards", "s1", "s1/filters", "s1/huntapi", "s1/unified"},
		nil,
	},
	"commands/commandtest": {
		[]string{"commands/catalog", "commands/forms", "commands/slash", "commands/lookup", "commands/text", "render", "s1", "s1/huntapi", "s1/s1sim"},
		[]string{"github.com/stretchr/testify", "golang.org/x/tools/txtar"},
	},
	"commands": {
		append(commandAreas(), "commands/catalog", "commands/lookup"),
		nil,
	},
	"approvals/policy": {
		nil,
		nil,
	},
	"approvals": {
		[]string{"approvals/policy"},
		nil,
	},
	"approvals/effect": {
		[]string{"approvals", "commands/catalog", "render", "s1"},
		nil,
	},
	"approvals/plans": {
		[]string{"approvals", "approvals/effect", "commands/catalog", "commands/text", "render"},
		nil,
	},
	"approvals/policyinput": {
		[]string{"approvals/policy", "commands/catalog", "commands/consoles", "render", "s1"},
		nil,
	},
	"approvals/requestcards": {
		[]string{"approvals", "approvals/effect", "approvals/plans", "approvals/policy", "commands/catalog", "commands/text", "render"},
		nil,
	},
	"approvals/workflow": {
		[]string{"approvals", "approvals/effect", "approvals/plans", "approvals/policy", "approvals/policyinput", "approvals/requestcards", "commands/catalog", "commands/consoles", "commands/refusal", "commands/text", "render", "s1", "render/streak"},
		[]string{"github.com/sourcegraph/conc"},
	},
	"approvals/trail": {
		[]string{"approvals", "approvals/effect", "commands/catalog", "commands/consoles", "commands/text", "render"},
		nil,
	},
	"approvals/syslog": {
		[]string{"approvals"},
		nil,
	},
	"approvals/trailfile": {
		[]string{"approvals"},
		nil,
	},
	"notifier/journal": {
		[]string{"render"},
		nil,
	},
	"notifier/pacing": {
		nil,
		nil,
	},
	"notifier/figures": {
		[]string{"s1", "commands/refusal", "notifier/journal", "notifier/pacing", "render/streak"},
		nil,
	},
	"notifier/routing": {
		[]string{"notifier/journal"},
		nil,
	},
	"notifier/feed": {
		[]string{"s1", "s1/unified", "render", "commands/catalog", "commands/refusal", "notifier/journal", "notifier/pacing", "notifier/routing", "render/streak"},
		[]string{"github.com/sourcegraph/conc"},
	},
	"notifier/delivery": {
		[]string{"s1", "s1/unified", "render", "render/cards", "notifier/journal", "notifier/pacing", "render/streak"},
		[]string{"github.com/sourcegraph/conc"},
	},
	"notifier": {
		[]string{"s1", "render", "render/cards", "commands/catalog", "notifier/delivery", "notifier/feed", "notifier/journal", "notifier/pacing", "notifier/routing", "render/streak"},
		[]string{"github.com/sourcegraph/conc"},
	},
	"notifier/notifiertest": {
		[]string{"commands", "approvals/policy", "s1", "s1/unified", "s1/s1sim", "render", "render/cards", "notifier", "notifier/journal", "notifier/pacing", "notifier/routing"},
		[]string{"github.com/stretchr/testify"},
	},
	"bot": {
		[]string{
			"s1", "s1/unified", "render", "render/cards", "render/tempfile",
			"commands/catalog", "commands/consoles", "commands/forms", "commands/manual", "commands/observables", "commands/plain", "commands/refusal", "commands/sightings", "commands/slash", "commands/text",
			"approvals", "approvals/plans", "approvals/policy", "approvals/requestcards", "approvals/workflow",
			"bot/casefile", "bot/casework", "bot/chat", "bot/exchange", "bot/fairqueue", "bot/home", "bot/inbound", "bot/intake", "bot/jobs", "bot/library", "bot/people", "bot/post", "bot/report", "bot/run", "bot/seal", "bot/setup",
			"bot/snoozing", "bot/socketmode", "bot/webapi",
			"render/streak",
		},
		[]string{"github.com/slack-go/slack", "github.com/sourcegraph/conc"},
	},
	"bot/snoozing": {
		[]string{"render", "commands/catalog", "commands/text", "bot/exchange"},
		nil,
	},
	"bot/intake": {
		[]string{
			"render", "commands/catalog", "approvals", "approvals/workflow",
			"bot/exchange", "bot/fairqueue", "bot/inbound", "bot/library", "bot/run", "bot/socketmode",
		},
		[]string{"github.com/slack-go/slack"},
	},
	"bot/run": {
		[]string{
			"render", "render/tempfile", "commands/catalog", "commands/forms", "commands/plain", "commands/slash", "commands/text", "approvals", "approvals/plans", "approvals/policy",
			"approvals/requestcards", "approvals/workflow", "bot/exchange", "bot/home", "bot/inbound", "bot/jobs", "bot/library", "bot/post", "bot/seal", "bot/socketmode",
		},
		[]string{"github.com/slack-go/slack"},
	},
	"bot/exchange": {
		[]string{
			"s1", "render", "render/cards", "render/tempfile", "commands/catalog", "commands/consoles", "commands/refusal", "commands/text", "approvals", "approvals/policy", "approvals/requestcards",
			"approvals/workflow", "bot/inbound", "bot/post", "bot/setup",
		},
		[]string{"github.com/slack-go/slack", "github.com/sourcegraph/conc"},
	},
	"bot/chat": {
		[]string{"bot/post", "render"},
		[]string{"github.com/slack-go/slack"},
	},
	"bot/inbound": {
		[]string{"bot/post", "bot/seal", "bot/socketmode", "commands/catalog", "commands/slash", "commands/text", "render"},
		[]string{"github.com/slack-go/slack"},
	},
	"bot/jobs": {
		[]string{"approvals/workflow", "bot/post", "commands/catalog", "render", "render/streak"},
		[]string{"github.com/sourcegraph/conc"},
	},
	"bot/people": {
		[]string{"approvals", "approvals/policy", "approvals/workflow", "bot/post", "bot/webapi", "commands/text", "render"},
		[]string{"github.com/slack-go/slack", "github.com/hashicorp/golang-lru/v2"},
	},
	"bot/report": {
		[]string{"approvals", "approvals/plans", "approvals/requestcards", "commands/catalog", "commands/slash", "commands/text", "render", "render/cards", "s1"},
		[]string{"github.com/sourcegraph/conc"},
	},
	"bot/seal": {
		[]string{"render", "s1"},
		[]string{"github.com/slack-go/slack"},
	},
	"bot/setup": {
		[]string{"approvals/policy", "bot/people", "bot/post", "bot/webapi", "commands/catalog"},
		[]string{"github.com/slack-go/slack"},
	},
	"bot/webapi": {
		[]string{"bot/post", "s1"},
		[]string{"github.com/slack-go/slack"},
	},
	"bot/webapi/webapitest": {
		nil,
		[]string{"github.com/slack-go/slack"},
	},
	"bot/post": {
		[]string{"render"},
		[]string{"github.com/slack-go/slack", "github.com/sethvargo/go-retry"},
	},
	"bot/socketmode": {
		[]string{"render/streak"},
		[]string{"github.com/slack-go/slack", "github.com/gorilla/websocket", "github.com/sethvargo/go-retry"},
	},
	"bot/home": {
		[]string{"render", "commands/catalog", "commands/consoles", "commands/manual", "commands/slash", "commands/text", "approvals", "approvals/plans", "approvals/requestcards", "approvals/workflow", "notifier/figures"},
		[]string{"github.com/sourcegraph/conc"},
	},
	"bot/casework": {
		[]string{"s1", "s1/unified", "render", "render/cards", "render/tempfile", "commands/catalog", "approvals", "approvals/workflow", "bot/casefile", "bot/exchange", "bot/post"},
		nil,
	},
	"bot/casefile": {
		[]string{"s1", "s1/huntapi", "s1/unified", "render", "render/tempfile", "commands/catalog", "commands/lookup", "commands/text", "approvals", "approvals/effect", "approvals/plans", "approvals/trail"},
		nil,
	},
	"bot/library": {
		[]string{"render", "commands/catalog", "commands/manual", "commands/slash", "commands/text"},
		nil,
	},
	"bot/store": {
		[]string{"approvals", "approvals/syslog", "bot/library", "notifier", "notifier/figures", "notifier/journal"},
		[]string{"modernc.org/sqlite", "github.com/jackc/pgx/v5", "github.com/pressly/goose/v3", "github.com/sethvargo/go-retry"},
	},
	"bot/store/pgtest": {
		nil,
		nil,
	},
	"bot/fairqueue": {
		nil,
		[]string{"github.com/sourcegraph/conc"},
	},
	"s1/s1sim": {
		[]string{"s1/s1sim/files", "s1/s1sim/hunting", "s1/s1sim/protection", "s1/s1sim/store", "s1/s1sim/unified", "s1/s1sim/wire", "s1/s1sim/world"},
		nil,
	},
	"s1/s1sim/simtest": {
		[]string{"s1/s1sim"},
		[]string{"github.com/stretchr/testify"},
	},
	"s1/s1sim/unified": {
		[]string{"s1/s1sim/store", "s1/s1sim/wire", "s1/s1sim/world"},
		[]string{"github.com/vektah/gqlparser/v2"},
	},
	"s1/s1sim/filterkeys": {
		[]string{"s1/s1sim/keys", "s1/s1sim/wire"},
		nil,
	},
	"s1/s1sim/world": {
		[]string{"s1/s1sim/filterkeys", "s1/s1sim/keys", "s1/s1sim/store", "s1/s1sim/wire"},
		nil,
	},
	"s1/s1sim/files": {
		[]string{"s1/s1sim/keys", "s1/s1sim/store", "s1/s1sim/wire", "s1/s1sim/world"},
		nil,
	},
	"s1/s1sim/hunting": {
		[]string{"s1/s1sim/eventql", "s1/s1sim/keys", "s1/s1sim/store", "s1/s1sim/wire", "s1/s1sim/world"},
		nil,
	},
	"s1/s1sim/protection": {
		[]string{"s1/s1sim/filterkeys", "s1/s1sim/keys", "s1/s1sim/store", "s1/s1sim/wire", "s1/s1sim/world"},
		nil,
	},
	"s1/s1sim/wire": {
		nil,
		nil,
	},
	"s1/s1sim/keys": {
		[]string{"s1/s1sim/wire"},
		nil,
	},
	"s1/s1sim/store": {
		[]string{"s1/s1sim/keys", "s1/s1sim/wire"},
		nil,
	},
	"s1/s1sim/eventql": {
		nil,
		nil,
	},
	"bot/slacksim": {
		[]string{"bot/slacksim/blockkit", "bot/slacksim/composer", "bot/slacksim/methods", "bot/slacksim/page", "bot/slacksim/roster", "bot/slacksim/state", "bot/slacksim/webapi", "bot/slacksim/wire"},
		[]string{"github.com/gorilla/websocket"},
	},
	"bot/slacksim/blockkit": {
		[]string{"bot/slacksim/wire"},
		nil,
	},
	"bot/slacksim/methods": {
		[]string{"bot/slacksim/blockkit", "bot/slacksim/roster", "bot/slacksim/state", "bot/slacksim/webapi", "bot/slacksim/wire"},
		nil,
	},
	"bot/slacksim/simtest": {
		[]string{"bot/slacksim"},
		[]string{"github.com/gorilla/websocket"},
	},
	"bot/slacksim/composer": {
		nil,
		nil,
	},
	"bot/slacksim/page": {
		[]string{"bot/slacksim/wire"},
		nil,
	},
	"bot/slacksim/roster": {
		nil,
		nil,
	},
	"bot/slacksim/state": {
		[]string{"bot/slacksim/blockkit", "bot/slacksim/page", "bot/slacksim/roster", "bot/slacksim/webapi", "bot/slacksim/wire"},
		nil,
	},
	"bot/slacksim/webapi": {
		[]string{"bot/slacksim/blockkit", "bot/slacksim/wire"},
		nil,
	},
	"bot/slacksim/wire": {
		nil,
		nil,
	},
	"cmd/s1bot/memory": {
		[]string{"s1/transport"},
		nil,
	},
	"cmd/s1bot/metrics": {
		nil,
		[]string{"github.com/prometheus/client_golang"},
	},
	"cmd/s1bot": {
		[]string{
			"s1", "s1/unified", "s1/huntapi", "s1/s1sim", "s1/transport", "render", "render/cards", "render/streak", "render/tempfile",
			"commands", "commands/catalog", "commands/consoles", "commands/manual", "commands/refusal", "commands/slash", "commands/text",
			"approvals", "approvals/plans", "approvals/policy", "approvals/syslog", "approvals/trail", "approvals/trailfile",
			"notifier", "notifier/delivery", "notifier/feed", "notifier/figures", "notifier/journal", "notifier/routing",
			"bot", "bot/chat", "bot/home", "bot/inbound", "bot/seal", "bot/setup", "bot/slacksim", "bot/snoozing", "bot/store", "bot/webapi",
			"cmd/s1bot/memory", "cmd/s1bot/metrics", "cmd/s1bot/policyfile",
		},
		[]string{"github.com/caarlos0/env/v11", "github.com/alecthomas/kong", "github.com/coreos/go-systemd/v22", "golang.org/x/crypto/x509roots/fallback"},
	},
	"cmd/s1bot/policyfile": {
		[]string{"s1", "commands/catalog", "commands/consoles", "commands/text", "approvals/policy", "notifier", "notifier/journal", "notifier/routing"},
		[]string{"github.com/goccy/go-yaml"},
	},
	"render/tempfile": {
		nil,
		nil,
	},
}

// commandAreas are the packages of commands. None of them knows another.
func commandAreas() []string {
	return []string{
		"commands/admin", "commands/alerts", "commands/endpoints", "commands/files", "commands/hunts", "commands/lists", "commands/rules", "commands/threats",
	}
}

type listed struct {
	ImportPath string
	Imports    []string
}

func TestLayoutImportsGoUpTheTableOnly(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "s1bot/...").Output()
	require.NoError(t, err)
	seen := 0
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); seen++ {
		var p listed
		require.NoError(t, decoder.Decode(&p))
		name := strings.TrimPrefix(p.ImportPath, module)
		room, ok := rooms[name]
		if slices.Contains(commandAreas(), name) {
			room.ours, ok = []string{"commands/catalog", "commands/change", "commands/listing", "commands/lookup", "commands/observables", "commands/refusal", "commands/text", "render", "render/cards", "render/tempfile", "s1", "s1/filters", "s1/huntapi", "s1/unified"}, true
		}
		require.True(t, ok, "package %s has no room in the layout: think before adding one", name)
		for _, imported := range p.Imports {
			require.True(t, allowed(room.ours, room.third, imported), "%s must not import %s", name, imported)
		}
	}
	require.Equal(t, len(rooms)+len(commandAreas()), seen)
}

func allowed(ours, third []string, imported string) bool {
	if rest, ok := strings.CutPrefix(imported, module); ok {
		return slices.Contains(ours, rest)
	}
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		return true // the standard library
	}
	return slices.ContainsFunc(third, func(prefix string) bool { return imported == prefix || strings.HasPrefix(imported, prefix+"/") })
}

// The map of packages in CONTRIBUTING.md has a line for each package and for nothing else.
func TestLayoutTheMapOfPackagesIsComplete(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "CONTRIBUTING.md"))
	require.NoError(t, err)
	_, rest, _ := strings.Cut(string(page), "## The packages")
	_, rest, _ = strings.Cut(rest, "```\n")
	drawn, _, _ := strings.Cut(rest, "```")
	var path, mapped []string
	for line := range strings.Lines(drawn) {
		name := strings.TrimLeft(line, " ")
		depth := (len(line) - len(name)) / 2
		if depth > len(path) {
			continue // a line goes on
		}
		name, _, _ = strings.Cut(strings.Fields(name)[0], "/")
		path = append(path[:depth], name)
		mapped = append(mapped, strings.Join(path, "/"))
	}
	want := append(slices.Collect(maps.Keys(rooms)), commandAreas()...)
	want = append(want, "cmd", "deploy") // hold no package of this module
	require.ElementsMatch(t, want, mapped)
}

// The files that CONTRIBUTING.md sends people to are there.
func TestLayoutTheFilesOfContributingExist(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "CONTRIBUTING.md"))
	require.NoError(t, err)
	named := regexp.MustCompile("`((?:approvals|bot|cmd|commands|notifier|render|s1)/[a-z0-9_/]+\\.go)`").FindAllStringSubmatch(string(page), -1)
	require.Greater(t, len(named), 20)
	for _, file := range named {
		require.FileExists(t, filepath.Join("..", "..", file[1]))
	}
}

func TestLayoutTopLevelIsFixed(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(filepath.Join("..", ".."))
	require.NoError(t, err)
	fixed := []string{"go.mod", "go.sum", "cmd", "bot", "commands", "approvals", "s1", "render", "notifier", "deploy", "Makefile", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"}
	made, err := os.ReadFile(filepath.Join("..", "..", ".gitignore")) // what is built, and what README.md has people write
	require.NoError(t, err)
	ignored := func(name string) bool {
		return slices.ContainsFunc(strings.Fields(string(made)), func(pattern string) bool {
			ok, err := filepath.Match(strings.Trim(pattern, "/"), name)
			return ok && err == nil
		})
	}
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || ignored(e.Name()) {
			continue
		}
		names = append(names, e.Name())
		require.Contains(t, fixed, e.Name(), "the top level is fixed")
	}
	require.Len(t, names, len(fixed), "something is missing from the top level: have %v", names)
}
