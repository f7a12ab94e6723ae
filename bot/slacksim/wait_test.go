package slacksim_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"s1bot/bot/slacksim"
	"s1bot/bot/slacksim/simtest"
)

func TestAWaitInVainTellsWhatWasThere(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	s.Works("chat.postMessage", "channel", s.SOC, "text", "a card", "blocks", simtest.Card)
	s.Fails("chat.postMessage", "channel", s.SOC, "text", "")
	ctx, cancel := context.WithTimeout(s.Ctx, 10*time.Millisecond)
	defer cancel()
	_, err := s.WaitMessage(ctx, "#soc", func(m slacksim.Message) bool { return m.Text == "other" })
	simtest.Contains(t, err.Error(), "wait for a message in #soc: context deadline exceeded")
	simtest.Contains(t, err.Error(), "DESKTOP-1")
	simtest.Contains(t, err.Error(), `["Approve" "Deny"]`)
	simtest.Contains(t, err.Error(), "chat.postMessage: no_text")
	_, err = s.WaitView(ctx, "alice", nil)
	simtest.Contains(t, err.Error(), "no open view")
	_, err = s.WaitEphemeral(ctx, "alice", nil)
	simtest.Contains(t, err.Error(), "there was none")
}

func TestAWaitEndsWhenTheWorkspaceIsClosed(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	ended := make(chan error, 1)
	go func() { ended <- s.WaitSockets(s.Ctx, 1) }()
	s.Close()
	simtest.Contains(t, (<-ended).Error(), "closed")
}

func TestThousandsOfMessagesAreQuick(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	start := time.Now()
	for i := range 1000 {
		s.Works("chat.postMessage", "channel", s.SOC, "text", fmt.Sprint(i), "blocks", simtest.Card)
	}
	_, err := s.WaitMessage(s.Ctx, "#soc", func(m slacksim.Message) bool { return m.Text == "999" })
	simtest.Must(t, err)
	if spent := time.Since(start); spent > 30*time.Second {
		t.Fatalf("1,000 messages took %s", spent)
	}
}
