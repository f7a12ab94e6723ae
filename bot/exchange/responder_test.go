package exchange

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/approvals/workflow"
	"s1bot/bot/post"
	"s1bot/render"
	"s1bot/s1/consoletest"
)

// mailbox takes what is said, unless a way is shut.
type mailbox struct {
	shut map[string]error // by way: url, ephemeral, channel ids
	sent []string         // the ways that took a card
	last render.Card
}

func (m *mailbox) take(way string, card render.Card) error {
	if err := m.shut[way]; err != nil {
		return err
	}
	m.sent, m.last = append(m.sent, way), card
	return nil
}

func (m *mailbox) Post(_ context.Context, channel, thread, _ string, card render.Card) (string, string, error) {
	if post.IsPerson(channel) {
		return "D" + channel, "1.1", m.take("direct", card)
	}
	return channel, "1.1", m.take("thread "+thread, card)
}

func (m *mailbox) PostEphemeral(_ context.Context, _, _, _ string, card render.Card) error {
	return m.take("ephemeral", card)
}

func (m *mailbox) Respond(_ context.Context, _ string, replace post.Replacing, card render.Card) error {
	if replace {
		return m.take("url in place", card)
	}
	return m.take("url", card)
}

func (m *mailbox) RespondInChannel(_ context.Context, _, _ string, card render.Card) error {
	return m.take("url for all", card)
}

// Tell is what operators hear.
func (m *mailbox) Tell(_ context.Context, topic, _ string) {
	m.sent = append(m.sent, "operators: "+topic)
}

func responderBy(shut ...string) (*Responder, *mailbox) {
	m := &mailbox{shut: map[string]error{}}
	for _, way := range shut {
		m.shut[way] = slack.SlackErrorResponse{Err: "messages_tab_disabled"}
	}
	return &Responder{Post: m, Operators: m, Address: func() string { return "https://acme.slack.com/" }, Log: slog.New(slog.DiscardHandler)}, m
}

var asked = workflow.Interaction{User: "U1", Who: workflow.Person{Person: policy.Person{ID: "U1"}}, At: Origin{Channel: "C1", Thread: "1.0", ResponseURL: "https://hooks.example"}}

// Each way is tried in its turn: the answer is for the person alone as long as any such way is left.
func TestAnAnswerFindsItsPerson(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shut []string
		want string
	}{
		{nil, "url"},
		{[]string{"url"}, "ephemeral"},
		{[]string{"url", "ephemeral"}, "direct"},
		{[]string{"url", "ephemeral", "direct"}, "thread 1.0"},
	} {
		r, m := responderBy(c.shut...)
		r.Reply(t.Context(), Interaction{Interaction: asked}, render.Notice("hello"))
		require.Equal(t, []string{c.want}, m.sent)
	}
	r, m := responderBy("url", "ephemeral", "direct", "thread 1.0")
	require.Equal(t, post.Sent{Channel: "C1", TS: "1.1"}, r.Reply(t.Context(), Interaction{Interaction: asked}, render.Notice("hello")))
	require.Empty(t, m.sent, "nobody is left to be told; the log has it")
}

// In the direct messages an answer stays: an ephemeral one is gone at the next reload.
func TestAnAnswerInDirectMessagesIsAMessage(t *testing.T) {
	t.Parallel()
	written := workflow.Interaction{User: "U1", At: Origin{Channel: "D1"}}
	for _, c := range []struct {
		shut []string
		want string
	}{
		{nil, "thread "},
		{[]string{"thread "}, "ephemeral"},
		{[]string{"thread ", "ephemeral"}, "direct"},
	} {
		r, m := responderBy(c.shut...)
		r.Reply(t.Context(), Interaction{Interaction: written}, render.Notice("hello"))
		require.Equal(t, []string{c.want}, m.sent)
	}
	r, m := responderBy()
	clicked := workflow.Interaction{User: "U1", At: Origin{Channel: "D1", ResponseURL: "https://hooks.example"}}
	r.Reply(t.Context(), Interaction{Interaction: clicked}, render.Notice("hello"))
	require.Equal(t, []string{"url"}, m.sent, "a click or a slash command is answered where Slack says")
}

func TestABotGetsNoAnswer(t *testing.T) {
	t.Parallel()
	r, m := responderBy()
	r.Reply(t.Context(), Interaction{Interaction: asked, Silent: true}, render.Notice("hello"))
	require.Empty(t, m.sent)
}

// What is delivered later goes to the direct messages; where the app's setting forbids these, the operators hear which one.
func TestADeliveryGoesRoundAClosedMessagesTab(t *testing.T) {
	t.Parallel()
	r, m := responderBy()
	at, err := r.Deliver(t.Context(), "U1", asked.At, render.Notice("done"))
	require.NoError(t, err)
	require.Equal(t, "DU1", at.Channel)
	require.Equal(t, []string{"direct"}, m.sent)
	r, m = responderBy("direct")
	_, err = r.Deliver(t.Context(), "U1", asked.At, render.Notice("done"))
	require.NoError(t, err)
	require.Equal(t, []string{"operators: messages_tab_disabled", "url"}, m.sent)
	r, m = responderBy("direct")
	_, err = r.Deliver(t.Context(), "U1", asked.At, render.Card{Files: []render.File{{Name: "a.csv"}}})
	require.NoError(t, err)
	require.Equal(t, "thread 1.0", m.sent[1], "an ephemeral message holds no file")
	r, _ = responderBy("direct", "url", "ephemeral", "thread 1.0")
	_, err = r.Deliver(t.Context(), "U1", asked.At, render.Notice("done"))
	require.ErrorContains(t, err, "tell U1")
}

func TestAnAnswerIsSharedByItsClickOrAsAMessage(t *testing.T) {
	t.Parallel()
	r, m := responderBy()
	require.NoError(t, r.Share(t.Context(), Interaction{Interaction: asked}, render.Notice("x")))
	require.Equal(t, []string{"url for all"}, m.sent)
	r, m = responderBy("url for all")
	require.NoError(t, r.Share(t.Context(), Interaction{Interaction: asked}, render.Notice("x")))
	require.Equal(t, []string{"thread 1.0"}, m.sent)
	r, _ = responderBy("url for all", "thread 1.0")
	require.ErrorIs(t, r.Share(t.Context(), Interaction{Interaction: asked}, render.Notice("x")), errUnshared)
}

func TestAFileSaysWhereItIs(t *testing.T) {
	t.Parallel()
	file := render.Card{Title: "agents", Files: []render.File{{Name: "agents.csv", Title: "agents"}}}
	r, m := responderBy()
	require.NoError(t, r.SendDownload(t.Context(), Interaction{Interaction: asked}, file))
	require.Equal(t, []string{"direct", "url"}, m.sent)
	require.Contains(t, m.last.Text, "in your direct messages")
	file.Outcome, file.Tone = render.Partial, render.Warning
	file.Parts = []render.Part{render.Line{render.Text("⚠ The file is not complete.")}, render.Line{render.Text("5 rows")}, render.Note{render.Text("It was cut off.")}}
	require.NoError(t, r.SendDownload(t.Context(), Interaction{Interaction: asked}, file))
	require.Equal(t, render.Partial, m.last.Outcome, "who only reads the answer knows it, too")
	require.Contains(t, m.last.Plain(), "⚠ The file is not complete.\n(It was cut off.)")
	r, m = responderBy("direct")
	require.NoError(t, r.AnswerWithDownload(t.Context(), Interaction{Interaction: asked}, file))
	require.Empty(t, m.last.Files)
}

// clips keep what lives for a while.
type clips map[string][]byte

func (c clips) Put(_ context.Context, body []byte, ttl time.Duration) (string, error) {
	if ttl != 30*time.Minute {
		return "", errors.New("a response URL works for half an hour")
	}
	c["clip-1"] = body
	return "clip-1", nil
}

func (c clips) Get(_ context.Context, id string) ([]byte, error) {
	if body, ok := c[id]; ok {
		return body, nil
	}
	return nil, approvals.ErrNotFound
}

// An answer that nothing can change later names no state: what tells of one is in the direct messages, and a link leads there.
func TestAStateStandsOnlyWhereItCanBeChanged(t *testing.T) {
	t.Parallel()
	waiting, brief := render.Notice("waiting"), render.Notice("asked")
	waiting.Actions = []render.Action{render.Button{Label: "Withdraw"}}
	follows := func(at Origin, shut ...string) (approvals.CardRef, *mailbox) {
		r, m := responderBy(shut...)
		return r.Dialog(Interaction{Interaction: asked}).Dialog.ReplyFollowed(t.Context(), at, waiting, brief), m
	}
	direct := approvals.CardRef{Channel: "DU1", TS: "1.1"}
	own := asked.At
	own.Own = true
	for name, c := range map[string]struct {
		at   Origin
		shut []string
		sent []string
		ref  approvals.CardRef
		last string
	}{
		"the click's response URL replaces something else": {asked.At, nil, []string{"direct", "url"}, direct, "asked"},
		"a mention has none":            {Origin{Channel: "C1", Thread: "1.0"}, nil, []string{"direct", "ephemeral"}, direct, "asked"},
		"the command's is used up":      {own, []string{"url"}, []string{"direct", "ephemeral"}, direct, "asked"},
		"Home is no place to answer":    {Origin{}, nil, []string{"direct"}, direct, "waiting"},
		"who is in the direct messages": {Origin{Channel: "D1", ResponseURL: "https://hooks.example"}, nil, []string{"thread "}, approvals.CardRef{Channel: "D1", TS: "1.1"}, "waiting"},
		"who takes no direct messages":  {asked.At, []string{"direct"}, []string{"url"}, approvals.CardRef{}, "asked"},
	} {
		ref, m := follows(c.at, c.shut...)
		require.Equal(t, c.sent, m.sent, name)
		require.Equal(t, c.ref, ref, name)
		require.Contains(t, m.last.Plain(), c.last, name)
		require.Equal(t, ref == approvals.CardRef{} || c.last == "waiting", len(m.last.Actions) > 0, "%s: the button is where it goes when the request ends, if there is such a place", name)
		require.Equal(t, c.last == "asked" && ref.TS != "", strings.Contains(fmt.Sprintf("%+v", m.last), "https://acme.slack.com/archives/DU1/p11"), name)
	}
}

// The answer to a slash command can be replaced by its response URL for half an hour. That of a click replaces what was clicked on, which is
// something else.
func TestTheWayToAnAnswerIsKept(t *testing.T) {
	t.Parallel()
	r, m := responderBy()
	kept := clips{}
	r.Kept = kept
	own := asked
	own.At.Own = true
	ref := r.Dialog(Interaction{Interaction: own}).Dialog.ReplyFollowed(t.Context(), own.At, render.Notice("waiting"), render.Notice("asked"))
	require.Equal(t, approvals.CardRef{Reply: "clip-1"}, ref, "the row has no address in it")
	over, err := r.Replace(t.Context(), ref.Reply, render.Notice("denied"))
	require.NoError(t, err)
	require.False(t, over)
	require.Equal(t, []string{"url", "url in place"}, m.sent)

	for _, gone := range []error{slack.StatusCodeError{Code: 404, Status: "404 Not Found"}, slack.StatusCodeError{Code: 500, Status: "500"}} {
		m.shut["url in place"] = gone
		over, err = r.Replace(t.Context(), ref.Reply, render.Notice("denied"))
		require.ErrorIs(t, err, gone)
		require.Equal(t, gone.(slack.StatusCodeError).Code == 404, over)
	}
	m.sent, m.shut = nil, map[string]error{"direct": slack.SlackErrorResponse{Err: "messages_tab_disabled"}}
	at := Origin{Channel: "C1", Kept: "clip-1"}
	_, err = r.Deliver(t.Context(), "U1", at, render.Notice("done"))
	require.NoError(t, err)
	require.Equal(t, []string{"operators: messages_tab_disabled", "url"}, m.sent, "the response URL comes before the ephemeral message")
	require.Contains(t, fmt.Sprintf("%+v", m.last), "messages_tab_enabled")

	delete(kept, "clip-1")
	over, err = r.Replace(t.Context(), "clip-1", render.Notice("denied"))
	require.ErrorIs(t, err, approvals.ErrNotFound)
	require.True(t, over, "its half hour is over")
	m.sent = nil
	_, err = r.Deliver(t.Context(), "U1", at, render.Notice("done"))
	require.NoError(t, err)
	require.Equal(t, []string{"operators: messages_tab_disabled", "ephemeral"}, m.sent)
}

func TestWhoWaitsForSeveralReadsWaitsHalfAMinuteInAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		console := consoletest.Over(t, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, nil)
		var a Interaction
		ctx, began := a.Awaiting(a.Awaiting(t.Context())), time.Now()
		for range 20 {
			_, err := console.AgentsPage(ctx, nil)
			require.Error(t, err)
		}
		_, err := console.SystemInfo(ctx)
		require.Error(t, err)
		require.Less(t, time.Since(began), 30*time.Second)
	})
}
