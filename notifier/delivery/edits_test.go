package delivery_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier"
	"s1bot/notifier/journal"
	"s1bot/notifier/notifiertest"
	"s1bot/s1"
)

func TestAChangeInTheConsoleEditsTheCard(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Interval = time.Minute
		w.Start()
		threatID := w.Console.AddThreat(notifiertest.NewThreat{Name: "evil.exe"})
		alertID := w.Console.AddAlert("rule", 0, 0)
		w.Pass(2 * time.Minute)
		w.Console.Change(threatID, notifiertest.Resolve)
		w.Console.ChangeAlert(alertID, func(a *s1.Alert) { a.Info.IncidentStatus = s1.StatusResolved })
		w.Pass(2 * time.Minute)
		for _, channel := range []string{"CTHREATS", "CALERTS"} {
			require.Len(t, w.Slack.In(channel), 1)
			require.Len(t, w.Slack.In(channel)[0].Edits, 1)
			require.Contains(t, w.Slack.In(channel)[0].Card.Title, "resolved")
		}
		w.Pass(48 * time.Hour)
		w.Console.ChangeAlert(alertID, func(a *s1.Alert) { a.Info.IncidentStatus = s1.StatusInProgress })
		w.Pass(20 * time.Minute)
		require.NotContains(t, w.Slack.In("CALERTS")[0].Card.Title, "resolved", "two days later the sweep still sees it")
	})
}

func TestAnIsolatedHostShowsAlthoughItsThreatWasNotUpdated(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		w.Console.AddThreat(notifiertest.NewThreat{Name: "evil.exe", Agent: "77"})
		w.Pass(time.Minute)
		w.Console.Set(func(s *notifiertest.Console) { s.Threats[0].Realtime.NetworkStatus = s1.NetworkDisconnected })
		w.Pass(time.Minute)
		require.True(t, notifiertest.Shows(t, w.Slack.In("CTHREATS")[0], "Reconnect host"))
	})
}

func TestAChangeThatNobodyCanSeeEditsNothing(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		id := w.Console.AddThreat(notifiertest.NewThreat{Name: "evil.exe"})
		w.Pass(time.Minute)
		w.Console.Change(id, func(t *s1.Threat) { t.Realtime.ScanStatus = "started" })
		w.Pass(time.Hour)
		require.Empty(t, w.Slack.In("CTHREATS")[0].Edits)
		require.Empty(t, notifiertest.Pending(w))
	})
}

// threadless is a journal that can't read threads.
type threadless struct{ *notifiertest.Memory }

func (t threadless) Fenced(int64) notifier.Journal { return t }

func (t threadless) Notices(ctx context.Context, q journal.Query) ([]journal.Notice, error) {
	if q.Group != "" && q.Want != journal.Roots {
		return nil, errors.New("disk trouble")
	}
	return t.Memory.Notices(ctx, q)
}

func TestWhatShowsWhatItShouldIsKeptAlthoughTheNextCannotBeDrawn(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		first := w.Console.AddThreat(notifiertest.NewThreat{Name: "evil.exe"})
		root := w.Console.AddThreat(notifiertest.NewThreat{Name: "root", Story: "7F3A"})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "reply", Story: "7F3A"})
		w.Pass(2 * time.Minute)
		require.Empty(t, notifiertest.Pending(w))
		w.Stop()
		w.Config.Journal, w.Config.Leases = threadless{w.Journal}, threadless{w.Journal}
		w.Start()
		for _, id := range []s1.ThreatID{first, root} {
			w.Console.Change(id, func(t *s1.Threat) { t.Realtime.ScanStatus = "started" })
		}
		w.Pass(2 * time.Minute)
		waiting := notifiertest.Pending(w)
		require.Len(t, waiting, 1)
		require.Equal(t, string(root), waiting[0].ID)
	})
}

func TestAnEditThatFailsIsMadeLater(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		id := w.Console.AddThreat(notifiertest.NewThreat{Name: "evil.exe"})
		w.Pass(time.Minute)
		fails := 0
		w.Slack.Set(func(s *notifiertest.Slack) {
			s.Fault = func(op string) (error, error) {
				switch fails++; {
				case fails == 1:
					return notifiertest.SlowDown(20 * time.Second), nil
				case fails < 5:
					return notifiertest.ErrLost, nil
				}
				return nil, nil
			}
		})
		w.Console.Change(id, notifiertest.Resolve)
		w.Pass(5 * time.Minute)
		require.Len(t, w.Slack.In("CTHREATS")[0].Edits, 1)
		require.Empty(t, notifiertest.Pending(w))
	})
}

func TestWhatChangesAfterAnEditThatSlackRefusesForGoodIsToldByANewCard(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		id := w.Console.AddThreat(notifiertest.NewThreat{Name: "evil.exe"})
		w.Pass(time.Minute)
		tries := 0
		w.Slack.Set(func(s *notifiertest.Slack) {
			s.Fault = func(op string) (error, error) {
				if op == "edit" {
					tries++
					return notifiertest.Refusal{IsRefused: true}, nil
				}
				return nil, nil
			}
		})
		w.Console.Change(id, notifiertest.Resolve)
		w.Pass(24 * time.Hour)
		require.Equal(t, 6, tries)
		require.Len(t, w.Slack.In("CTHREATS"), 2)
		require.Contains(t, w.Slack.In("CTHREATS")[1].Card.Title, "resolved")
		w.Slack.Set(func(s *notifiertest.Slack) { s.Fault = nil })
		w.Console.Change(id, func(t *s1.Threat) { t.Info.IncidentStatus = s1.StatusInProgress })
		w.Pass(time.Minute)
		require.Len(t, w.Slack.In("CTHREATS"), 2)
		require.NotContains(t, w.Slack.In("CTHREATS")[1].Card.Title, "resolved", "the new one is edited from then on")
	})
}

// uneditable has Slack refuse to edit what stands in the channel, as a workspace does whose members may not edit messages.
func uneditable(w *notifiertest.World, r notifiertest.Refusal) {
	w.Slack.Set(func(s *notifiertest.Slack) {
		s.Fault = func(op string) (error, error) {
			if op == "edit" {
				return r, nil
			}
			return nil, nil
		}
	})
}

func TestACardThatCannotBeEditedIsFollowedByOneThatTellsWhatBecameOfIt(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		root := w.Console.AddThreat(notifiertest.NewThreat{Name: "root", Story: "s"})
		w.Pass(time.Minute)
		uneditable(w, notifiertest.Refusal{IsFixed: true})
		for range 3 {
			w.Console.AddThreat(notifiertest.NewThreat{Name: "reply", Story: "s"})
			w.Pass(time.Minute)
		}
		require.Equal(t, []string{"root", "reply", "reply", "reply"}, notifiertest.Titles(w, "CTHREATS"), "a count of replies is worth no message")
		w.Console.Change(root, notifiertest.Resolve)
		w.Pass(time.Hour)
		told := w.Slack.In("CTHREATS")
		require.Equal(t, []string{"root", "reply", "reply", "reply", "root"}, notifiertest.Titles(w, "CTHREATS"), "once, however often the console is asked")
		require.Contains(t, told[4].Card.Title, "resolved")
		require.True(t, notifiertest.Shows(t, told[4], "replaces it"))
		require.False(t, notifiertest.Shows(t, told[4], "Delivered "), "it was told in time")
		w.Console.AddThreat(notifiertest.NewThreat{Name: "another", Story: "s"})
		w.Stop()
		w.Start()
		w.Pass(time.Minute)
		require.Equal(t, told[4].TS, w.Slack.In("CTHREATS")[5].Thread, "the thread follows")
		w.Pass(time.Hour)
		require.Len(t, w.Slack.Messages, 6)
	})
}

func TestWhatChangesOfACardInAnArchivedChannelIsToldToTheOperators(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Operators = func() string { return "COPS" }
		w.Start()
		id := w.Console.AddThreat(notifiertest.NewThreat{Name: "evil.exe"})
		w.Pass(time.Minute)
		w.Slack.Set(func(s *notifiertest.Slack) { s.Closed["CTHREATS"] = true })
		w.Console.Change(id, notifiertest.Resolve)
		w.Pass(time.Hour)
		require.Len(t, w.Slack.In("COPS"), 2)
		require.Contains(t, w.Slack.In("COPS")[0].Card.Title+w.Slack.In("COPS")[1].Card.Title, "resolved")
		w.Console.Change(id, func(t *s1.Threat) { t.Info.AnalystVerdict = s1.VerdictFalsePositive })
		w.Pass(time.Hour)
		require.Len(t, w.Slack.In("COPS"), 2, "edited there")
	})
}

func TestADeletedCardIsPostedAnewWhenItChanges(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		root := w.Console.AddThreat(notifiertest.NewThreat{Name: "root", Story: "s"})
		reply := w.Console.AddThreat(notifiertest.NewThreat{Name: "reply", Story: "s"})
		w.Pass(time.Minute)
		w.Slack.Remove(w.Slack.In("CTHREATS")[1].TS)
		w.Console.Change(reply, notifiertest.Resolve)
		w.Pass(time.Minute)
		require.Equal(t, []string{"root", "reply"}, notifiertest.Titles(w, "CTHREATS"))
		require.True(t, notifiertest.Shows(t, w.Slack.In("CTHREATS")[0], "1 more in this storyline"))

		w.Slack.Remove(w.Slack.In("CTHREATS")[0].TS)
		w.Console.AddThreat(notifiertest.NewThreat{Name: "another", Story: "s"})
		w.Console.Change(root, notifiertest.Resolve)
		w.Pass(2 * time.Minute)
		told := w.Slack.In("CTHREATS")
		require.Equal(t, []string{"reply", "root", "another"}, notifiertest.Titles(w, "CTHREATS"))
		require.Equal(t, told[1].TS, told[2].Thread)
	})
}
