package casework

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/bot/exchange"
	"s1bot/bot/post"
	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/consoles"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/s1sim"
)

// kit is a console with two threats of one name, and what was said and refused.
type kit struct {
	t       *testing.T
	console *s1sim.Console
	cases   Cases
	said    []string // where, and what
	files   []string
	denied  map[string]bool // commands
	fails   error           // of a broadcast
}

func newKit(t *testing.T) *kit {
	t.Helper()
	k := &kit{t: t, console: s1sim.New(s1sim.Options{Empty: true, Agents: -1}), denied: map[string]bool{}}
	k.console.AddAgent(s1sim.AgentSpec{Name: "DESKTOP-1"})
	all := commands.All()
	client, err := s1.New(s1.Config{BaseURL: "http://localhost", Token: s1.NewSecret(s1sim.Token), HTTPClient: &http.Client{Transport: inProcess{k.console}}, RetryPause: time.Nanosecond})
	require.NoError(t, err)
	set, err := consoles.NewSet(consoles.Console{Name: consoles.Default, Client: client, Catalog: all})
	require.NoError(t, err)
	k.cases = Cases{
		Catalog: all, Settler: exchange.Settler{Set: set}, Gate: k, Ledger: noRequests{}, Answers: k, Now: time.Now,
		Call: func(a exchange.Interaction) *catalog.Call {
			return &catalog.Call{Console: a.On.Client, Now: time.Now()}
		},
	}
	return k
}

func (k *kit) MayRead(_ context.Context, cmd *catalog.Command, _ exchange.Interaction) error {
	if k.denied[cmd.Name] {
		return errDenied
	}
	return nil
}

var errDenied = errors.New("the policy says no")

func (k *kit) note(where string, card render.Card) (post.Sent, error) {
	k.said = append(k.said, where+": "+card.Title)
	for _, f := range card.Files {
		k.files = append(k.files, f.Name)
	}
	return post.Sent{Channel: where, TS: "1.1"}, nil
}

func (k *kit) Broadcast(_ context.Context, _ string, at exchange.Origin, card render.Card) (post.Sent, error) {
	if k.fails != nil {
		return post.Sent{}, k.fails
	}
	return k.note(strings.Trim(at.Channel+"/"+at.Thread, "/"), card)
}

func (k *kit) Deliver(_ context.Context, user string, _ exchange.Origin, card render.Card) (post.Sent, error) {
	return k.note(user, card)
}

func (k *kit) InThread(_ context.Context, user string, _ exchange.Origin, _ post.Sent, words string) {
	k.said = append(k.said, user+" alone: "+words)
}

// asks is `/s1 case …`.
func (k *kit) asks(what string, edit ...func(*exchange.Interaction)) error {
	var a exchange.Interaction
	a.User, a.At = "UALICE", render.Origin{Channel: "CSOC"}
	for _, change := range edit {
		change(&a)
	}
	return k.cases.File(k.t.Context(), a, what)
}

type noRequests struct{}

func (noRequests) Find(context.Context, approvals.Query) ([]approvals.Request, error) {
	return nil, nil
}

func (noRequests) Audit(context.Context, approvals.AuditQuery) (approvals.Trail, error) {
	return approvals.Trail{}, nil
}

// inProcess answers calls without a network.
type inProcess struct{ handler http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, r)
	return w.Result(), nil
}

// A thing is meant by its name, its id or its address in the console, and its file goes where it was asked for.
func TestACaseFileGoesWhereItWasAskedFor(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	id := k.console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Name: "evil.exe"})
	for _, what := range []string{"evil.exe", "  “evil.exe” ", id, "https://usea1.sentinelone.net/incidents/threats/" + id + "/overview"} {
		k.said, k.files = nil, nil
		require.NoError(t, k.asks(what), what)
		require.Len(t, k.said, 1)
		require.Contains(t, k.said[0], "CSOC: ")
		require.Contains(t, k.said[0], "evil.exe")
		require.Len(t, k.files, 1)
		require.Contains(t, k.files[0], "case-threat-"+id)
	}
}

// From a card's button it goes into the card's thread, and who clicked is told so.
func TestACaseFromACardGoesIntoItsThread(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	id := k.console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Name: "evil.exe"})
	require.NoError(t, k.asks(id, func(a *exchange.Interaction) { a.Drawn, a.At.Message = true, "7.7" }))
	require.Len(t, k.said, 2)
	require.Contains(t, k.said[0], "CSOC/7.7: ")
	require.Equal(t, "UALICE alone: The case file is in the thread", k.said[1])
}

func TestACaseThatAChannelDoesNotTakeGoesToItsPerson(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Name: "evil.exe"})
	k.fails = errors.New("not_in_channel")
	require.NoError(t, k.asks("evil.exe"))
	require.Contains(t, k.said[0], "UALICE: ")
	k.said, k.fails = nil, &post.FilesError{}
	require.NoError(t, k.asks("evil.exe"))
	require.Empty(t, k.said, "the message stands, and says that its file is missing")
}

func TestOfSeveralThingsThePersonChooses(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	one, other := k.console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Name: "evil.exe"}), k.console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Name: "evil.exe"})
	var usage *catalog.UsageError
	require.ErrorAs(t, k.asks("evil.exe"), &usage)
	require.Len(t, usage.Offers, 2)
	var offered []string
	for _, offer := range usage.Offers {
		c, err := exchange.ReadChoice(offer.Do)
		require.NoError(t, err)
		offered = append(offered, c.Line)
	}
	require.ElementsMatch(t, []string{one, other}, offered)
	require.ErrorAs(t, k.asks(""), &usage)
	require.ErrorAs(t, k.asks("nothing.exe"), &usage)
	require.ErrorContains(t, k.asks("nothing.exe"), "no threat or alert called")
	require.Empty(t, k.said)
}

// Who may not list threats gets no case of one; who may not list alerts, one without them.
func TestACaseShowsNobodyWhatAListWouldNot(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	id := k.console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Name: "evil.exe"})
	k.denied["get-threat"] = true
	require.ErrorIs(t, k.asks(id), errDenied)
	require.ErrorIs(t, k.asks("evil.exe"), errDenied)
	require.Empty(t, k.said)
	k.denied = map[string]bool{"get-alerts": true}
	require.NoError(t, k.asks(id))
	require.ErrorIs(t, k.asks("evil.exe"), errDenied, "a name may be an alert's")
}

func TestAUnifiedAlertHasACaseToo(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	id := k.console.AddUnifiedAlert(s1sim.UnifiedSpec{Name: "Ransomware"})
	require.NoError(t, k.asks(id))
	require.Contains(t, k.said[0], "Ransomware")
	k.denied["list-unified-alerts"] = true
	require.ErrorIs(t, k.asks(id), errDenied)
}

func TestCardsOfferTheCaseOfWhatHasAnID(t *testing.T) {
	t.Parallel()
	_, ok := OnCards().Threat(s1.Threat{})
	require.False(t, ok)
	filling, ok := caseFilling("42")
	require.True(t, ok)
	require.JSONEq(t, `{"line":"42"}`, string(filling.Args))
	require.Equal(t, Word, OnCards().Command)
	require.Equal(t, "Get Threat", Cases{Catalog: commands.All()}.title("get-threat"))
	require.Equal(t, "gone", Cases{Catalog: commands.All()}.title("gone"))
}
