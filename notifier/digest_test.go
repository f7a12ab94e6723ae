package notifier

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/render"
	"s1bot/s1"
)

func (s *slack) Attach(_ context.Context, channel, thread string, file render.File) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, after := s.fault.of("attach")
	if before != nil {
		return before
	}
	if s.at(channel, thread) == nil {
		return refusal{gone: true}
	}
	s.files = append(s.files, attachment{channel, thread, file})
	return after
}

func (s *slack) Attached(_ context.Context, channel, thread, name string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.files {
		if f.Channel == channel && f.Thread == thread && f.File.Name == name {
			return true, nil
		}
	}
	return false, nil
}

// An attachment is a file in a thread.
type attachment struct {
	Channel, Thread string
	File            render.File
}

// listed are the ids in the files of a channel's threads, without those that have a card of their own.
func (w *world) listed(channel string) (ids []string) {
	w.slack.set(func(s *slack) {
		for _, f := range s.files {
			rows, err := csv.NewReader(strings.NewReader(string(f.File.Body))).ReadAll()
			require.NoError(w.t, err)
			for _, row := range rows[1:] {
				if f.Channel == channel && row[11] == "no" {
					ids = append(ids, row[1])
				}
			}
		}
	})
	return ids
}

func malicious(t *s1.Threat) {
	t.Info.ConfidenceLevel, t.Info.MitigationStatus = s1.ConfidenceMalicious, s1.NotMitigated
}

func TestABurstIsOneDigestWithAFileOfAllAndCriticalOnesKeepTheirCards(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Burst = 5
		w.start()
		for i := range 412 {
			id := w.console.AddThreat(threat{Name: fmt.Sprintf("worm %03d", i)})
			if i%60 == 10 {
				w.console.Change(id, malicious)
			}
		}
		w.pass(30*time.Second + 500*time.Millisecond)
		require.Len(t, w.slack.In("CTHREATS"), 1, "the first critical card does not wait for the digest")
		w.pass(time.Minute)
		told := w.slack.In("CTHREATS")
		require.Len(t, told, 8, "7 cards and a digest")
		var digest message
		for _, m := range told {
			if strings.HasPrefix(m.Key, "digest:") {
				digest = m
			}
		}
		require.Contains(t, digest.Card.Title, "new threats")
		require.True(t, digest.Card.HasChart())
		require.Len(t, w.slack.files, 1)
		require.Equal(t, digest.TS, w.slack.files[0].Thread)
		require.Len(t, w.listed("CTHREATS"), 405)
		w.pass(time.Hour)
		require.Len(t, w.slack.In("CTHREATS"), 8)
		require.Len(t, w.slack.files, 1)
		require.Empty(t, pending(w))
	})
}

func TestAHandfulIsToldByCards(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Burst = 5
		w.start()
		for i := range 5 {
			w.console.AddThreat(threat{Name: fmt.Sprint("threat ", i)})
		}
		w.pass(time.Minute)
		require.Equal(t, []string{"threat 0", "threat 1", "threat 2", "threat 3", "threat 4"}, titles(w, "CTHREATS"))
	})
}

func TestASteadyStreamBecomesAFewDigests(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Burst, w.config.Interval = 5, time.Second
		w.start()
		for i := range 300 {
			w.console.AddThreat(threat{Name: fmt.Sprint("threat ", i)})
			w.pass(time.Second)
		}
		w.pass(time.Minute)
		require.Less(t, len(w.slack.In("CTHREATS")), 40)
		cards := 0
		for _, m := range w.slack.In("CTHREATS") {
			if strings.HasPrefix(m.Key, "threat:") {
				cards++
			}
		}
		require.Equal(t, 300, cards+len(w.listed("CTHREATS")))
	})
}

func TestWhenEverythingIsCriticalTheFirstHundredHaveCards(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Burst = 5
		w.start()
		for i := range 500 {
			w.console.Change(w.console.AddThreat(threat{Name: fmt.Sprint("threat ", i)}), malicious)
		}
		w.pass(4 * time.Minute)
		cards := len(w.slack.In("CTHREATS")) - 1
		require.InDelta(t, urgentCards+5, cards, 6)
		require.Equal(t, 500, cards+len(w.listed("CTHREATS")))
		require.Empty(t, pending(w))
	})
}

func TestADigestCallsWhomItsItemsCallAndSaysHowLateItIs(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Burst = 5
		w.config.Routes = func() Routes {
			return Routes{{Source: "threat", Rules: globs("worm 1*"), Channel: "CWORMS", Mention: "@worms"}, {Source: "threat", Channel: "CWORMS", Mention: "S0OTHERS"}}
		}
		w.start()
		w.pass(time.Minute)
		w.console.set(func(c *console) { c.fault = func(string) (error, error) { return errLost, nil } })
		for i := range 20 {
			w.console.AddThreat(threat{Name: fmt.Sprint("worm ", i)})
		}
		w.pass(3 * time.Hour)
		w.console.set(func(c *console) { c.fault = nil })
		w.pass(3 * time.Minute)
		told := w.slack.In("CWORMS")
		require.Len(t, told, 1)
		require.Equal(t, render.Line{render.Group("S0OTHERS"), render.Text(" "), render.Group("@worms")}, told[0].Card.Parts[0])
		require.True(t, shows(t, told[0], "told 3h1m0s after the console wrote it down"))
	})
}

func TestADigestWhoseAnswersGetLostIsThereOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Burst = 5
		w.start()
		failed := map[string]bool{}
		w.slack.set(func(s *slack) {
			s.fault = func(op string) (error, error) {
				if failed[op] {
					return nil, nil
				}
				failed[op] = true
				return nil, errors.New("connection reset")
			}
		})
		for i := range 20 {
			w.console.AddThreat(threat{Name: fmt.Sprint("threat ", i)})
		}
		w.pass(5 * time.Minute)
		require.Len(t, w.slack.In("CTHREATS"), 1)
		require.Len(t, w.slack.files, 1)
		require.Len(t, w.listed("CTHREATS"), 20)
	})
}

func TestAFileThatSlackDoesNotTakeHoldsNothingUp(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Operators, w.config.Burst = "COPS", 5
		w.start()
		w.slack.set(func(s *slack) {
			s.fault = func(op string) (error, error) {
				if op == "attach" {
					return refusal{closed: true}, nil
				}
				return nil, nil
			}
		})
		for i := range 20 {
			w.console.AddThreat(threat{Name: fmt.Sprint("worm ", i)})
		}
		w.pass(45 * time.Second)
		require.Len(t, w.slack.In("CTHREATS"), 1)
		w.console.Change(w.console.AddThreat(threat{Name: "critical"}), malicious)
		w.pass(32 * time.Second) // a poll, and a post
		require.Len(t, w.slack.In("CTHREATS"), 2)
		require.Empty(t, w.slack.In("COPS"), "the channel takes messages, so it is not closed")
		w.slack.set(func(s *slack) { s.fault = nil })
		w.pass(15 * time.Minute)
		require.Len(t, w.listed("CTHREATS"), 20)
	})
}

func TestWhatAClosedChannelDoesNotTakeGoesToTheOperatorsWithANote(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Operators = "COPS"
		w.start()
		w.slack.set(func(s *slack) { s.closed["CTHREATS"] = true })
		w.console.AddThreat(threat{Name: "one", Story: "s"})
		id := w.console.AddThreat(threat{Name: "two", Story: "s"})
		w.pass(10 * time.Minute)
		told := w.slack.In("COPS")
		require.Len(t, told, 3, "a note and two cards")
		require.ElementsMatch(t, []string{"Notifications cannot reach their channel", "one", "two"}, titles(w, "COPS"))
		require.True(t, shows(t, told[1], "which takes no messages"), "it says where it was meant for")
		w.console.Change(id, resolve)
		w.pass(time.Minute)
		require.Contains(t, w.slack.In("COPS")[2].Card.Title+w.slack.In("COPS")[1].Card.Title, "resolved", "its card is edited where it stands")
		for i := range told[1:] {
			require.GreaterOrEqual(t, told[i+1].At.Sub(told[i].At), time.Second)
		}
		w.slack.set(func(s *slack) { s.closed["CTHREATS"] = false })
		w.pass(2 * time.Minute)
		w.console.AddThreat(threat{Name: "three"})
		w.pass(2 * time.Minute)
		require.Equal(t, []string{"three"}, titles(w, "CTHREATS"))
	})
}

func TestAChannelThatIsOpenAgainHasThreadsOfItsOwn(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Operators = "CSOC"
		w.slack.closed["CTHREATS"] = true
		w.start()
		w.console.AddThreat(threat{Name: "while closed", Story: "s"})
		w.pass(time.Minute)
		w.slack.set(func(s *slack) { delete(s.closed, "CTHREATS") })
		w.pass(2 * time.Minute)
		for _, name := range []string{"first", "second", "third"} {
			w.console.AddThreat(threat{Name: name, Story: "s"})
		}
		w.pass(time.Minute)
		told := w.slack.In("CTHREATS")
		require.Equal(t, []string{"first", "second", "third"}, titles(w, "CTHREATS"))
		require.Empty(t, told[0].Thread)
		require.Equal(t, []string{told[0].TS, told[0].TS}, []string{told[1].Thread, told[2].Thread})
		require.True(t, shows(t, told[0], "2 more in this storyline"))
	})
}

func TestTheSixthCardOfAMinuteHardlyWaits(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Burst, w.config.Interval = 5, time.Second
		w.start()
		for i := range 8 {
			before := len(w.slack.In("CTHREATS"))
			w.console.AddThreat(threat{Name: fmt.Sprint("threat ", i)})
			w.pass(7 * time.Second)
			require.Len(t, w.slack.In("CTHREATS"), before+1)
		}
	})
}
