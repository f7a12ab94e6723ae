package bot

import (
	"context"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/fairqueue"
	"s1bot/bot/inbound"
	"s1bot/bot/socketmode"
)

func TestWhatIsDecidedOrAnsweredAtOnceIsNoCommand(t *testing.T) {
	t.Parallel()
	v := allWords()
	for line, class := range map[string]fairqueue.Class{
		"approve A-7F3A": decisionClass, "Deny A-7F3A no ticket": decisionClass, "withdraw A-7F3A": decisionClass, "freeze ransomware": decisionClass,
		"": answerClass, "?": answerClass, "--help": answerClass, "/s1 help isolate": answerClass, "history": answerClass,
		"agents DESKTOP-1": commandClass, "/s1 isolate DESKTOP-1": commandClass, "can isolate DESKTOP-1": commandClass, "report -24h": commandClass,
		"approved": commandClass,
	} {
		got, user := v.classify(inbound.Delivery{Kind: inbound.Slash, Command: inbound.SlashCommand{User: "U1", Text: line}})
		require.Equal(t, class, got, line)
		require.Equal(t, "U1", user)
	}
	for _, payload := range []string{`{"type":"block_actions","user":{"id":"U1"},"actions":[]}`, `not JSON`} {
		got, _ := v.classify(inbound.Reader{}.Envelope(socketmode.Envelope{Type: "interactive", Payload: []byte(payload)}))
		require.Equal(t, answerClass, got)
	}
}

// What ran is told before the process ends: what waits for a slot by then, and what has just ended.
func TestAProcessThatStopsTellsWhatRan(t *testing.T) {
	t.Parallel()
	queue := fairqueue.New(fairqueue.Config{Classes: workLimits(), Timeout: workLimit, Log: slog.New(slog.DiscardHandler)})
	c := chores{queue}
	var told []string
	tell := func(what string) func(context.Context) { return func(context.Context) { told = append(told, what) } }
	c.conclude(t.Context(), "emea", tell("waiting"))
	c.pushFor("emea", tell("for the next start"))
	dropped := queue.Close()
	s := &scheduler{chores: c, inbox: released{t: t}}
	s.handBack(dropped)
	c.conclude(t.Context(), "emea", tell("just ended"))
	require.Equal(t, []string{"waiting", "just ended"}, told)
}

// released is an inbox that is given nothing back.
type released struct {
	Inbox
	t *testing.T
}

func (r released) Release(_ context.Context, keys []string) error {
	require.Empty(r.t, keys, "no delivery waited")
	return nil
}
