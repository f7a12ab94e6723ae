package notifier_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier"
	"s1bot/notifier/journal"
	"s1bot/notifier/notifiertest"
	"s1bot/notifier/routing"
)

// Two consoles number their threats alike, and name storylines alike. They have nothing to do with each other all the same.
func TestConsolesShareAChannelAndNothingElse(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		us := &notifiertest.Console{}
		w.Config.Name, w.Config.Stamp, w.Config.Label = "emea", "emea", "emea"
		w.Config.More = []notifier.Feeds{{Name: "us", Mark: "us", Stamp: "us", Label: "us", Console: us, ThreatsChannel: "CTHREATS"}}
		w.Start()
		w.Pass(time.Minute)
		first := w.Console.AddThreat(notifiertest.NewThreat{Name: "paris.exe", Story: "7F3A"})
		second := us.AddThreat(notifiertest.NewThreat{Name: "texas.exe", Story: "7F3A"})
		require.Equal(t, first, second)
		w.Pass(time.Minute)
		require.ElementsMatch(t, []string{"paris.exe", "texas.exe"}, notifiertest.Titles(w, "CTHREATS"))
		for _, m := range w.Slack.In("CTHREATS") {
			require.Empty(t, m.Thread, "equal storylines of two consoles are two")
			own := "emea"
			if notifiertest.Shows(t, m, "texas.exe") {
				own = "us"
			}
			body, err := json.Marshal(m.Card)
			require.NoError(t, err)
			require.Contains(t, string(body), `"k":"`+own+`"`, "its buttons carry its console")
			require.True(t, notifiertest.Shows(t, m, own), "and people read it")
			about, err := w.Running.About(t.Context(), "CTHREATS", m.TS)
			require.NoError(t, err)
			require.Equal(t, notifier.Subject{Mark: map[string]string{"emea": "", "us": "us"}[own], Kind: "threat", ID: string(first)}, about)
		}

		_, err := w.Running.Snooze(t.Context(), journal.Snooze{Console: "us", Owner: "UALICE", Kind: "rule", Value: "again.exe", Until: time.Now().Add(time.Hour)})
		require.NoError(t, err)
		us.AddThreat(notifiertest.NewThreat{Name: "again.exe"})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "again.exe"})
		w.Pass(time.Minute)
		require.Len(t, w.Slack.In("CTHREATS"), 3, "a snooze is of one console")

		us.Change(second, notifiertest.Resolve)
		require.NoError(t, w.Running.Refresh(t.Context(), "us", "threat", string(second)))
		w.Pass(5 * time.Second)
		for _, m := range w.Slack.In("CTHREATS") {
			require.Equal(t, notifiertest.Shows(t, m, "texas.exe"), strings.Contains(m.Card.Title, "resolved"), m.Card.Title)
		}
	})
}

// A console that never answers costs the others nothing, and operators hear which one it is.
func TestAConsoleThatHangsKeepsNoOtherFromBeingRead(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		dead := &notifiertest.Console{}
		dead.Fault = func(string) (error, error) {
			time.Sleep(30 * time.Second) // of the bubble
			return context.DeadlineExceeded, nil
		}
		var away atomic.Bool
		w.Config.Operators = func() string { return "COPS" }
		w.Config.Check = func(context.Context) error { return nil }
		w.Config.Label = "emea"
		w.Config.More = []notifier.Feeds{{Name: "us", Mark: "us", Stamp: "us", Label: "us", Console: dead, ThreatsChannel: "CTHREATS", Check: func(context.Context) error {
			if away.Load() {
				return errors.New("no answer in time")
			}
			return nil
		}}}
		w.Config.Interval = time.Second
		w.Start()
		away.Store(true)
		w.Pass(time.Minute)
		for range 20 {
			w.Console.AddThreat(notifiertest.NewThreat{Name: "paris.exe"})
			w.Pass(3 * time.Second)
		}
		require.Len(t, w.Slack.In("CTHREATS"), 20)
		require.Equal(t, []string{"The console isn't responding"}, notifiertest.Titles(w, "COPS"))
		require.True(t, notifiertest.Shows(t, w.Slack.In("COPS")[0], "Console us"))
	})
}

// A digest lists what waits for a channel, of whatever console; its lists ask each console for its own.
func TestADigestOfTwoConsolesListsEachByItself(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		us := &notifiertest.Console{}
		w.Config.Stamp, w.Config.Label, w.Config.Burst = "emea", "emea", 5
		w.Config.More = []notifier.Feeds{{Name: "us", Mark: "us", Stamp: "us", Label: "us", Console: us, ThreatsChannel: "CTHREATS"}}
		w.Start()
		w.Pass(time.Minute)
		for range 20 {
			w.Console.AddThreat(notifiertest.NewThreat{Name: "worm.exe"})
			us.AddThreat(notifiertest.NewThreat{Name: "worm.exe"})
		}
		w.Pass(2 * time.Minute)
		digest := w.Slack.In("CTHREATS")[0]
		for _, console := range []string{"emea", "us"} {
			require.True(t, notifiertest.Shows(t, digest, "threats · "+console))
			require.True(t, notifiertest.Shows(t, digest, `"k":"`+console+`"`))
		}
		require.True(t, notifiertest.Shows(t, digest, "emea 20, us 20"))
	})
}

func TestARouteMayBeOfOneConsole(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		us := &notifiertest.Console{}
		w.Config.Name = "emea"
		w.Config.More = []notifier.Feeds{{Name: "us", Mark: "us", Console: us}}
		w.Config.Routes = func() routing.Routes {
			return routing.Routes{{Consoles: notifiertest.Globs("us"), Channel: "CUS"}}
		}
		w.Start()
		w.Pass(time.Minute)
		w.Console.AddThreat(notifiertest.NewThreat{Name: "paris.exe"})
		us.AddThreat(notifiertest.NewThreat{Name: "texas.exe"})
		w.Pass(time.Minute)
		require.Equal(t, []string{"paris.exe"}, notifiertest.Titles(w, "CTHREATS"))
		require.Equal(t, []string{"texas.exe"}, notifiertest.Titles(w, "CUS"))
	})
}
