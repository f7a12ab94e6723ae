package exchange

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/workflow"
	"s1bot/commands/catalog"
	"s1bot/commands/consoles"
	"s1bot/render"
	"s1bot/s1"
)

// told is a notifier that knows what a few messages are about.
type told struct {
	about map[string]Subject
	fails error
}

func (n *told) About(_ context.Context, _, ts string) (Subject, error) { return n.about[ts], n.fails }

// A thread is of the console that its card is about, whichever channel it is in; where nobody can tell, nothing is guessed.
func TestAThreadMeansTheConsoleOfItsCard(t *testing.T) {
	t.Parallel()
	console := func(name string, channels ...string) consoles.Console {
		client, err := s1.New(s1.Config{BaseURL: "https://" + name + ".example", Token: s1.NewSecret("x")})
		require.NoError(t, err)
		empty, err := catalog.New(nil)
		require.NoError(t, err)
		return consoles.Console{Name: name, Client: client, Catalog: empty, Channels: channels}
	}
	two, err := consoles.NewSet(console(consoles.Default), console("apac", "C0APAC"))
	require.NoError(t, err)
	source := &told{about: map[string]Subject{"5.5": {Console: "apac", Kind: "threat", ID: "1"}}}
	s := Settler{two, Subjects{source, slog.New(slog.DiscardHandler)}}
	a := Interaction{Interaction: workflow.Interaction{At: Origin{Channel: "C0SOC", Thread: "5.5"}}}
	require.NoError(t, s.Settle(t.Context(), &a))
	require.Equal(t, "apac", a.Do.Console)
	require.Equal(t, "apac", a.Label)
	a = Interaction{Interaction: workflow.Interaction{At: Origin{Channel: "C0APAC"}}, Drawn: true}
	require.NoError(t, s.Settle(t.Context(), &a))
	require.Equal(t, "default", a.Do.Console, "a button from before there were names means the one of that time, wherever it is clicked")
	source.fails = errors.New("disk full")
	a = Interaction{Interaction: workflow.Interaction{At: Origin{Channel: "C0SOC", Thread: "9.9"}}}
	require.ErrorContains(t, s.Settle(t.Context(), &a), "disk full")
	source.fails = nil
	var several *SeveralError
	require.ErrorAs(t, s.Settle(t.Context(), &a), &several)
	require.Equal(t, []string{"default", "apac"}, several.Names)
	card, fault := Explain(a, several)
	require.NoError(t, fault)
	require.Equal(t, "apac", card.Actions[1].(render.Button).Do.Console)
	var cut render.Invocation
	rest, err := s.Cut(&cut, "rule=\"two  blanks\" console=apac reason=\"one\nline\"")
	require.NoError(t, err)
	require.Equal(t, "rule=\"two  blanks\" reason=\"one\nline\"", rest, "what is left stays as it was typed")
	require.Equal(t, "apac", cut.Console)
	typed := render.Invocation{Console: "APAC"}
	require.NoError(t, s.Typed(&typed))
	require.Equal(t, "apac", typed.Console)
	require.Error(t, s.Typed(&render.Invocation{Console: "emea"}))
	require.NoError(t, s.Typed(&render.Invocation{}))
}

// A wait is told once it is one, and the answer takes the place of what was said about it.
func TestAWaitIsToldAndThenReplacedByTheAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		responder, box := responderBy()
		a := Interaction{Interaction: workflow.Interaction{User: "U1", At: Origin{Channel: "C1", ResponseURL: "https://respond", Own: true}}}
		done := responder.NotifySlow(t.Context(), &a)
		ctx := a.Awaiting(t.Context())
		require.NotNil(t, ctx)
		time.Sleep(SlowAfter + time.Millisecond) // of the bubble's clock
		synctest.Wait()
		require.Len(t, box.sent, 1)
		a.patience.say(t.Context(), waitWords(s1.Wait{For: 7 * time.Second, Answered: true}))
		a.patience.say(t.Context(), "more than anybody reads")
		require.Len(t, box.sent, mostWords)
		responder.Reply(t.Context(), a, render.Notice("done"))
		require.Len(t, box.sent, mostWords+1)
		require.Equal(t, "url in place", box.sent[mostWords])
		done()
	})
}

// Nothing is said about a wait any more once the answer is there.
func TestAnAnswerEndsTheWordsAboutItsWait(t *testing.T) {
	t.Parallel()
	responder, box := responderBy()
	a := Interaction{Interaction: workflow.Interaction{User: "U1", At: Origin{Channel: "C1", ResponseURL: "https://respond", Own: true}}}
	done := responder.NotifySlow(t.Context(), &a)
	responder.Reply(t.Context(), a, render.Notice("done"))
	a.patience.say(t.Context(), "too late")
	require.Equal(t, []string{"url"}, box.sent)
	done()
}

func TestWhyAnAnswerTakesLongIsSaidInSeconds(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Waiting 7 s: the console is busy or having problems, and I'll try again then. The answer will appear here.", waitWords(s1.Wait{For: 6001 * time.Millisecond, Answered: true}))
	require.Contains(t, waitWords(s1.Wait{For: 3 * time.Second, Path: "/agents"}), "Waiting 3 s: the console allows only")
}
