package notifier_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier/journal"
	"s1bot/notifier/notifiertest"
	"s1bot/notifier/routing"
	"s1bot/render"
	"s1bot/s1"
)

// words are all that a card says, as JSON.
func words(t *testing.T, card render.Card, err error) string {
	t.Helper()
	require.NoError(t, err)
	data, err := json.Marshal(card)
	require.NoError(t, err)
	return string(data)
}

func TestExplainSaysWhereAnItemGoesAndWhatEachRouteMakesOfIt(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Routes = func() routing.Routes {
			return routing.Routes{
				{Name: "ransomware", Rules: notifiertest.Globs("ransom*"), Channel: "CRANSOM"},
				{Sites: notifiertest.Globs("Berlin"), Channel: "CBERLIN"},
				{Rules: notifiertest.Globs("evil*"), Channel: "CEVIL", Mention: "@soc", Continue: true},
				{Rules: notifiertest.Globs("evil*"), Mute: true},
				{Channel: "CNEVER"},
			}
		}
		w.Start()
		id := w.Console.AddThreat(notifiertest.NewThreat{Name: "evil.exe"})
		card, err := w.Running.Explain(t.Context(), "", string(id))
		said := words(t, card, err)
		for _, part := range []string{"Where threat evil.exe goes", "CEVIL", " for ", "@soc", "1. ransomware", "doesn't match, its rule is evil.exe",
			"2. route 2", "can't be decided, its site is unknown", "matches: muted", "The routes below aren't checked"} {
			require.Contains(t, said, part)
		}
		require.NotContains(t, said, "CNEVER")

		card, err = w.Running.Explain(t.Context(), "", string(w.Console.AddAlert("a rule", 0, 0)))
		require.Contains(t, words(t, card, err), "CNEVER")
		_, err = w.Running.Explain(t.Context(), "", "4711")
		require.ErrorContains(t, err, `no threat or alert "4711"`)
		w.Console.Set(func(c *notifiertest.Console) {
			c.Fault = func(string) (error, error) { return notifiertest.ErrLost, nil }
		})
		_, err = w.Running.Explain(t.Context(), "", string(id))
		require.ErrorIs(t, err, notifiertest.ErrLost)
	})
}

func TestExplainSaysThatAnItemGoesNowhere(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Routes = func() routing.Routes { return routing.Routes{{Rules: notifiertest.Globs("evil*"), Mute: true}} }
		w.Start()
		card, err := w.Running.Explain(t.Context(), "", string(w.Console.AddThreat(notifiertest.NewThreat{Name: "evil.exe"})))
		require.Contains(t, words(t, card, err), "Nowhere: it is muted")
		card, err = w.Running.Explain(t.Context(), "", string(w.Console.AddThreat(notifiertest.NewThreat{Name: "other.exe"})))
		require.Contains(t, words(t, card, err), "CTHREATS")
	})
}

func TestASnoozeHoldsBackWhatItNamesUntilItEnds(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		say := func(card render.Card, err error) string { return words(t, card, err) }
		counted := &counter{}
		w.Config.Observer = counted
		w.Start()
		require.Contains(t, say(w.Running.Snoozed(t.Context())), "Nothing is snoozed")
		card, err := w.Running.Snooze(t.Context(), journal.Snooze{Owner: "UALICE", Kind: "rule", Value: "evil.exe", Reason: "a pentest", Until: time.Now().Add(2 * time.Hour)})
		require.Contains(t, words(t, card, err), "I won't post anything new about ")
		require.Equal(t, "Snoozed: rule evil.exe", card.Title)
		id := regexp.MustCompile(`Z-\w{5}`).FindString(words(t, card, err))
		threat := w.Console.AddThreat(notifiertest.NewThreat{Name: "evil.exe"})
		w.Pass(time.Minute)
		require.Empty(t, w.Slack.Messages)
		require.Equal(t, 1, counted.of("threat muted"))
		list := say(w.Running.Snoozed(t.Context()))
		require.Contains(t, list, "a pentest")
		require.Contains(t, list, "Snoozes · 1")
		require.Contains(t, say(w.Running.Explain(t.Context(), "", string(threat))), "Nowhere right now: snoozed by")

		_, err = w.Running.Unsnooze(t.Context(), "Z-NONE")
		require.ErrorContains(t, err, `there is no snooze "Z-NONE"`)
		require.Contains(t, say(w.Running.Unsnooze(t.Context(), strings.ToLower(id))), "It held back 1")
		w.Console.AddThreat(notifiertest.NewThreat{Name: "evil.exe"})
		w.Pass(time.Minute)
		require.Equal(t, []string{"evil.exe"}, notifiertest.Titles(w, "CTHREATS"), "what was held back stays so")
	})
}

// A counter is an Observer that counts.
type counter struct {
	mu     sync.Mutex
	times  map[string]int
	delays []time.Duration
	read   map[string]time.Time
}

func (c *counter) Notified(kind, result string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.times == nil {
		c.times = map[string]int{}
	}
	c.times[kind+" "+result]++
}

func (c *counter) Delayed(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.delays = append(c.delays, by)
}

func (c *counter) FeedSucceeded(_, feed string, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.read == nil {
		c.read = map[string]time.Time{}
	}
	c.read[feed] = at
}

func (c *counter) delayed() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.delays)
}

func (c *counter) lastRead(feed string) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.read[feed]
}

func (c *counter) of(what string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.times[what]
}

func TestWhatMetricsCount(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		counted := &counter{}
		w.Config.Observer, w.Config.Burst = counted, 5
		w.Start()
		w.Pass(time.Second)
		id := w.Console.AddThreat(notifiertest.NewThreat{Name: "evil.exe", Age: 10 * time.Second})
		w.Pass(time.Minute)
		require.Equal(t, 1, counted.of("threat delivered"))
		require.Len(t, counted.delayed(), 1)
		require.InDelta(t, 39, counted.delayed()[0].Seconds(), 1, "ten seconds old, and found by the next poll")
		w.Console.Change(id, notifiertest.Resolve)
		w.Pass(time.Minute)
		require.Equal(t, 1, counted.of("update edited"))
		require.Len(t, counted.delayed(), 1, "an edit is no delivery")

		heal := notifiertest.Refuse(w, "threats", &s1.Error{Status: 503})
		before := counted.lastRead("threat")
		w.Pass(10 * time.Minute)
		require.Equal(t, before, counted.lastRead("threat"))
		require.True(t, counted.lastRead("alert").After(before))
		for range 20 {
			w.Console.AddThreat(notifiertest.NewThreat{Name: "worm"})
		}
		heal()
		w.Slack.Set(func(s *notifiertest.Slack) {
			s.Fault = notifiertest.Once("post", notifiertest.Refusal{IsRefused: true}, nil)
		})
		w.Pass(10 * time.Minute)
		require.Equal(t, 1, counted.of("digest failed"))
		require.Equal(t, 1, counted.of("digest delivered"))
		require.Len(t, counted.delayed(), 2, "a digest counts once")
		require.True(t, counted.lastRead("threat").After(before))
	})
}
