package main

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

func TestANewTokenIsAskedWhenItEnds(t *testing.T) {
	t.Parallel()
	s, locks, write := rotating(t)
	require.Eventually(t, func() bool { return s.program.consoles[0].facts.now().Owner != "" }, patience, 5*time.Millisecond)
	require.True(t, s.program.consoles[0].facts.now().Expires.IsZero())

	ends := time.Now().Add(13 * 24 * time.Hour).UTC().Truncate(time.Second)
	s.console.SetToken(s1sim.TokenSpec{Expires: ends})
	locks.accept("old", "new")
	write("xapp-old", "xoxb-old", "console-new")
	require.NoError(t, s.program.reload(t.Context()))
	require.Eventually(t, func() bool { return s.program.consoles[0].facts.now().Expires.Equal(ends) }, patience, 5*time.Millisecond)
}

func TestTheEndOfTheTokenIsToldInSlackAndMetricsOnce(t *testing.T) {
	t.Parallel()
	ends := time.Now().Add(10 * 24 * time.Hour)
	s := simulate(t, func(h http.Handler) http.Handler { return h })
	s.console.SetToken(s1sim.TokenSpec{Expires: ends})
	withMetrics(t)(s.environ)
	c, err := readConfig(s.environ)
	require.NoError(t, err)
	s.config = c
	s.start()
	t.Cleanup(func() { s.stop() })
	s.measures(fmt.Sprintf(`s1bot_console_token_expiry_timestamp_seconds{console="default"} %v`, float64(ends.Unix())))
	s.sees("#approvals", "The console's API token expires in 10 days", "belongs to a person")
	s.stop()
	s.start()
	s.polled()
	s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
	s.sees("#threats", "evil.exe") // by now it would have been said again
	posts := s.slack.Calls("chat.postMessage")
	require.Len(t, slices.DeleteFunc(posts, func(c slacksim.Call) bool { return !strings.Contains(c.Args["text"], "API token expires") }), 1)
}

func TestCheckSaysWhenTheTokenEnds(t *testing.T) {
	t.Parallel()
	s := tell(t)
	days := func(n int) time.Time { return time.Now().Add(time.Duration(n)*24*time.Hour + time.Hour) }
	service := "serviceuser-1f@mgmt-1.sentinelone.net"
	for name, row := range map[string]struct {
		spec  s1sim.TokenSpec
		fails bool
		want  string
	}{
		"far off":       {s1sim.TokenSpec{Expires: days(200), Mail: service}, false, "in 200 days\n"},
		"soon":          {s1sim.TokenSpec{Expires: days(13), Mail: service, NoDetail: true}, false, "in 13 days: generate a new one soon\n"},
		"a person's":    {s1sim.TokenSpec{Expires: days(60)}, false, "in 60 days; it belongs to a person"},
		"nobody says":   {s1sim.TokenSpec{Expires: days(60), NoDetail: true, NoSelf: true}, false, "doesn't say when it expires"},
		"the day after": {s1sim.TokenSpec{Expires: days(1), Mail: service}, true, "in 1 day: generate a new one for the bot's service user"},
		"the same day":  {s1sim.TokenSpec{Expires: days(0), Mail: service}, true, "within a day: generate a new one for the bot's service user"},
		"yesterday":     {s1sim.TokenSpec{Expires: days(-1), Mail: service}, true, "FAIL  Console token's expiry: expired on "},
	} {
		s.console.SetToken(row.spec)
		var out bytes.Buffer
		err := check(t.Context(), maps.Clone(s.environ), &out)
		require.Equal(t, row.fails, err != nil, "%s: %s", name, out.String())
		require.Contains(t, out.String(), row.want, name)
	}
}
