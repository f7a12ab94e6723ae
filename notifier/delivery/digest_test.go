package delivery_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier/notifiertest"
	"s1bot/notifier/routing"
	"s1bot/render"
)

func TestABurstIsOneDigestWithAFileOfAllAndCriticalOnesKeepTheirCards(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Burst = 5
		w.Start()
		for i := range 412 {
			id := w.Console.AddThreat(notifiertest.NewThreat{Name: fmt.Sprintf("worm %03d", i)})
			if i%60 == 10 {
				w.Console.Change(id, notifiertest.Malicious)
			}
		}
		w.Pass(30*time.Second + 500*time.Millisecond)
		require.Len(t, w.Slack.In("CTHREATS"), 1, "the first critical card does not wait for the digest")
		w.Pass(time.Minute)
		told := w.Slack.In("CTHREATS")
		require.Len(t, told, 8, "7 cards and a digest")
		var digest notifiertest.Message
		for _, m := range told {
			if strings.HasPrefix(m.Key, "digest:") {
				digest = m
			}
		}
		require.Contains(t, digest.Card.Title, "new threats")
		require.True(t, digest.Card.HasChart())
		require.Len(t, w.Slack.Files, 1)
		require.Equal(t, digest.TS, w.Slack.Files[0].Thread)
		require.Len(t, notifiertest.Listed(w, "CTHREATS"), 405)
		w.Pass(15 * time.Minute)
		require.Len(t, w.Slack.In("CTHREATS"), 8)
		require.Len(t, w.Slack.Files, 1)
		require.Empty(t, notifiertest.Pending(w))
	})
}

func TestAHandfulIsToldByCards(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Burst = 5
		w.Start()
		for i := range 5 {
			w.Console.AddThreat(notifiertest.NewThreat{Name: fmt.Sprint("threat ", i)})
		}
		w.Pass(time.Minute)
		require.Equal(t, []string{"threat 0", "threat 1", "threat 2", "threat 3", "threat 4"}, notifiertest.Titles(w, "CTHREATS"))
	})
}

func TestASteadyStreamBecomesAFewDigests(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Burst, w.Config.Interval = 5, time.Second
		w.Start()
		for i := range 150 {
			w.Console.AddThreat(notifiertest.NewThreat{Name: fmt.Sprint("threat ", i)})
			w.Pass(time.Second)
		}
		w.Pass(time.Minute)
		require.Less(t, len(w.Slack.In("CTHREATS")), 25)
		cards := 0
		for _, m := range w.Slack.In("CTHREATS") {
			if strings.HasPrefix(m.Key, "threat:") {
				cards++
			}
		}
		require.Equal(t, 150, cards+len(notifiertest.Listed(w, "CTHREATS")))
	})
}

func TestWhenEverythingIsCriticalTheFirstHundredHaveCards(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Burst = 5
		w.Start()
		for i := range 500 {
			w.Console.Change(w.Console.AddThreat(notifiertest.NewThreat{Name: fmt.Sprint("threat ", i)}), notifiertest.Malicious)
		}
		w.Pass(4 * time.Minute)
		cards := len(w.Slack.In("CTHREATS")) - 1
		require.InDelta(t, 105, cards, 6)
		require.Equal(t, 500, cards+len(notifiertest.Listed(w, "CTHREATS")))
		require.Empty(t, notifiertest.Pending(w))
	})
}

func TestADigestCallsWhomItsItemsCallAndSaysHowLateItIs(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Burst = 5
		w.Config.Routes = func() routing.Routes {
			return routing.Routes{{Source: "threat", Rules: notifiertest.Globs("worm 1*"), Channel: "CWORMS", Mention: "@worms"}, {Source: "threat", Channel: "CWORMS", Mention: "S0OTHERS"}}
		}
		w.Start()
		w.Pass(time.Minute)
		w.Console.Set(func(c *notifiertest.Console) {
			c.Fault = func(string) (error, error) { return notifiertest.ErrLost, nil }
		})
		for i := range 20 {
			w.Console.AddThreat(notifiertest.NewThreat{Name: fmt.Sprint("worm ", i)})
		}
		w.Pass(3 * time.Hour)
		w.Console.Set(func(c *notifiertest.Console) { c.Fault = nil })
		w.Pass(3 * time.Minute)
		told := w.Slack.In("CWORMS")
		require.Len(t, told, 1)
		require.Equal(t, render.Line{render.Group("S0OTHERS"), render.Text(" "), render.Group("@worms")}, told[0].Card.Parts[0])
		require.True(t, notifiertest.Shows(t, told[0], "delivered 3 h 1 min late"))
	})
}

func TestADigestWhoseAnswersGetLostIsThereOnce(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Burst = 5
		w.Start()
		failed := map[string]bool{}
		w.Slack.Set(func(s *notifiertest.Slack) {
			s.Fault = func(op string) (error, error) {
				if failed[op] {
					return nil, nil
				}
				failed[op] = true
				return nil, errors.New("connection reset")
			}
		})
		for i := range 20 {
			w.Console.AddThreat(notifiertest.NewThreat{Name: fmt.Sprint("threat ", i)})
		}
		w.Pass(5 * time.Minute)
		require.Len(t, w.Slack.In("CTHREATS"), 1)
		require.Len(t, w.Slack.Files, 1)
		require.Len(t, notifiertest.Listed(w, "CTHREATS"), 20)
	})
}

func TestAFileThatSlackDoesNotTakeHoldsNothingUp(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Operators, w.Config.Burst = func() string { return "COPS" }, 5
		w.Start()
		w.Slack.Set(func(s *notifiertest.Slack) {
			s.Fault = func(op string) (error, error) {
				if op == "attach" {
					return notifiertest.Refusal{IsClosed: true}, nil
				}
				return nil, nil
			}
		})
		for i := range 20 {
			w.Console.AddThreat(notifiertest.NewThreat{Name: fmt.Sprint("worm ", i)})
		}
		w.Pass(45 * time.Second)
		require.Len(t, w.Slack.In("CTHREATS"), 1)
		w.Console.Change(w.Console.AddThreat(notifiertest.NewThreat{Name: "critical"}), notifiertest.Malicious)
		w.Pass(32 * time.Second) // a poll, and a post
		require.Len(t, w.Slack.In("CTHREATS"), 2)
		require.Empty(t, w.Slack.In("COPS"), "the channel takes messages, so it is not closed")
		w.Slack.Set(func(s *notifiertest.Slack) { s.Fault = nil })
		w.Pass(15 * time.Minute)
		require.Len(t, notifiertest.Listed(w, "CTHREATS"), 20)
	})
}

func TestWhatAClosedChannelDoesNotTakeGoesToTheOperatorsWithANote(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Operators = func() string { return "COPS" }
		w.Start()
		w.Slack.Set(func(s *notifiertest.Slack) { s.Closed["CTHREATS"] = true })
		w.Console.AddThreat(notifiertest.NewThreat{Name: "one", Story: "s"})
		id := w.Console.AddThreat(notifiertest.NewThreat{Name: "two", Story: "s"})
		w.Pass(10 * time.Minute)
		told := w.Slack.In("COPS")
		require.Len(t, told, 3, "a note and two cards")
		require.ElementsMatch(t, []string{"I can't post to a channel", "one", "two"}, notifiertest.Titles(w, "COPS"))
		require.True(t, notifiertest.Shows(t, told[1], "where I can't post"), "it says where it was meant for")
		w.Console.Change(id, notifiertest.Resolve)
		w.Pass(time.Minute)
		require.Contains(t, w.Slack.In("COPS")[2].Card.Title+w.Slack.In("COPS")[1].Card.Title, "resolved", "its card is edited where it stands")
		for i := range told[1:] {
			require.GreaterOrEqual(t, told[i+1].At.Sub(told[i].At), time.Second)
		}
		w.Slack.Set(func(s *notifiertest.Slack) { s.Closed["CTHREATS"] = false })
		w.Pass(2 * time.Minute)
		w.Console.AddThreat(notifiertest.NewThreat{Name: "three"})
		w.Pass(2 * time.Minute)
		require.Equal(t, []string{"three"}, notifiertest.Titles(w, "CTHREATS"))
	})
}

func TestAChannelThatIsOpenAgainHasThreadsOfItsOwn(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Operators = func() string { return "CSOC" }
		w.Slack.Closed["CTHREATS"] = true
		w.Start()
		w.Console.AddThreat(notifiertest.NewThreat{Name: "while closed", Story: "s"})
		w.Pass(time.Minute)
		w.Slack.Set(func(s *notifiertest.Slack) { delete(s.Closed, "CTHREATS") })
		w.Pass(2 * time.Minute)
		for _, name := range []string{"first", "second", "third"} {
			w.Console.AddThreat(notifiertest.NewThreat{Name: name, Story: "s"})
		}
		w.Pass(time.Minute)
		told := w.Slack.In("CTHREATS")
		require.Equal(t, []string{"first", "second", "third"}, notifiertest.Titles(w, "CTHREATS"))
		require.Empty(t, told[0].Thread)
		require.Equal(t, []string{told[0].TS, told[0].TS}, []string{told[1].Thread, told[2].Thread})
		require.True(t, notifiertest.Shows(t, told[0], "2 more in this storyline"))
	})
}

func TestTheSixthCardOfAMinuteHardlyWaits(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Burst, w.Config.Interval = 5, time.Second
		w.Start()
		for i := range 8 {
			before := len(w.Slack.In("CTHREATS"))
			w.Console.AddThreat(notifiertest.NewThreat{Name: fmt.Sprint("threat ", i)})
			w.Pass(7 * time.Second)
			require.Len(t, w.Slack.In("CTHREATS"), before+1)
		}
	})
}
