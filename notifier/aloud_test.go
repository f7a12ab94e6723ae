package notifier

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// grave adds a threat that nobody stopped.
func (w *world) grave(name, story string) {
	w.console.Change(w.console.AddThreat(threat{Name: name, Story: story}), malicious)
}

// aloud are the replies that a channel shows.
func (w *world) aloud(channel string) (names []string) {
	for _, m := range w.slack.In(channel) {
		if m.Aloud {
			names = append(names, m.Name())
		}
	}
	return names
}

func TestAnUrgentReplyIsShownInTheChannelUnlessThatHasJustHeardOfItsThread(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		w.console.AddThreat(threat{Name: "calm root", Story: "calm"})
		w.grave("grave root", "grave")
		w.pass(time.Minute)
		w.grave("first grave one", "calm")
		w.grave("a minute after its root", "grave")
		w.pass(time.Minute)
		require.Equal(t, []string{"first grave one"}, w.aloud("CTHREATS"))

		w.pass(20 * time.Minute)
		w.grave("soon after", "calm")
		w.pass(20 * time.Minute)
		w.grave("later", "calm")
		w.grave("long after its root", "grave")
		w.console.AddThreat(threat{Name: "not urgent", Story: "calm"})
		w.pass(time.Minute)
		require.Equal(t, []string{"first grave one", "later", "long after its root"}, w.aloud("CTHREATS"))

		told := w.slack.In("CTHREATS")
		require.Len(t, told, 8)
		for _, m := range told {
			require.Equal(t, m.Aloud || m.Name() == "a minute after its root" || m.Name() == "soon after" || m.Name() == "not urgent", m.Thread != "", m.Name())
		}
	})
}

func TestAReplyThatTheChannelDoesNotTakeStandsInItsThread(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.slack.noAloud = true
		w.start()
		w.console.AddThreat(threat{Name: "root", Story: "s"})
		w.pass(time.Minute)
		w.grave("grave", "s")
		w.pass(time.Minute)
		told := w.slack.In("CTHREATS")
		require.Len(t, told, 2)
		require.Equal(t, told[0].TS, told[1].Thread)
		require.True(t, shows(t, told[1], "Malicious"), "its own card, not the plain one")
	})
}

func TestABroadcastWhoseAnswerGotLostIsThereOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		w.console.AddThreat(threat{Name: "root", Story: "s"})
		w.pass(time.Minute)
		w.slack.set(func(s *slack) { s.fault = once("post", nil, errLost) })
		w.grave("grave", "s")
		w.pass(2 * time.Minute)
		require.Equal(t, []string{"root", "grave"}, titles(w, "CTHREATS"))
		require.True(t, shows(t, w.slack.In("CTHREATS")[0], "1 more in this storyline"))
	})
}
