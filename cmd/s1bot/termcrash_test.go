package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/bot/slacksim"
)

// What is killed while isolations end asks for each reconnection once all the same.
func TestKilledProcessesEndEachIsolationOnce(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		newRig(t, "sqlite:"+filepath.Join(t.TempDir(), "ends.db"), 1).ends(min(crashes(4), maxEnds))
	})
	t.Run("postgres, two processes", func(t *testing.T) {
		t.Parallel()
		newRig(t, startPostgres(t).URL, 2).ends(min(crashes(4), maxEnds))
	})
}

// maxEnds keeps the time that a story of ends plays within what a request waits for its approval.
const maxEnds = 10

// ends lets isolations end while processes are killed at any moment, rounds times.
func (r *rig) ends(rounds int) {
	r.ensure()
	var cards []slacksim.Message
	for n := range 4 {
		card := r.asks("isolate for=5m", fmt.Sprintf("END-%d", n))
		require.True(r.t, r.click(card))
		_, err := r.slack.WaitUpdate(r.patient(), card.Channel, card.TS, having([]string{"Successful", "until"}))
		require.NoError(r.t, err)
		cards = append(cards, card)
	}
	ahead := 10 * time.Minute
	for range rounds {
		r.restart(ahead)
		<-time.After(time.Duration(rand.IntN(400_000)) * time.Microsecond)
		for n := range r.children {
			r.kill(n)
		}
		ahead += approvals.TermLease + time.Second // what the dead ones had in hand is due again
	}
	r.restart(ahead)
	for n, card := range cards {
		_, err := r.slack.WaitUpdate(r.patient(), card.Channel, card.TS, having([]string{", ended ", "I requested the reconnection"}))
		require.NoError(r.t, err)
		host := fmt.Sprintf("END-%d", n)
		// The isolation's card and the one that asks are posted by different hands: either may be there first.
		_, err = r.slack.WaitMessage(r.patient(), "#approvals", having([]string{"Approval needed · Connect Agent To Network", host}))
		require.NoError(r.t, err)
		require.Equal(r.t, 1, r.asksFor(host), r.trail())
	}
}

// restart starts all processes with a clock that is ahead.
func (r *rig) restart(ahead time.Duration) {
	for n := range r.children {
		r.kill(n)
	}
	r.environ = append(r.environ, aheadVariable+"="+ahead.String())
	r.ensure()
}

// asksFor counts the cards that ask to reconnect a host.
func (r *rig) asksFor(host string) (n int) {
	for _, m := range r.slack.User("bob").Sees("#approvals") {
		if text := m.PlainText(); m.ThreadTS == "" && strings.Contains(text, "Approval needed · Connect Agent To Network") && strings.Contains(text, host) {
			n++
		}
	}
	return n
}
