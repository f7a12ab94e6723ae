package delivery_test

import (
	"testing"
	"time"

	"s1bot/notifier/notifiertest"

	"github.com/stretchr/testify/require"
)

// grave adds a threat that nobody stopped.
func grave(w *notifiertest.World, name, story string) {
	w.Console.Change(w.Console.AddThreat(notifiertest.NewThreat{Name: name, Story: story}), notifiertest.Malicious)
}

// broadcastIn are the replies that a channel shows.
func broadcastIn(w *notifiertest.World, channel string) (names []string) {
	for _, m := range w.Slack.In(channel) {
		if m.Broadcast {
			names = append(names, m.Name())
		}
	}
	return names
}

func TestAnUrgentReplyIsShownInTheChannelUnlessThatHasJustHeardOfItsThread(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		w.Console.AddThreat(notifiertest.NewThreat{Name: "calm root", Story: "calm"})
		grave(w, "grave root", "grave")
		w.Pass(time.Minute)
		grave(w, "first grave one", "calm")
		grave(w, "a minute after its root", "grave")
		w.Pass(time.Minute)
		require.Equal(t, []string{"first grave one"}, broadcastIn(w, "CTHREATS"))

		w.Pass(20 * time.Minute)
		grave(w, "soon after", "calm")
		w.Pass(20 * time.Minute)
		grave(w, "later", "calm")
		grave(w, "long after its root", "grave")
		w.Console.AddThreat(notifiertest.NewThreat{Name: "not urgent", Story: "calm"})
		w.Pass(time.Minute)
		require.Equal(t, []string{"first grave one", "later", "long after its root"}, broadcastIn(w, "CTHREATS"))

		told := w.Slack.In("CTHREATS")
		require.Len(t, told, 8)
		for _, m := range told {
			require.Equal(t, m.Broadcast || m.Name() == "a minute after its root" || m.Name() == "soon after" || m.Name() == "not urgent", m.Thread != "", m.Name())
		}
	})
}

func TestAReplyThatTheChannelDoesNotTakeStandsInItsThread(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Slack.NoBroadcast = true
		w.Start()
		w.Console.AddThreat(notifiertest.NewThreat{Name: "root", Story: "s"})
		w.Pass(time.Minute)
		grave(w, "grave", "s")
		w.Pass(time.Minute)
		told := w.Slack.In("CTHREATS")
		require.Len(t, told, 2)
		require.Equal(t, told[0].TS, told[1].Thread)
		require.True(t, notifiertest.Shows(t, told[1], "Malicious"), "its own card, not the plain one")
	})
}

func TestABroadcastWhoseAnswerGotLostIsThereOnce(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		w.Console.AddThreat(notifiertest.NewThreat{Name: "root", Story: "s"})
		w.Pass(time.Minute)
		w.Slack.Set(func(s *notifiertest.Slack) { s.Fault = notifiertest.Once("post", nil, notifiertest.ErrLost) })
		grave(w, "grave", "s")
		w.Pass(2 * time.Minute)
		require.Equal(t, []string{"root", "grave"}, notifiertest.Titles(w, "CTHREATS"))
		require.True(t, notifiertest.Shows(t, w.Slack.In("CTHREATS")[0], "1 more in this storyline"))
	})
}
