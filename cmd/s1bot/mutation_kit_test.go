package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/s1sim"
)

// A tape is a transport between the client and the simulated console. While it records it keeps each answer; while it plays it
// gives the recorded answers again, of which one can be edited. What was not recorded the console answers itself.
type tape struct {
	console http.Handler
	shots   []*shot
	playing bool
	heard   map[string]int                     // answers given so far, by shot.key
	edit    func(s *shot, query string) []byte // of the recorded answers; nil: as recorded
	closed  *shot                              // answers every request of its key; nil: none is closed
}

// A shot is one recorded answer.
type shot struct {
	key    string // method and path
	nth    int    // of its key
	status int
	header http.Header
	body   []byte
}

func (t *tape) RoundTrip(r *http.Request) (*http.Response, error) {
	key := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/web/api/v2.1/")
	if r.URL.Query().Get("cursor") == "" { // a further page is no further question
		t.heard[key]++
	}
	nth := t.heard[key] - 1
	if c := t.closed; c != nil && c.key == key {
		return &http.Response{StatusCode: c.status, Header: c.header, Body: io.NopCloser(bytes.NewReader(c.body)), ContentLength: int64(len(c.body)), Request: r}, nil
	}
	if t.playing {
		if s := t.find(key, nth); s != nil {
			body := s.body
			if t.edit != nil {
				body = t.edit(s, r.URL.RawQuery)
			}
			return &http.Response{StatusCode: s.status, Header: s.header, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: r}, nil
		}
	}
	recorder := httptest.NewRecorder()
	t.console.ServeHTTP(recorder, r)
	answer := recorder.Result()
	if !t.playing {
		t.shots = append(t.shots, &shot{key, nth, answer.StatusCode, answer.Header, recorder.Body.Bytes()})
	}
	answer.Request = r
	return answer, nil
}

// find returns the answer to the nth request of a kind, or the last one there is.
func (t *tape) find(key string, nth int) *shot {
	var found *shot
	for _, s := range t.shots {
		if s.key == key && s.nth <= nth {
			found = s
		}
	}
	return found
}

// rewind starts a run anew.
func (t *tape) rewind() { t.heard = map[string]int{} }

// A mutant is the ground on which one command meets changed answers.
type mutant struct {
	t    testing.TB
	cmd  *catalog.Command
	inv  catalog.Invocation
	tape *tape
	call func() *catalog.Call
	now  time.Time
	base outcome // of the answers as they were recorded
}

// breed records what the console answers to the command's line in the table of lines.
func breed(t testing.TB, cmd *catalog.Command) *mutant {
	t.Helper()
	time.Sleep(time.Until(time.Date(2026, 11, 22, 19, 0, 0, 0, time.UTC))) // a bubble's clock begins before there were ids
	console := s1sim.New(s1sim.Options{Empty: true})
	m := &mutant{t: t, cmd: cmd, tape: &tape{console: console}, now: time.Now()}
	client, err := s1.New(s1.Config{BaseURL: "https://console.test", Token: s1.NewSecret(s1sim.Token), HTTPClient: &http.Client{Transport: m.tape}})
	require.NoError(t, err)
	m.tape.rewind()
	s := dress(&story{t: t, console: console, program: &program{consoles: []*connection{{client: client}}}})
	time.Sleep(2 * time.Minute) // the rates of what was prepared are over
	line := s.line(cmd.Name)
	inv, _, err := slash.Parse(commands.Known(), line, text.Input{Zone: time.UTC, Now: m.now})
	require.NoError(t, err, line)
	m.inv = inv
	m.call = func() *catalog.Call {
		return &catalog.Call{
			Console: client, Caller: catalog.Caller{ID: "U1", Name: "alice", Zone: time.UTC, Now: m.now}, Now: m.now, Page: 1,
			Random: strings.NewReader(strings.Repeat("s1bot", 100)),
			Tell:   func(context.Context, render.Card) error { return nil },
		}
	}
	m.tape.shots = nil
	require.NoError(t, m.run().err, line)
	m.tape.playing = true
	m.base = m.run()
	return m
}

// An outcome is what became of a run.
type outcome struct {
	first render.Card // of a command that then waits for an effect
	card  render.Card
	plan  catalog.Plan
	err   error
	panic any
}

// text is what people read.
func (o outcome) text() string {
	return strings.TrimSpace(o.first.Plain() + o.card.Plain() + strings.Join(o.plan.Notes, "\n") + errText(o.err))
}

// whole is everything that people see and can click.
func (o outcome) whole() string {
	raw, err := json.Marshal(struct {
		First, Card render.Card
		Plan        catalog.Plan
		Err         string
	}{o.first, o.card, o.plan, errText(o.err)})
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// maxWait is how long a run may wait for something that never comes.
const maxWait = 3 * time.Minute

// run does the command from its plan to the end of what waits for its effect.
func (m *mutant) run() (o outcome) {
	m.tape.rewind()
	defer func() { o.panic = recover() }()
	ctx, cancel := context.WithTimeout(m.t.Context(), maxWait)
	defer cancel()
	cmd, _ := commands.All().Find(m.cmd.Name) // with empty caches
	call := m.call()
	call.OnSave = func(state json.RawMessage) error { call.Saved = state; return nil }
	if o.plan, o.err = cmd.Prepare(ctx, call, m.inv.Args); o.err != nil {
		return o
	}
	call.Secrets = o.plan.Secrets
	if o.card, o.err = cmd.Run(ctx, call, o.plan.Args); o.err != nil {
		return o
	}
	o.card = o.plan.WithLeftOut(o.card)
	if cmd.Follows() && call.Saved != nil {
		o.first = o.card
		o.card, o.err = cmd.Follow(ctx, call, o.plan.Args)
	}
	return o
}

// with runs the command again with one answer edited.
func (m *mutant) with(edit func(s *shot, query string) []byte) outcome {
	m.tape.edit = edit
	defer func() { m.tape.edit = nil }()
	return m.run()
}

// isOurFault tells whether people would read of an error that something went wrong inside the bot.
func isOurFault(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) { // it waits on, which the people see
		return false
	}
	var (
		usage     *catalog.UsageError
		missing   *catalog.MissingError
		ambiguous *catalog.AmbiguousError
		console   *s1.Error
	)
	return !errors.As(err, &usage) && !errors.As(err, &missing) && !errors.As(err, &ambiguous) && !errors.As(err, &console) &&
		!errors.Is(err, catalog.ErrNotPrepared)
}
