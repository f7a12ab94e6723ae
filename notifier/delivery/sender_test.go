package delivery_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier"
	"s1bot/notifier/journal"
	"s1bot/notifier/notifiertest"
	"s1bot/render"
	"s1bot/s1"
)

func TestABurstIsToldInOrderAtOneMessageASecond(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		var want []string
		for i := range 50 {
			want = append(want, fmt.Sprintf("threat %02d", i))
			w.Console.AddThreat(notifiertest.NewThreat{Name: want[i]})
		}
		w.Pass(90 * time.Second)
		require.Equal(t, want, notifiertest.Titles(w, "CTHREATS"))
		told := w.Slack.In("CTHREATS")
		for i := range told[1:] {
			require.GreaterOrEqual(t, told[i+1].At.Sub(told[i].At), time.Second)
		}
	})
}

func TestRetryAfterIsHonouredAndTheOrderKept(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		refused := time.Time{}
		w.Slack.Set(func(s *notifiertest.Slack) {
			s.Fault = func(op string) (error, error) {
				if refused.IsZero() {
					refused = time.Now()
					return notifiertest.SlowDown(40 * time.Second), nil
				}
				return nil, nil
			}
		})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "first"})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "second"})
		w.Pass(2 * time.Minute)
		require.Equal(t, []string{"first", "second"}, notifiertest.Titles(w, "CTHREATS"))
		require.GreaterOrEqual(t, w.Slack.In("CTHREATS")[0].At.Sub(refused), 40*time.Second)
		require.Equal(t, 3, w.Slack.Tried)
	})
}

func TestALostAnswerIsLookedUpAndNotToldTwice(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		w.Slack.Set(func(s *notifiertest.Slack) { s.Fault = notifiertest.Once("post", nil, notifiertest.ErrLost) })
		w.Console.AddThreat(notifiertest.NewThreat{Name: "once", Story: "s"})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "in its thread", Story: "s"})
		w.Pass(2 * time.Minute)
		told := w.Slack.In("CTHREATS")
		require.Equal(t, []string{"once", "in its thread"}, notifiertest.Titles(w, "CTHREATS"))
		require.Equal(t, told[0].TS, told[1].Thread)
		w.Slack.Set(func(s *notifiertest.Slack) { s.Fault = notifiertest.Once("post", nil, notifiertest.ErrLost) })
		w.Console.AddThreat(notifiertest.NewThreat{Name: "lost in the thread", Story: "s"})
		w.Pass(2 * time.Minute)
		require.Len(t, w.Slack.In("CTHREATS"), 3)
		require.True(t, notifiertest.Shows(t, w.Slack.In("CTHREATS")[0], "2 more in this storyline"))
	})
}

func TestWhereNobodyCanLookNothingIsLost(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Messages = notifiertest.Blind{Slack: w.Slack}
		w.Start()
		w.Slack.Set(func(s *notifiertest.Slack) { s.Fault = notifiertest.Once("post", notifiertest.ErrLost, nil) })
		w.Console.AddThreat(notifiertest.NewThreat{Name: "told"})
		w.Pass(2 * time.Minute)
		require.Equal(t, []string{"told"}, notifiertest.Titles(w, "CTHREATS"))
	})
}

// acts tells whether a message has anything to click but links.
func acts(m notifiertest.Message) bool {
	return slices.ContainsFunc(m.Card.Actions, func(a render.Action) bool { b, ok := a.(render.Button); return !ok || b.URL == "" })
}

// Slack took the card, its answer got lost, and the app may not look: what follows says so and has nothing to click that acts.
func TestWhereNobodyCanLookOneCardActs(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		lost := notifiertest.Once("post", nil, notifiertest.ErrLost)
		w.Slack.Set(func(s *notifiertest.Slack) {
			s.Fault = func(op string) (error, error) {
				if op == "find" {
					return notifiertest.Refusal{IsRefused: true}, nil
				}
				return lost(op)
			}
		})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "twice"})
		w.Pass(2 * time.Minute)
		told := w.Slack.In("CTHREATS")
		require.Len(t, told, 2)
		require.True(t, acts(told[0]))
		require.False(t, acts(told[1]))
		require.True(t, notifiertest.Shows(t, told[1], "Slack didn't confirm the card"))
	})
}

func TestAFinderThatFailsForGoodDoesNotSilenceTheChannel(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		lost := notifiertest.Once("post", notifiertest.ErrLost, nil)
		w.Slack.Set(func(s *notifiertest.Slack) {
			s.Fault = func(op string) (error, error) {
				if op == "find" {
					return errors.New("missing_scope"), nil
				}
				return lost(op)
			}
		})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "told"})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "next"})
		w.Pass(5 * time.Minute)
		require.ElementsMatch(t, []string{"told", "next"}, notifiertest.Titles(w, "CTHREATS"))
	})
}

// inTurn fails one operation with each of faults in turn: an error in its place, or one after it was done.
func inTurn(name string, faults ...[2]error) notifiertest.Fault {
	return func(op string) (before, after error) {
		if op != name || len(faults) == 0 {
			return nil, nil
		}
		next := faults[0]
		faults = faults[1:]
		return next[0], next[1]
	}
}

func TestACardThatWasPostedBlindlyIsTheOnlyOneInTheEnd(t *testing.T) {
	lostAfter := func(before, after error) notifiertest.Fault { return notifiertest.Once("post", before, after) }
	for name, first := range map[string]notifiertest.Fault{
		"the first one had arrived":             lostAfter(nil, notifiertest.ErrLost),
		"the first one had not":                 lostAfter(notifiertest.ErrLost, nil),
		"Slack slowed the second one down":      inTurn("post", [2]error{nil, notifiertest.ErrLost}, [2]error{notifiertest.SlowDown(20 * time.Second), nil}),
		"the answer to the second is lost, too": inTurn("post", [2]error{nil, notifiertest.ErrLost}, [2]error{nil, notifiertest.ErrLost}),
	} {
		t.Run(name, func(t *testing.T) {
			notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
				w.Start()
				away := true
				w.Slack.Set(func(s *notifiertest.Slack) {
					s.Fault = func(op string) (error, error) {
						if op == "find" && away {
							return errors.New("502"), nil
						}
						return first(op)
					}
				})
				w.Console.AddThreat(notifiertest.NewThreat{Name: "evil.exe"})
				w.Pass(20 * time.Minute)
				posted := w.Slack.In("CTHREATS")
				require.True(t, notifiertest.Shows(t, posted[len(posted)-1], "Slack didn't confirm the card"))
				acting := slices.DeleteFunc(slices.Clone(posted), func(m notifiertest.Message) bool { return !acts(m) })
				require.LessOrEqual(t, len(acting), 1, "no two act")
				w.Stop()
				w.Slack.Set(func(*notifiertest.Slack) { away = false })
				w.Start()
				w.Pass(15 * time.Minute)
				told := w.Slack.In("CTHREATS")
				require.Len(t, told, 1)
				require.False(t, notifiertest.Shows(t, told[0], "Slack didn't confirm"))
				require.True(t, acts(told[0]))
				require.Empty(t, notifiertest.Pending(w))
			})
		})
	}
}

func TestWhatSlackRefusedOutrightIsNotLookedUp(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		refuses := notifiertest.Once("post", notifiertest.Refusal{IsRefused: true}, nil)
		w.Slack.Set(func(s *notifiertest.Slack) {
			s.Fault = func(op string) (error, error) {
				if op == "find" {
					t.Error("Slack said that nothing was posted")
				}
				return refuses(op)
			}
		})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "told"})
		w.Pass(time.Minute)
		require.Equal(t, []string{"told"}, notifiertest.Titles(w, "CTHREATS"))
	})
}

func TestAnAppThatMayNotLookPostsAgainAtOnce(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		lost := notifiertest.Once("post", notifiertest.ErrLost, nil)
		w.Slack.Set(func(s *notifiertest.Slack) {
			s.Fault = func(op string) (error, error) {
				if op == "find" {
					return notifiertest.Refusal{IsRefused: true}, nil
				}
				return lost(op)
			}
		})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "told"})
		w.Pass(35 * time.Second) // a poll, and one back-off
		require.Equal(t, []string{"told"}, notifiertest.Titles(w, "CTHREATS"))
	})
}

func TestAnOutageOfSlackDelaysAndDropsNothing(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		w.Slack.Set(func(s *notifiertest.Slack) { s.Fault = func(string) (error, error) { return errors.New("503"), nil } })
		for i := range 5 {
			w.Console.AddThreat(notifiertest.NewThreat{Name: fmt.Sprint("threat ", i)})
			w.Pass(10 * time.Minute)
		}
		w.Slack.Set(func(s *notifiertest.Slack) { s.Fault = nil })
		w.Pass(20 * time.Minute)
		require.Len(t, w.Slack.In("CTHREATS"), 5)
		for _, m := range w.Slack.In("CTHREATS") {
			require.Contains(t, m.Card.Title, "Threat · ", "the plain card of last resort has become the real one")
		}
		require.Equal(t, 1, w.Log.Count("can't post a card"))
	})
}

func TestACardThatSlackRefusesGivesWayToAPlainOneAndBlocksNobody(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		poison := w.Console.AddThreat(notifiertest.NewThreat{Name: "poison"})
		w.Slack.Set(func(s *notifiertest.Slack) { s.Poison = "poison" })
		w.Console.AddThreat(notifiertest.NewThreat{Name: "harmless"})
		w.Pass(10 * time.Minute)
		told := w.Slack.In("CTHREATS")
		require.Len(t, told, 2)
		require.True(t, notifiertest.Shows(t, told[0], string(poison)))
		require.Equal(t, "harmless", told[1].Name())
	})
}

func TestANoticeThatNeverGoesThroughStepsAside(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		cursed := w.Console.AddThreat(notifiertest.NewThreat{Name: "cursed"})
		w.Slack.Set(func(s *notifiertest.Slack) { s.Cursed = "threat:" + string(cursed) })
		w.Console.AddThreat(notifiertest.NewThreat{Name: "first"})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "second"})
		w.Pass(3 * time.Minute)
		require.Equal(t, []string{"first", "second"}, notifiertest.Titles(w, "CTHREATS"))
		w.Slack.Set(func(s *notifiertest.Slack) { s.Cursed = "" })
		w.Pass(20 * time.Minute)
		require.Equal(t, []string{"first", "second", "cursed"}, notifiertest.Titles(w, "CTHREATS"))
	})
}

func TestAClosedChannelWaitsAndTheOtherGoesOn(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		first := w.Console.AddThreat(notifiertest.NewThreat{Name: "before"})
		w.Pass(time.Minute)
		w.Slack.Set(func(s *notifiertest.Slack) { s.Closed["CTHREATS"] = true })
		w.Console.AddThreat(notifiertest.NewThreat{Name: "while closed"})
		w.Console.Change(first, notifiertest.Resolve)
		w.Console.AddAlert("elsewhere", 0, 0)
		w.Pass(time.Hour)
		require.Equal(t, []string{"elsewhere"}, notifiertest.Titles(w, "CALERTS"))
		require.Equal(t, 1, w.Log.Count("can't post to a channel"))
		w.Slack.Set(func(s *notifiertest.Slack) { s.Closed["CTHREATS"] = false })
		w.Pass(5 * time.Minute)
		require.Equal(t, []string{"before", "while closed"}, notifiertest.Titles(w, "CTHREATS"))
		require.Contains(t, w.Slack.In("CTHREATS")[0].Card.Title, "resolved")
	})
}

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
		w.Pass(25 * time.Hour)
		alert("1", "DESKTOP-1")
		w.Pass(time.Minute)
		require.Empty(t, w.Slack.In("CALERTS")[4].Thread, "nobody looks into yesterday's thread")
	})
}

func TestAJournalThatFailsDelaysAndNothingIsToldTwice(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Messages = notifiertest.Blind{Slack: w.Slack} // nobody can look: what was told must not be forgotten
		w.Start()
		w.Console.AddThreat(notifiertest.NewThreat{Name: "one"})
		w.Console.AddThreat(notifiertest.NewThreat{Name: "two"})
		saves := 0
		w.Journal.Set(func(s *notifiertest.Memory) {
			s.Fault = func(op string) (error, error) {
				if op == "save" {
					saves++
				}
				if 1 < saves && saves < 6 {
					return errors.New("disk full"), nil
				}
				return nil, nil
			}
		})
		w.Pass(5 * time.Minute)
		require.Equal(t, []string{"one", "two"}, notifiertest.Titles(w, "CTHREATS"))
		require.Empty(t, notifiertest.Pending(w))
	})
}

func TestARowThatCannotBeDrawnIsToldPlainly(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		drawn := w.Console.AddThreat(notifiertest.NewThreat{Name: "fine"})
		w.Pass(time.Minute)
		w.Stop()
		spoil := func(id s1.ThreatID, state journal.State) journal.Batch {
			n := journal.Notice{Source: journal.Threats, ID: string(id), Channel: "CTHREATS", State: state, Version: "spoilt", Body: json.RawMessage(`[]`), Created: time.Now()}
			cursor, err := w.Journal.Cursor(t.Context(), journal.Threats)
			require.NoError(t, err)
			return journal.Batch{Source: journal.Threats, Cursor: cursor, Fresh: []journal.Notice{n}, Changed: []journal.Notice{n}}
		}
		require.NoError(t, w.Journal.Record(t.Context(), spoil(drawn, journal.Due)))
		require.NoError(t, w.Journal.Record(t.Context(), spoil("4711", journal.Due)))
		w.Config.Console = &notifiertest.Console{}
		w.Start()
		w.Pass(time.Minute)
		told := w.Slack.In("CTHREATS")
		require.Len(t, told, 2)
		require.Empty(t, told[0].Edits, "a card that is there is not spoilt")
		require.Equal(t, "New threat", told[1].Card.Title)
		require.True(t, notifiertest.Shows(t, told[1], "4711"))
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
