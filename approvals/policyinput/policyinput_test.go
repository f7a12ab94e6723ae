package policyinput

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/policy"
	"s1bot/commands/catalog"
	"s1bot/commands/consoles"
	"s1bot/s1"
	"s1bot/s1/consoletest"
)

// routes are a console's answers by the last word of the path.
type routes map[string]http.HandlerFunc

func (a routes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	if answer, ok := a[path]; ok {
		answer(w, r)
		return
	}
	consoletest.Status(http.StatusForbidden, `{"errors":[{"code":4030010,"title":"Insufficient permissions"}]}`)(w, r)
}

func list(rows ...string) http.HandlerFunc {
	return consoletest.OK(fmt.Sprintf(`{"data":[%s],"pagination":{"totalItems":%d,"nextCursor":null}}`, strings.Join(rows, ","), len(rows)))
}

// siteList is the shape of the list of sites, which stands one level deeper than others.
func siteList(rows ...string) http.HandlerFunc {
	return consoletest.OK(fmt.Sprintf(`{"data":{"sites":[%s]},"pagination":{"totalItems":%d,"nextCursor":null}}`, strings.Join(rows, ","), len(rows)))
}

const (
	paris   = `{"id":"11","name":"Paris","accountId":"1","accountName":"ACME"}`
	lyon    = `{"id":"12","name":"Lyon","accountId":"1","accountName":"ACME"}`
	tokyo   = `{"id":"21","name":"Tokyo","accountId":"2","accountName":"Umbrella"}`
	servers = `{"id":"111","name":"Servers","siteId":"11"}`
	dc      = `{"id":"9","computerName":"SRV-DC-1","accountName":"ACME","siteName":"Paris","groupName":"Servers","tags":{"sentinelone":[{"key":"tier","value":"0"}]}}`
)

// whole is a console that answers all that may be asked.
func whole() routes {
	return routes{"sites": siteList(paris, lyon, tokyo), "groups": list(servers), "agents": list(dc)}
}

// ruledBy has rules that ask for everything: what a rule asks for is what is looked up.
func ruledBy(t *testing.T, console http.Handler, rules ...policy.Rule) (Source, *consoletest.Console) {
	t.Helper()
	client := consoletest.Start(t, console.ServeHTTP)
	everything, err := catalog.New(nil)
	require.NoError(t, err)
	set, err := consoles.NewSet(consoles.Console{Name: consoles.Default, Client: client.Client, Catalog: everything})
	require.NoError(t, err)
	p, err := policy.New(policy.Settings{Rules: rules})
	require.NoError(t, err)
	return Source{Consoles: set, Policy: func() policy.Policy { return p }}, client
}

// onHosts and onTags are rules that ask for hosts and their tags.
func onHosts() policy.Rule {
	return policy.Rule{Name: "dc", Hosts: []string{"SRV-DC-*"}, Effect: policy.Deny, Why: "ask the AD team"}
}

func onSites() policy.Rule {
	return policy.Rule{Name: "site", Sites: []string{"Tokyo"}, Effect: policy.Deny, Why: "ask Tokyo"}
}

func reach(t *testing.T, s Source, plan catalog.Plan) []policy.Target {
	t.Helper()
	return s.WithTargets(t.Context(), policy.Input{Command: "it", Risk: policy.RiskDestructive, Early: true}, plan).Reach
}

// says are the facts of targets as "account/site/group/host tags", "?" for what is not known.
func says(targets []policy.Target) (all []string) {
	fact := func(f policy.Fact[string]) string {
		if value, known := f.Value(); known {
			return value
		}
		return "?"
	}
	for _, t := range targets {
		tags := "?"
		if list, known := t.Tags.Value(); known {
			tags = strings.Join(list, ",")
		}
		all = append(all, strings.TrimSpace(strings.Join([]string{fact(t.Account), fact(t.Site), fact(t.Group), fact(t.Host)}, "/")+" "+tags))
	}
	return all
}

func TestAnEndpointIsAskedAboutAsItsRowSays(t *testing.T) {
	t.Parallel()
	s, console := ruledBy(t, whole(), onHosts())
	plan := catalog.Plan{Targets: []catalog.Target{
		{Kind: "agent", ID: "9", Name: "SRV-DC-1", Account: "ACME", Site: "Paris", Group: "Servers", Tags: []string{"tier:0"}},
		{Kind: "agent", ID: "8", Name: "LAPTOP", Site: "Paris"},
		{Kind: "agent", ID: "7", Name: "7"},
	}}
	input := s.WithTargets(t.Context(), policy.Input{Early: true}, plan)
	require.False(t, input.Early)
	require.Equal(t, 3, input.Targets)
	require.Equal(t, 3, input.Endpoints)
	require.Equal(t, []string{"ACME/Paris/Servers/SRV-DC-1 tier:0", "?/Paris/?/LAPTOP", "?/?/?/? ?"}, says(input.Reach))
	require.Empty(t, console.Asked(), "its own row says it")
}

// A rule about a host holds for the threats on it, wherever the host is by now.
func TestAThreatIsAskedAboutAsTheHostItIsOn(t *testing.T) {
	t.Parallel()
	s, _ := ruledBy(t, whole(), onHosts())
	threat := catalog.Target{Kind: "threat", ID: "1", Name: "evil.exe", Host: "OLD-NAME", Site: "Lyon", Agent: "9", Tags: []string{"case:7"}}
	require.Equal(t, []string{"ACME/Paris/Servers/SRV-DC-1 tier:0,case:7"}, says(reach(t, s, catalog.Plan{Targets: []catalog.Target{threat}})))
}

func TestAThreatWhoseHostIsNotKnownLeavesOpenWhatItsRowDoesNotSay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		threat  catalog.Target
		console routes
		want    []string
		why     string
	}{
		"no endpoint is named": {
			catalog.Target{Kind: "alert", ID: "1", Name: "rule hit", Site: "Lyon"}, whole(), []string{"?/Lyon/?/? ?"}, "I can't tell which endpoint rule hit is on"},
		"the console has it no more": {
			catalog.Target{Kind: "threat", ID: "1", Name: "evil.exe", Host: "A", Site: "Lyon", Agent: "404"}, routes{"agents": list()}, []string{"?/Lyon/?/A ?"}, "I can't find the endpoint of evil.exe"},
		"the console refuses": { // its row is good enough for a no, so the question stays open beside it
			catalog.Target{Kind: "threat", ID: "1", Name: "evil.exe", Host: "A", Site: "Lyon", Agent: "9"}, routes{}, []string{"?/Lyon/?/A ?", "?/?/?/? ?"}, "the console answered 403 Forbidden"},
	} {
		s, _ := ruledBy(t, c.console, onHosts())
		got := reach(t, s, catalog.Plan{Targets: []catalog.Target{c.threat}})
		require.Equal(t, c.want, says(got), name)
		require.Contains(t, got[len(got)-1].Tags.Open(), c.why, name)
	}
}

// Nobody is kept waiting for facts that no rule asks for.
func TestWithoutRulesAboutTargetsTheConsoleIsNotAsked(t *testing.T) {
	t.Parallel()
	s, console := ruledBy(t, whole())
	reach(t, s, catalog.Plan{Targets: []catalog.Target{
		{Kind: "threat", ID: "1", Name: "evil.exe", Agent: "9"}, {Kind: "site", ID: "11", Name: "Paris", Wide: true}, {Kind: "group", ID: "111", Name: "Servers", Wide: true},
	}})
	require.Empty(t, console.Asked())
}

func TestAChangeOfAPlaceReachesWhatLiesInIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		target catalog.Target
		want   []string
	}{
		"the tenant": {catalog.Target{Kind: "tenant", Name: "global", Wide: true},
			[]string{"///", "ACME/Paris//", "ACME/Lyon//", "Umbrella/Tokyo//", "ACME/Paris/Servers/", "ACME/Paris/Servers/SRV-DC-1 tier:0"}},
		"an account": {catalog.Target{Kind: "account", ID: "1", Name: "ACME", Wide: true},
			[]string{"ACME///", "ACME/Paris//", "ACME/Lyon//", "ACME/Paris/Servers/", "ACME/Paris/Servers/SRV-DC-1 tier:0"}},
		"a site": {catalog.Target{Kind: "site", ID: "11", Name: "Paris", Wide: true},
			[]string{"ACME/Paris//", "ACME/Paris/Servers/", "ACME/Paris/Servers/SRV-DC-1 tier:0"}},
		"a group": {catalog.Target{Kind: "group", ID: "111", Name: "Servers", Wide: true},
			[]string{"ACME/Paris/Servers/", "ACME/Paris/Servers/SRV-DC-1 tier:0"}},
		"a site itself, and nothing in it": {catalog.Target{Kind: "site", ID: "11", Name: "Paris"}, []string{"ACME/Paris//"}},
	} {
		rule := onHosts()
		byGroup := policy.Rule{Name: "g", Groups: []string{"VIP"}, Effect: policy.Deny, Why: "no"}
		s, _ := ruledBy(t, whole(), rule, byGroup)
		require.Equal(t, c.want, says(reach(t, s, catalog.Plan{Targets: []catalog.Target{c.target}})), name)
	}
}

// A rule that asks for sites needs no list of all endpoints.
func TestOnlyWhatARuleAsksForIsListed(t *testing.T) {
	t.Parallel()
	s, console := ruledBy(t, whole(), onSites())
	reach(t, s, catalog.Plan{Targets: []catalog.Target{{Kind: "tenant", Name: "global", Wide: true}}})
	for _, call := range console.Asked() {
		require.True(t, strings.HasSuffix(call.Path, "/sites"), call.Path)
	}
}

// What cannot be listed is one target of which nothing is known: left out, no rule could deny it.
func TestAPlaceThatCannotBeReadStaysInTheQuestion(t *testing.T) {
	t.Parallel()
	onGroups := policy.Rule{Name: "g", Groups: []string{"VIP"}, Effect: policy.Deny, Why: "no"}
	for name, c := range map[string]struct {
		console routes
		target  catalog.Target
		want    string
	}{
		"sites":           {routes{"groups": list(), "agents": list()}, catalog.Target{Kind: "tenant", Wide: true}, "I can't list the sites that this touches (the console answered 403 Forbidden)"},
		"groups":          {routes{"sites": siteList(paris), "agents": list()}, catalog.Target{Kind: "site", ID: "11", Name: "Paris", Wide: true}, "I can't list the groups that this touches"},
		"endpoints":       {routes{"sites": siteList(paris), "groups": list()}, catalog.Target{Kind: "site", ID: "11", Name: "Paris", Wide: true}, "I can't list the endpoints that this touches"},
		"a lost site":     {whole(), catalog.Target{Kind: "site", ID: "404"}, "I can't find the site 404 in the console"},
		"a lost account":  {whole(), catalog.Target{Kind: "account", ID: "404", Name: "404"}, "I can't find the account 404 in the console"},
		"a lost group":    {routes{"sites": siteList(paris), "groups": list(), "agents": list()}, catalog.Target{Kind: "group", ID: "404", Name: "VIP"}, "I can't find the group VIP in the console"},
		"a nameless one":  {whole(), catalog.Target{Kind: "place", Name: "exclusion 7"}, "I can't tell where exclusion 7 applies"},
		"a group astray":  {routes{"sites": siteList(), "groups": list(servers), "agents": list()}, catalog.Target{Kind: "group", ID: "111", Name: "Servers"}, "I can't find the site of the group Servers"},
		"a group's group": {routes{"sites": siteList(), "groups": list(servers), "agents": list()}, catalog.Target{Kind: "tenant", Wide: true}, "I can't find the site of the group Servers"},
	} {
		s, _ := ruledBy(t, c.console, onHosts(), onGroups)
		var open []string
		for _, target := range reach(t, s, catalog.Plan{Targets: []catalog.Target{c.target}}) {
			open = append(open, target.Site.Open())
		}
		require.Contains(t, strings.Join(open, "\n"), c.want, name)
	}
}

// Without a list of sites, a place is still what its own row calls it.
func TestAPlaceIsKnownByItsOwnRowWhereTheConsoleListsNoSites(t *testing.T) {
	t.Parallel()
	s, _ := ruledBy(t, routes{}, onSites())
	require.Equal(t, []string{"ACME/Paris//", "Umbrella///"}, says(reach(t, s, catalog.Plan{Targets: []catalog.Target{
		{Kind: "site", ID: "11", Name: "Paris", Account: "ACME"}, {Kind: "account", ID: "2", Name: "Umbrella"},
	}})))
}

func TestWhatIsMoreThanCanBeCheckedIsNotKnown(t *testing.T) {
	t.Parallel()
	rows := func(yield func(int, error) bool) {
		for i := range 4 {
			if !yield(i, nil) {
				return
			}
		}
	}
	all, open := upTo(4, "sites", rows)
	require.Len(t, all, 4)
	require.Empty(t, open)
	all, open = upTo(3, "sites", rows)
	require.Empty(t, all)
	require.Equal(t, "This touches more than 3 sites, which is too many for me to check", open)
}

// A row that names a console which is configured no more is asked of none.
func TestAConsoleThatIsGoneLeavesEverythingOpen(t *testing.T) {
	t.Parallel()
	s, console := ruledBy(t, whole(), onHosts())
	input := s.WithTargets(t.Context(), policy.Input{Console: "apac"}, catalog.Plan{Targets: []catalog.Target{{Kind: "agent", ID: "9", Name: "SRV-DC-1"}}})
	require.Equal(t, []string{"?/?/?/? ?"}, says(input.Reach))
	require.Contains(t, input.Reach[0].Host.Open(), `the console "apac", which is no longer configured`)
	require.Empty(t, console.Asked())
}

// A change of a policy needs its approval whatever else is known.
func TestAPolicyIsGuarded(t *testing.T) {
	t.Parallel()
	s, _ := ruledBy(t, whole())
	require.True(t, s.WithTargets(t.Context(), policy.Input{}, catalog.Plan{Policy: true}).Guarded)
	require.True(t, s.WithTargets(t.Context(), policy.Input{Guarded: true}, catalog.Plan{}).Guarded)
	require.False(t, s.WithTargets(t.Context(), policy.Input{}, catalog.Plan{}).Guarded)
}

func TestAReasonSaysWhatTheConsoleDid(t *testing.T) {
	t.Parallel()
	require.Equal(t, "the console answered 503 Service Unavailable", ConsoleReason(fmt.Errorf("list: %w", &s1.Error{Status: http.StatusServiceUnavailable})))
	require.Equal(t, "the console sent an answer I can't read", ConsoleReason(&s1.Error{Status: http.StatusOK}))
	require.Equal(t, "the console didn't respond", ConsoleReason(&s1.Error{}))
	require.Equal(t, "the console didn't respond", ConsoleReason(http.ErrHandlerTimeout))
}
