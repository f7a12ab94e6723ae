package delivery_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

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
