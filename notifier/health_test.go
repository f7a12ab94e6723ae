package notifier

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
)

var noRules = &s1.Error{Operation: "list alerts", Status: 403, Code: 4030010, Message: "This scope does not have Custom Rules enabled", Reason: s1.FeatureOff}

// refuse has one feed answered with an error until healed.
func (w *world) refuse(feed string, err error) (heal func()) {
	w.console.set(func(c *console) {
		c.fault = func(op string) (error, error) {
			if op == feed {
				return err, nil
			}
			return nil, nil
		}
	})
	return func() { w.console.set(func(c *console) { c.fault = nil }) }
}

func TestAFeedThatTheConsoleRefusesIsToldOnceAndOnceWhenItWorks(t *testing.T) {
	for name, c := range map[string]struct {
		feed, title, todo string
		err               error
	}{
		"no custom rules":   {"alerts", "The console refuses to list new alerts", "STAR) are not enabled", noRules},
		"no permission":     {"threats", "The console refuses to list new threats", "Endpoint Threats › View", &s1.Error{Status: 403, Message: "Insufficient permissions", Reason: s1.LacksPermission}},
		"a retired path":    {"alerts", "The console refuses to list new alerts", "does not have this path", &s1.Error{Status: 410}},
		"no such path":      {"threats", "The console refuses to list new threats", "does not have this path", &s1.Error{Status: 404}},
		"no such method":    {"threats", "The console refuses to list new threats", "does not have this path", &s1.Error{Status: 405}},
		"not implemented":   {"alerts", "The console refuses to list new alerts", "does not have this path", &s1.Error{Status: 501}},
		"another question":  {"alerts", "The console refuses to list new alerts", "What to do", &s1.Error{Status: 400, Message: "sortBy: not valid"}},
		"garbage, for long": {"alerts", "New alerts can't be read", "look at its log", errors.New("not JSON")},
		"500, for long":     {"alerts", "New alerts can't be read", "What to do", &s1.Error{Status: 500}},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				w.config.Operators = "COPS"
				heal := w.refuse(c.feed, c.err)
				w.start()
				w.pass(6 * time.Minute)
				require.Equal(t, []string{c.title}, titles(w, "COPS"))
				require.True(t, shows(t, w.slack.In("COPS")[0], c.todo))
				require.True(t, shows(t, w.slack.In("COPS")[0], c.err.Error()))
				w.stop()
				w.start()
				w.pass(time.Hour)
				require.Len(t, w.slack.messages, 1, "told once, also across a restart")
				w.console.AddThreat(threat{Name: "meanwhile"})
				w.console.AddAlert("meanwhile", 0, 0)
				w.pass(time.Minute)
				heal()
				w.pass(time.Minute)
				require.Len(t, w.slack.In("COPS"), 2)
				require.Contains(t, titles(w, "COPS")[1], "works again")
				require.Equal(t, []string{"meanwhile"}, titles(w, "CTHREATS"), "the other feed went on, and this one makes up for it")
				require.Equal(t, []string{"meanwhile"}, titles(w, "CALERTS"))
				w.pass(time.Hour)
				require.Len(t, w.slack.In("COPS"), 2)
			})
		})
	}
}

func TestARefusedFeedIsToldInItsOwnChannelWhereOperatorsHaveNone(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.AlertsChannel = ""
		w.config.Routes = func() Routes { return Routes{{Source: "alert", Sites: globs("Berlin"), Channel: "CBERLIN"}} }
		w.refuse("alerts", noRules)
		w.start()
		w.pass(3 * time.Minute)
		require.Equal(t, []string{"The console refuses to list new alerts"}, titles(w, "CBERLIN"))
		require.Len(t, w.slack.messages, 1)
	})
}

func TestOneRefusalIsNoRefusalAndAnAbsentConsoleIsToldOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Operators = "COPS"
		w.start()
		heal := w.refuse("alerts", noRules)
		w.pass(31 * time.Second)
		heal()
		w.pass(time.Hour)
		require.Empty(t, w.slack.messages)
		w.stop()

		away := &s1.Error{Status: 503, Message: "Service Unavailable"}
		w.config.Check = func(context.Context) error { return away }
		w.refuse("alerts", away)
		w.start()
		w.pass(time.Hour)
		require.Equal(t, []string{"The console does not answer"}, titles(w, "COPS"))
	})
}

func TestSeveralProcessesTellOfARefusedFeedOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Operators = "COPS"
		w.refuse("alerts", noRules)
		w.start()
		w.pass(3 * time.Minute)
		other := w.stop
		w.config.Owner = "another"
		w.start() // beside the first: each hears from the journal what was told
		w.pass(10 * time.Minute)
		require.Len(t, w.slack.messages, 1)
		other()
	})
}

func TestEachFeedIsTriedInAllItsWays(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		require.NoError(t, Try(t.Context(), w.console, Alerts, time.Now()))
		require.Len(t, w.console.calls, 2)
		w.refuse("threats", noRules)
		require.ErrorIs(t, Try(t.Context(), w.console, Threats, time.Now()), noRules)
	})
}
