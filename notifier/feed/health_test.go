package feed_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier/feed"
	"s1bot/notifier/journal"
	"s1bot/notifier/notifiertest"
	"s1bot/notifier/routing"
	"s1bot/s1"
)

var noRules = &s1.Error{Operation: "list alerts", Status: 403, Code: 4030010, Message: "This scope does not have Custom Rules enabled", Reason: s1.FeatureOff}

func TestAFeedThatTheConsoleRefusesIsToldOnceAndOnceWhenItWorks(t *testing.T) {
	for name, c := range map[string]struct {
		feed, title, todo string
		err               error
	}{
		"no custom rules":   {"alerts", "The console refuses to list new alerts", "STAR) are not enabled", noRules},
		"no permission":     {"threats", "The console refuses to list new threats", "Endpoint Threats › View", &s1.Error{Status: 403, Message: "Insufficient permissions", Reason: s1.LacksPermission}},
		"a retired path":    {"alerts", "The console refuses to list new alerts", "doesn't have this API path", &s1.Error{Status: 410}},
		"no such path":      {"threats", "The console refuses to list new threats", "doesn't have this API path", &s1.Error{Status: 404}},
		"no such method":    {"threats", "The console refuses to list new threats", "doesn't have this API path", &s1.Error{Status: 405}},
		"not implemented":   {"alerts", "The console refuses to list new alerts", "doesn't have this API path", &s1.Error{Status: 501}},
		"another question":  {"alerts", "The console refuses to list new alerts", "What to do", &s1.Error{Status: 400, Message: "sortBy: not valid"}},
		"garbage, for long": {"alerts", "New alerts can't be read", "check its log", errors.New("not JSON")},
		"500, for long":     {"alerts", "New alerts can't be read", "What to do", &s1.Error{Status: 500}},
	} {
		t.Run(name, func(t *testing.T) {
			notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
				w.Config.Operators = func() string { return "COPS" }
				heal := notifiertest.Refuse(w, c.feed, c.err)
				w.Start()
				w.Pass(6 * time.Minute)
				require.Equal(t, []string{c.title}, notifiertest.Titles(w, "COPS"))
				require.True(t, notifiertest.Shows(t, w.Slack.In("COPS")[0], c.todo))
				require.True(t, notifiertest.Shows(t, w.Slack.In("COPS")[0], c.err.Error()))
				w.Stop()
				w.Start()
				w.Pass(time.Hour)
				require.Len(t, w.Slack.Messages, 1, "told once, also across a restart")
				w.Console.AddThreat(notifiertest.NewThreat{Name: "meanwhile"})
				w.Console.AddAlert("meanwhile", 0, 0)
				w.Pass(time.Minute)
				heal()
				w.Pass(time.Minute)
				require.Len(t, w.Slack.In("COPS"), 2)
				require.Contains(t, notifiertest.Titles(w, "COPS")[1], "works again")
				require.Equal(t, []string{"meanwhile"}, notifiertest.Titles(w, "CTHREATS"), "the other feed went on, and this one makes up for it")
				require.Equal(t, []string{"meanwhile"}, notifiertest.Titles(w, "CALERTS"))
				w.Pass(time.Hour)
				require.Len(t, w.Slack.In("COPS"), 2)
			})
		})
	}
}

func TestARefusedFeedIsToldInItsOwnChannelWhereOperatorsHaveNone(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.AlertsChannel = ""
		w.Config.Routes = func() routing.Routes {
			return routing.Routes{{Source: "alert", Sites: notifiertest.Globs("Berlin"), Channel: "CBERLIN"}}
		}
		notifiertest.Refuse(w, "alerts", noRules)
		w.Start()
		w.Pass(3 * time.Minute)
		require.Equal(t, []string{"The console refuses to list new alerts"}, notifiertest.Titles(w, "CBERLIN"))
		require.Len(t, w.Slack.Messages, 1)
	})
}

func TestOneRefusalIsNoRefusalAndAnAbsentConsoleIsToldOnce(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Operators = func() string { return "COPS" }
		w.Start()
		heal := notifiertest.Refuse(w, "alerts", noRules)
		w.Pass(31 * time.Second)
		heal()
		w.Pass(time.Hour)
		require.Empty(t, w.Slack.Messages)
		w.Stop()

		away := &s1.Error{Status: 503, Message: "Service Unavailable"}
		w.Config.Check = func(context.Context) error { return away }
		notifiertest.Refuse(w, "alerts", away)
		w.Start()
		w.Pass(time.Hour)
		require.Equal(t, []string{"The console isn't responding"}, notifiertest.Titles(w, "COPS"))
	})
}

// A token that one feed alone does not accept is told soon; one that nothing is open to is the watch's, once for all feeds.
func TestAFeedThatAloneIsUnauthorizedIsTold(t *testing.T) {
	unauthorized := &s1.Error{Status: 401, Message: "Authentication failed", Reason: s1.TokenRejected}
	for name, c := range map[string]struct {
		check error
		feeds []string
		title string
	}{
		"one feed":   {nil, []string{"alerts"}, "The console refuses to list new alerts"},
		"everything": {unauthorized, []string{"alerts", "threats"}, "The console denies the bot access"},
	} {
		t.Run(name, func(t *testing.T) {
			notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
				w.Config.Operators = func() string { return "COPS" }
				w.Config.Check = func(context.Context) error { return c.check }
				for _, feed := range c.feeds {
					notifiertest.Refuse(w, feed, unauthorized)
				}
				w.Start()
				w.Pass(2 * time.Minute)
				require.Equal(t, []string{c.title}, notifiertest.Titles(w, "COPS"))
				w.Pass(time.Hour)
				require.Len(t, w.Slack.In("COPS"), 1)
			})
		})
	}
}

func TestSeveralProcessesTellOfARefusedFeedOnce(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Operators = func() string { return "COPS" }
		notifiertest.Refuse(w, "alerts", noRules)
		w.Start()
		w.Pass(3 * time.Minute)
		other := w.Stop
		w.Config.Owner = "another"
		w.Start() // beside the first: each hears from the journal what was told
		w.Pass(10 * time.Minute)
		require.Len(t, w.Slack.Messages, 1)
		other()
	})
}

func TestEachFeedIsTriedInAllItsWays(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		require.NoError(t, feed.Try(t.Context(), w.Console, journal.Alerts, time.Now()))
		require.Len(t, w.Console.Calls, 2)
		notifiertest.Refuse(w, "threats", noRules)
		require.ErrorIs(t, feed.Try(t.Context(), w.Console, journal.Threats, time.Now()), noRules)
	})
}
