package commandtest

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/commands/slash"
	"s1bot/render"
	"s1bot/s1/s1sim"
)

// A Session is one person's conversation with the commands of a catalog at one console. Its methods
// take what is typed behind /s1.
type Session struct {
	Catalog *catalog.Catalog
	Call    *catalog.Call

	t   testing.TB
	sim *s1sim.Console // nil where a test makes the answers up
}

// New begins a session at a simulated console. What has happened there already is up to opt: with
// Empty nothing has.
func New(t testing.TB, cat *catalog.Catalog, opt s1sim.Options) (*s1sim.Console, *Session) {
	t.Helper()
	console := s1sim.New(opt)
	s := At(t, cat, console)
	s.sim = console
	return console, s
}

// WithAgents begins a session at a simulated console that has the named endpoints and nothing else.
// Its clock stands at Now.
func WithAgents(t testing.TB, cat *catalog.Catalog, names ...string) (*s1sim.Console, *Session) {
	t.Helper()
	console, s := New(t, cat, Frozen(-1))
	for _, name := range names {
		console.AddAgent(s1sim.AgentSpec{Name: name})
	}
	return console, s
}

// Frozen are the options of a console in which nothing has happened, whose clock stands at Now. Of
// its usual endpoints it has the first few: 0 means all, -1 none.
func Frozen(agents int) s1sim.Options {
	return s1sim.Options{Now: fixedNow, Agents: agents, Empty: true}
}

// At begins a session at any console: one whose answers a test makes up.
func At(t testing.TB, cat *catalog.Catalog, console http.Handler) *Session {
	t.Helper()
	return &Session{Catalog: cat, Call: CallTo(t, console), t: t}
}

// Parse reads typed text, which must be understood.
func (s *Session) Parse(typed string) (*catalog.Command, catalog.Invocation) {
	s.t.Helper()
	inv, _, err := slash.Parse(s.Catalog, typed, Input())
	require.NoError(s.t, err, typed)
	cmd, ok := s.Catalog.Find(inv.Command)
	require.True(s.t, ok, inv.Command)
	return cmd, inv
}

// Run runs typed text and returns its card.
func (s *Session) Run(typed string) (render.Card, error) {
	s.t.Helper()
	_, inv := s.Parse(typed)
	return s.Invoke(inv)
}

// Invoke does what the bot does with an invocation, however it came: prepares it, and runs what
// that left.
func (s *Session) Invoke(inv catalog.Invocation) (render.Card, error) {
	s.t.Helper()
	cmd, ok := s.Catalog.Find(inv.Command)
	require.True(s.t, ok, inv.Command)
	call := *s.Call
	call.How, call.Page = inv.How, inv.Page
	plan, err := cmd.Prepare(s.t.Context(), &call, inv.Args)
	if err != nil {
		return render.Card{}, err
	}
	call.Secrets = plan.Secrets
	return cmd.Run(s.t.Context(), &call, plan.Args)
}

// Plan prepares typed text, which must succeed, and runs nothing.
func (s *Session) Plan(typed string) catalog.Plan {
	s.t.Helper()
	cmd, inv := s.Parse(typed)
	plan, err := cmd.Prepare(s.t.Context(), s.Call, inv.Args)
	require.NoError(s.t, err, typed)
	return plan
}

// Card runs typed text that must not fail as a whole; how well it went is for the test to look at.
func (s *Session) Card(typed string) render.Card {
	s.t.Helper()
	card, err := s.Run(typed)
	require.NoError(s.t, err, typed)
	return card
}

// Done runs typed text that must succeed.
func (s *Session) Done(typed string) render.Card {
	s.t.Helper()
	card := s.Card(typed)
	require.Equal(s.t, render.Successful, card.Outcome, "%s: %s", typed, card.Plain())
	return card
}

// As runs typed text whose answer is wanted in another form, such as a CSV file.
func (s *Session) As(typed string, how render.How) render.Card {
	s.t.Helper()
	_, inv := s.Parse(typed)
	inv.How = how
	card, err := s.Invoke(inv)
	require.NoError(s.t, err, typed)
	return card
}

// Refused runs typed text that must be refused, in the given words, before the simulated console
// was told to change anything.
func (s *Session) Refused(typed, problem string) {
	s.t.Helper()
	s.sim.Reset()
	inv, _, err := slash.Parse(s.Catalog, typed, Input())
	if err == nil {
		_, err = s.Invoke(inv)
	}
	require.ErrorContains(s.t, err, problem, typed)
	require.Empty(s.t, s.sim.Changes(), typed)
}

// Click does what a card's button of that name does.
func (s *Session) Click(card render.Card, label string) render.Card {
	s.t.Helper()
	next, err := s.Invoke(Button(s.t, card, label))
	require.NoError(s.t, err, label)
	return next
}

// Button is what a card's button of that name asks for.
func Button(t testing.TB, card render.Card, label string) catalog.Invocation {
	t.Helper()
	for _, a := range card.Actions {
		if b, ok := a.(render.Button); ok && b.Label == label {
			return b.Do
		}
	}
	require.Fail(t, "no button "+label, card.Plain())
	return catalog.Invocation{}
}

// Asks is the field of a form with that name.
func Asks(t testing.TB, form render.Form, name string) render.FormField {
	t.Helper()
	for _, f := range form.Fields {
		if f.Name == name {
			return f
		}
	}
	require.Fail(t, "the form has no field "+name)
	return render.FormField{}
}

// RequireIDsOnly checks that the body of a request chooses what it acts on by ids, and by nothing
// else.
func RequireIDsOnly(t testing.TB, body string) {
	t.Helper()
	var sent struct {
		Filter map[string][]string `json:"filter"`
	}
	require.NoError(t, json.Unmarshal([]byte(body), &sent))
	require.Len(t, sent.Filter, 1)
	require.NotEmpty(t, sent.Filter["ids"])
}
