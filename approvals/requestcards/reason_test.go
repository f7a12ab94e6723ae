package requestcards

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/render"
)

// A long reason must not push what an approver decides by off the screen; the window has all of it.
func TestALongReasonIsCutOnTheCardAndWholeInItsWindow(t *testing.T) {
	t.Parallel()
	reason := strings.Repeat("beaconing every night ", 300)
	req := isolation(func(r *approvals.Request) { r.Reason = reason })
	card := drawer(t).Request(req)
	require.Less(t, len(card.Plain()), 1200)
	require.Contains(t, labels(card), "Details")
	window := drawer(t).InWindow().Request(req)
	require.Contains(t, window.Parts, render.Part(render.Quote{Text: reason}))
	require.NotContains(t, labels(window), "Details")

	require.NotContains(t, labels(drawer(t).Request(isolation())), "Details", "a short one is all there")
	require.Equal(t, "a\nb\nc …", briefly("a\nb\nc\nd"))
}

// A window has no thread: it leads to the card that has one.
func TestAWindowLeadsToTheCardForQuestions(t *testing.T) {
	t.Parallel()
	require.Contains(t, drawer(t).Request(isolation()).Plain(), "in this card's thread")
	require.NotContains(t, drawer(t).InWindow().Request(isolation()).Plain(), "thread")
	link := render.Card{Parts: CardLink(isolation(), "https://soc.slack.com/archives/C1/p1")}
	require.Contains(t, link.Plain(), "Mention them in the thread of the request's card")
	require.Empty(t, CardLink(isolation(func(r *approvals.Request) { r.State = approvals.Denied }), "https://soc.slack.com/archives/C1/p1"))
}

// Nobody approves an isolation thinking that it ends by itself.
func TestAnIsolationWithoutAnEndSaysSo(t *testing.T) {
	t.Parallel()
	d := drawer(t)
	d.Timed = func(command string) bool { return command == "disconnect-agent-from-network" }
	const words = "No end set: it stays isolated until somebody reconnects it."
	require.Contains(t, d.Request(isolation()).Plain(), words)
	require.NotContains(t, d.Request(isolation(func(r *approvals.Request) { r.Term = &approvals.Term{For: time.Hour} })).Plain(), "No end set")
	require.NotContains(t, d.Request(isolation(func(r *approvals.Request) { r.State = approvals.Interrupted })).Plain(), "No end set", "nobody decides it any more")
	require.NotContains(t, d.Request(isolation(func(r *approvals.Request) { r.Command = "initiate-scan" })).Plain(), "No end set")
}

// Whoever extends an isolation reads of what, and until when.
func TestAnExtensionIsAnsweredWithTheNewEnd(t *testing.T) {
	t.Parallel()
	req := isolation(func(r *approvals.Request) { r.Term = &approvals.Term{Ends: noon.Add(5 * time.Hour)} })
	require.Contains(t, ExtendedNotice(req, time.Hour).Plain(), "The isolation of DESKTOP-1 was extended by 1 hour, until 2026-11-20 17:00 UTC.")
}
