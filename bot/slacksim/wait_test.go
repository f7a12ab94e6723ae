package slacksim_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"s1bot/bot/slacksim"
)

func TestAWaitInVainTellsWhatWasThere(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	s.works("chat.postMessage", "channel", s.soc, "text", "a card", "blocks", card)
	s.fails("chat.postMessage", "channel", s.soc, "text", "")
	ctx, cancel := context.WithTimeout(s.ctx, 10*time.Millisecond)
	defer cancel()
	_, err := s.WaitMessage(ctx, "#soc", func(m slacksim.Message) bool { return m.Text == "other" })
	contains(t, err.Error(), "wait for a message in #soc: context deadline exceeded")
	contains(t, err.Error(), "DESKTOP-1")
	contains(t, err.Error(), `["Approve" "Deny"]`)
	contains(t, err.Error(), "chat.postMessage: no_text")
	_, err = s.WaitView(ctx, "alice", nil)
	contains(t, err.Error(), "no open view")
	_, err = s.WaitEphemeral(ctx, "alice", nil)
	contains(t, err.Error(), "there was none")
}

func TestAWaitEndsWhenTheWorkspaceIsClosed(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	ended := make(chan error, 1)
	go func() { ended <- s.WaitSockets(s.ctx, 1) }()
	s.Close()
	contains(t, (<-ended).Error(), "closed")
}

func TestThousandsOfMessagesAreQuick(t *testing.T) {
	t.Parallel()
	s := newStory(t, slacksim.Options{})
	start := time.Now()
	for i := range 2000 {
		s.works("chat.postMessage", "channel", s.soc, "text", fmt.Sprint(i), "blocks", card)
	}
	_, err := s.WaitMessage(s.ctx, "#soc", func(m slacksim.Message) bool { return m.Text == "1999" })
	must(t, err)
	if spent := time.Since(start); spent > 30*time.Second {
		t.Fatalf("2,000 messages took %s", spent)
	}
}
