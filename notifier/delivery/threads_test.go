package delivery_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier/notifiertest"
	"s1bot/render"
	"s1bot/s1"
)

func TestAThreadWhoseRootIsGoneGetsANewOne(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		w.Console.AddThreat(notifiertest.NewThreat{Name: "root", Story: "s"})
		w.Pass(time.Minute)
		w.Stop()
		w.Slack.Remove(w.Slack.In("CTHREATS")[0].TS)
		w.Console.AddThreat(notifiertest.NewThreat{Name: "reply", Story: "s"})
		w.Start()
		w.Pass(time.Minute)
		told := w.Slack.In("CTHREATS")
		require.Equal(t, []string{"root", "reply"}, notifiertest.Titles(w, "CTHREATS"))
		require.Equal(t, told[0].TS, told[1].Thread)
		require.True(t, notifiertest.Shows(t, told[0], "1 more in this storyline"))
	})
}

func TestThreatsOfOneStorylineAreOneThreadWithACountAtItsRoot(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		for i := range 20 {
			w.Console.AddThreat(notifiertest.NewThreat{Name: fmt.Sprint("threat ", i), Story: "7F3A"})
		}
		w.Console.AddThreat(notifiertest.NewThreat{Name: "other story", Story: "0000"})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "no story"})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "no story either"})
		w.Pass(2 * time.Minute)
		told := w.Slack.In("CTHREATS")
		require.Len(t, told, 23)
		root := told[0]
		for i, m := range told {
			if 0 < i && i < 20 {
				require.Equal(t, root.TS, m.Thread)
			} else {
				require.Empty(t, m.Thread)
			}
		}
		require.True(t, notifiertest.Shows(t, root, "19 more in this storyline"))
		for i := range root.Edits[1:] {
			require.GreaterOrEqual(t, root.Edits[i+1].Sub(root.Edits[i]), 2*time.Second)
		}
	})
}

func TestTheRootTellsTheHostsAndTheWorstStateOfItsThread(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		on := func(host string) s1.ThreatID {
			id := w.Console.AddThreat(notifiertest.NewThreat{Name: "on " + host, Story: "7F3A"})
			w.Console.Change(id, func(t *s1.Threat) {
				notifiertest.Malicious(t)
				t.Realtime.ComputerName, t.Info.IncidentStatus = host, s1.StatusUnresolved
			})
			return id
		}
		root, reply := on("DESKTOP-1"), on("DESKTOP-2")
		on("DESKTOP-2")
		w.Console.Change(root, notifiertest.Resolve)
		w.Pass(2 * time.Minute)
		require.True(t, notifiertest.Shows(t, w.Slack.In("CTHREATS")[0], "2 more in this storyline · 2 hosts · worst: malicious, unresolved, not mitigated"))
		require.Equal(t, render.Critical, w.Slack.In("CTHREATS")[0].Card.Tone, "not good while worse is open below")
		w.Console.Change(reply, notifiertest.Resolve)
		w.Console.Change(w.Console.Threats[2].ID, notifiertest.Resolve)
		w.Pass(2 * time.Minute)
		require.True(t, notifiertest.Shows(t, w.Slack.In("CTHREATS")[0], "worst: malicious, resolved"), "the root follows its thread")
		require.Equal(t, render.Good, w.Slack.In("CTHREATS")[0].Card.Tone)
	})
}

func TestAlertsOfOneRuleOnOneHostAreOneThreadForADay(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		alert := func(rule s1.RuleID, host string) {
			w.Console.AddAlert("rule "+string(rule), 0, 0)
			w.Console.Set(func(s *notifiertest.Console) {
				last := s.Alerts[len(s.Alerts)-1]
				last.Rule.ID, last.Detection.Name, last.Source.Storyline = rule, host, fmt.Sprint(len(s.Alerts))
			})
		}
		alert("1", "DESKTOP-1")
		alert("1", "DESKTOP-1")
		alert("2", "DESKTOP-1")
		alert("1", "DESKTOP-2")
		w.Pass(time.Minute)
		told := w.Slack.In("CALERTS")
		require.Len(t, told, 4)
		require.Equal(t, told[0].TS, told[1].Thread)
		require.Empty(t, told[2].Thread, "another rule may be graver; it does not hide in a thread")
		require.Empty(t, told[3].Thread, "nor does another host")
		require.True(t, notifiertest.Shows(t, told[0], "1 more of this rule on this host · 1 host"))
		w.Stop()
		w.Pass(25 * time.Hour)
		w.Start()
		alert("1", "DESKTOP-1")
		w.Pass(time.Minute)
		require.Empty(t, w.Slack.In("CALERTS")[4].Thread, "nobody looks into yesterday's thread")
	})
}

func TestAStorylineThatNoDatabaseTakesIsStillOneThread(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		for _, story := range []string{"\x00\xff", "\x00\xff", strings.Repeat("x", 5000)} {
			w.Console.AddThreat(notifiertest.NewThreat{Name: "evil.exe", Story: story})
		}
		w.Pass(time.Minute)
		told := w.Slack.In("CTHREATS")
		require.Len(t, told, 3)
		require.Equal(t, told[0].TS, told[1].Thread)
		for _, n := range w.Journal.Rows {
			require.Regexp(t, `^[!-~]{1,100}$`, n.Group)
		}
	})
}
