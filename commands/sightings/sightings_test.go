package sightings_test

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/commandtest"
	"s1bot/commands/observables"
	"s1bot/commands/sightings"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/s1sim"
)

func everything(string) bool { return true }

func about(seen []sightings.Sighting, name string) sightings.Sighting {
	for _, s := range seen {
		if strings.EqualFold(s.Name, name) {
			return s
		}
	}
	return sightings.Sighting{}
}

func labels(actions []render.Action) (all []string) {
	for _, a := range actions {
		switch a := a.(type) {
		case render.Button:
			all = append(all, a.Label)
		case render.Menu:
			all = append(all, a.Label)
		}
	}
	return all
}

func TestALookUpSaysWhatTheConsoleKnows(t *testing.T) {
	t.Parallel()
	console := s1sim.New(commandtest.Frozen(-1))
	host := console.AddAgent(s1sim.AgentSpec{Name: "DESKTOP-1"})
	const sha1, sha256 = "3395856ceb81f2b7382dee72602f798b642f4140", "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"
	threat := console.AddThreat(s1sim.ThreatSpec{Agent: host, Name: "evil.exe", SHA1: sha1, SHA256: sha256})
	cat := commands.All()
	call := commandtest.At(t, cat, console).Call
	seen, more := sightings.Of(t.Context(), call, cat, everything, observables.Find("desktop-1 ran "+sha1+" ("+sha256+"), threat "+threat+" and 203.0.113.250; NOHOST-7, evil.example"))
	require.Zero(t, more)
	require.Empty(t, about(seen, "NOHOST-7").Kind, "a word that no endpoint is called")
	require.Regexp(t, `evil\.exe · seen on`, about(seen, sha1).Known[0], "what the file is called there")
	require.Contains(t, strings.Join(about(seen, sha1).Known, "; "), "seen on 1 endpoint · 1 threat, 1 open; not blocked; no IOC")
	require.Contains(t, about(seen, sha1).Verdict, "reputation: ", "before all else")
	require.Subset(t, labels(about(seen, sha1).Actions), []string{"Threats", "Block hash"})
	require.Contains(t, labels(about(seen, "DESKTOP-1").Actions), "Disconnect host")
	require.Equal(t, []string{"no IOC"}, about(seen, "evil.example").Known)
	require.Contains(t, about(seen, sha256).Known[0], "seen on 1 endpoint", "the console's key for hashes knows SHA-1 alone")
	require.Equal(t, "threat", about(seen, "evil.exe").Kind)
	require.Contains(t, labels(about(seen, "evil.exe").Actions), "Mitigate")
	for _, s := range seen {
		if s.Name == sha256 {
			require.Equal(t, []string{"blocklist: the console can't search it by SHA-256"}, s.Unknown, "it may be blocked by it all the same")
			continue
		}
		require.Empty(t, s.Unknown, s.Name)
	}
}

// A console that has unified alerts alone knows a rule's alert by its old id.
func TestALookUpFindsAnAlertInTheUnifiedList(t *testing.T) {
	t.Parallel()
	opt := commandtest.Frozen(-1)
	opt.Age = s1sim.UnifiedOnly
	console := s1sim.New(opt)
	alert := console.AddAlert(s1sim.AlertSpec{Rule: "Encoded PowerShell", Agent: console.AddAgent(s1sim.AgentSpec{Name: "DESKTOP-1"})})
	cat := commands.All()
	seen, _ := sightings.Of(t.Context(), commandtest.At(t, cat, console).Call, cat, everything, observables.Find("see alert "+alert))
	found := about(seen, "Encoded PowerShell")
	require.Equal(t, "alert", found.Kind, seen)
	require.Contains(t, strings.Join(found.Known, "; "), "DESKTOP-1")
	require.Contains(t, labels(found.Actions), "Status")
	require.Empty(t, found.Unknown)
}

// The console compares parts of addresses and hashes, so what was asked about may be on a page that
// was not read.
func TestALookUpClaimsNothingOfPagesThatWereNotRead(t *testing.T) {
	t.Parallel()
	console := s1sim.New(commandtest.Frozen(-1))
	const hash = "3395856ceb81f2b7382dee72602f798b642f4140"
	cut := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; {
		case strings.HasSuffix(path, "/agents"):
			_, _ = w.Write([]byte(`{"data":[{"id":"1845174760470303882","computerName":"OTHER","networkInterfaces":[{"inet":["10.0.0.10"]}]}],"pagination":{"totalItems":101}}`))
			return
		case strings.HasSuffix(path, "/restrictions"):
			_, _ = w.Write([]byte(`{"data":[{"id":"1748812345678905555","value":"0000056ceb81f2b7382dee72602f798b642f4140"}],"pagination":{"totalItems":101}}`))
			return
		case strings.HasSuffix(path, "/threats"):
			_, _ = w.Write([]byte(`{"data":[{"id":"1748812345678906666","threatInfo":{"sha1":"0000056ceb81f2b7382dee72602f798b642f4140"}}],"pagination":{"totalItems":101}}`))
			return
		case strings.HasSuffix(path, "/accounts"):
			_, _ = w.Write([]byte(`{"data":[{"id":"225494730938493804","name":"A"}],"pagination":{"totalItems":300}}`))
			return
		}
		console.ServeHTTP(w, r)
	})
	cat := commands.All()
	seen, _ := sightings.Of(t.Context(), commandtest.At(t, cat, cut).Call, cat, everything, observables.Find("10.0.0.1 "+hash))
	require.Contains(t, about(seen, "10.0.0.1").Unknown, "endpoints: only the first 1 of 101 with a similar address were read")
	require.NotContains(t, strings.Join(about(seen, "10.0.0.1").Known, "; "), "no endpoint has it")
	require.Contains(t, about(seen, hash).Unknown, "blocklist: only the first 1 of 101 items were read")
	require.Contains(t, about(seen, hash).Unknown, "threats: only the latest 1 of 101 were read")
	require.Contains(t, about(seen, hash).Unknown, "IOCs: only 1 of 300 accounts were asked")
	require.Equal(t, "reputation: unknown", about(seen, hash).Verdict)
	require.Empty(t, about(seen, hash).Known)
}

// A console that refuses one question is asked the others, and no more than four at a time.
func TestWhatCannotBeToldIsSaidBesideEachFinding(t *testing.T) {
	t.Parallel()
	console := s1sim.New(commandtest.Frozen(-1))
	var now, most atomic.Int64
	counted := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer now.Add(-1)
		if strings.Contains(r.URL.Path, "restrictions") {
			http.Error(w, `{"errors":[{"code":4030010,"title":"Forbidden","detail":"no permission"}]}`, http.StatusForbidden)
			return
		}
		console.ServeHTTP(w, r)
	})
	cat := commands.All()
	call := commandtest.At(t, cat, counted).Call
	var typed []string
	for _, c := range "0123456789abcdef" {
		typed = append(typed, strings.Repeat(string(c), 40))
	}
	seen, _ := sightings.Of(t.Context(), call, cat, everything, observables.Find(typed...))
	require.Len(t, seen, 16)
	for i, s := range seen {
		require.Len(t, s.Unknown, 1+i/8)
		if i >= 8 {
			require.Equal(t, "IOCs: only the first 8 are looked up", s.Unknown[0])
		}
		require.Contains(t, s.Unknown[i/8], "blocklist: status 403")
		require.NotContains(t, strings.Join(s.Known, " "), "blocked")
		require.Contains(t, s.Known, "no threats")
	}
	require.LessOrEqual(t, most.Load(), int64(4))
}

func TestALookUpShowsTwentyAndCountsTheRest(t *testing.T) {
	t.Parallel()
	console := s1sim.New(commandtest.Frozen(-1))
	console.AddAgent(s1sim.AgentSpec{Name: "DESKTOP-1"})
	cat := commands.All()
	var typed []string
	for _, a := range "0123456789abcdef" {
		typed = append(typed, strings.Repeat(string(a), 32), strings.Repeat(string(a), 64))
	}
	seen, more := sightings.Of(t.Context(), commandtest.At(t, cat, console).Call, cat, everything, observables.Find(append(typed, "DESKTOP-1")...))
	require.Len(t, seen, 20)
	require.Equal(t, 13, more)
	require.NotEmpty(t, about(seen, "DESKTOP-1").Kind, "an endpoint is shown, however many hashes there are")
}

// Who may not list threats is told nothing of them, and so of the others.
func TestALookUpTellsNobodyWhatTheyMayNotList(t *testing.T) {
	t.Parallel()
	console := s1sim.New(commandtest.Frozen(-1))
	console.AddAgent(s1sim.AgentSpec{Name: "DESKTOP-1"})
	cat := commands.All()
	only := func(boxes ...string) func(string) bool {
		return func(box string) bool { return slices.Contains(boxes, box) }
	}
	hash := strings.Repeat("a", 40)
	seen, _ := sightings.Of(t.Context(), commandtest.At(t, cat, console).Call, cat, only("blocklist"), observables.Find("DESKTOP-1 "+hash))
	require.Empty(t, about(seen, "DESKTOP-1").Actions)
	require.Equal(t, []string{"not blocked"}, about(seen, hash).Known)
	require.Equal(t, "reputation: unknown", about(seen, hash).Verdict)
	require.Equal(t, []string{"IOCs: you're not allowed to list these", "threats: you're not allowed to list these"}, about(seen, hash).Unknown)
}

// The address by which a network reaches the console is nobody's own; whose it is, is said by name. Inside a network no address is blocked.
func TestALookUpNamesWhoIsBehindAnAddress(t *testing.T) {
	t.Parallel()
	console := s1sim.New(commandtest.Frozen(-1))
	for _, name := range []string{"BEHIND-1", "BEHIND-2"} {
		console.AddAgent(s1sim.AgentSpec{Name: name, Edit: func(o map[string]any) { o["externalIp"] = "198.51.100.77" }})
	}
	cat := commands.All()
	seen, _ := sightings.Of(t.Context(), commandtest.At(t, cat, console).Call, cat, everything, observables.Find("198.51.100.77 and 10.200.1.1"))
	known := strings.Join(about(seen, "198.51.100.77").Known, "; ")
	require.Regexp(t, `^external address of BEHIND-\d, BEHIND-\d; no IOC$`, known)
	require.Contains(t, labels(about(seen, "198.51.100.77").Actions), "Block address")
	require.Contains(t, about(seen, "10.200.1.1").Known, "no endpoint has it")
	require.NotContains(t, labels(about(seen, "10.200.1.1").Actions), "Block address", "it is another machine in each network")
}

// Two endpoints of one name are told apart; in a card about one of them the other isn't offered for isolation.
func TestTwinsAreToldApartAndACardsOwnEndpointIsAlone(t *testing.T) {
	t.Parallel()
	console := s1sim.New(commandtest.Frozen(-1))
	one, other := console.AddAgent(s1sim.AgentSpec{Name: "TWIN-1"}), console.AddAgent(s1sim.AgentSpec{Name: "TWIN-1"})
	cat := commands.All()
	call := commandtest.At(t, cat, console).Call
	link := call.Console.AgentURL(s1.AgentID(one))
	found := observables.Find("evil.exe on TWIN-1", link)
	require.Contains(t, found, observables.Observable{Kind: observables.URL, Value: link})
	require.Equal(t, s1.AgentID(one), call.Console.AgentAt(link))
	require.Empty(t, call.Console.AgentAt("https://evil.example/sentinels/devices?page=1&filter=%7B%22ids%22%3A%22"+one+"%22%7D"))
	seen, _ := sightings.Of(t.Context(), call, cat, everything, observables.Find("evil.exe on TWIN-1"))
	twins := slices.DeleteFunc(slices.Clone(seen), func(s sightings.Sighting) bool { return s.Agent == "" })
	require.Len(t, twins, 2)
	for _, s := range twins {
		require.Contains(t, s.Name, "id "+string(s.Agent))
		require.Equal(t, "one of 2 endpoints of this name", s.Known[0])
	}
	kept := sightings.About([]s1.AgentID{s1.AgentID(one)}, twins)
	require.Len(t, kept, 1)
	require.Equal(t, s1.AgentID(one), kept[0].Agent)
	require.Len(t, sightings.About(nil, twins), 2)
	require.NotEqual(t, one, other)
}
