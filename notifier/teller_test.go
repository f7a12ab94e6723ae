package notifier

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/render"
	"s1bot/s1"
)

// shows tells whether a message's card has a text anywhere.
func shows(t *testing.T, m message, text string) bool {
	t.Helper()
	data, err := json.Marshal(m.Card)
	require.NoError(t, err)
	return strings.Contains(string(data), text)
}

func TestABurstIsToldInOrderAtOneMessageASecond(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		var want []string
		for i := range 50 {
			want = append(want, fmt.Sprintf("threat %02d", i))
			w.console.AddThreat(threat{Name: want[i]})
		}
		w.pass(90 * time.Second)
		require.Equal(t, want, titles(w, "CTHREATS"))
		told := w.slack.In("CTHREATS")
		for i := range told[1:] {
			require.GreaterOrEqual(t, told[i+1].At.Sub(told[i].At), time.Second)
		}
	})
}

func TestRetryAfterIsHonouredAndTheOrderKept(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		refused := time.Time{}
		w.slack.set(func(s *slack) {
			s.fault = func(op string) (error, error) {
				if refused.IsZero() {
					refused = time.Now()
					return slowDown(40 * time.Second), nil
				}
				return nil, nil
			}
		})
		w.console.AddThreat(threat{Name: "first"})
		w.console.AddThreat(threat{Name: "second"})
		w.pass(2 * time.Minute)
		require.Equal(t, []string{"first", "second"}, titles(w, "CTHREATS"))
		require.GreaterOrEqual(t, w.slack.In("CTHREATS")[0].At.Sub(refused), 40*time.Second)
		require.Equal(t, 3, w.slack.tried)
	})
}

func TestALostAnswerIsLookedUpAndNotToldTwice(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		w.slack.set(func(s *slack) { s.fault = once("post", nil, errLost) })
		w.console.AddThreat(threat{Name: "once", Story: "s"})
		w.console.AddThreat(threat{Name: "in its thread", Story: "s"})
		w.pass(2 * time.Minute)
		told := w.slack.In("CTHREATS")
		require.Equal(t, []string{"once", "in its thread"}, titles(w, "CTHREATS"))
		require.Equal(t, told[0].TS, told[1].Thread)
		w.slack.set(func(s *slack) { s.fault = once("post", nil, errLost) })
		w.console.AddThreat(threat{Name: "lost in the thread", Story: "s"})
		w.pass(2 * time.Minute)
		require.Len(t, w.slack.In("CTHREATS"), 3)
		require.True(t, shows(t, w.slack.In("CTHREATS")[0], "2 more in this storyline"))
	})
}

func TestWhereNobodyCanLookNothingIsLost(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Messages = blind{w.slack}
		w.start()
		w.slack.set(func(s *slack) { s.fault = once("post", errLost, nil) })
		w.console.AddThreat(threat{Name: "told"})
		w.pass(2 * time.Minute)
		require.Equal(t, []string{"told"}, titles(w, "CTHREATS"))
	})
}

// Slack took the card, its answer got lost, and the app may not look: what follows says so and has nothing to click that acts.
func TestWhereNobodyCanLookOneCardActs(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		lost := once("post", nil, errLost)
		w.slack.set(func(s *slack) {
			s.fault = func(op string) (error, error) {
				if op == "find" {
					return refusal{refused: true}, nil
				}
				return lost(op)
			}
		})
		w.console.AddThreat(threat{Name: "twice"})
		w.pass(2 * time.Minute)
		told := w.slack.In("CTHREATS")
		require.Len(t, told, 2)
		acting := 0
		for _, m := range told {
			if slices.ContainsFunc(m.Card.Actions, func(a render.Action) bool { b, ok := a.(render.Button); return !ok || b.URL == "" }) {
				acting++
			}
		}
		require.Equal(t, 1, acting)
		require.True(t, shows(t, told[1], "Slack didn't confirm the card"))
	})
}

func TestAFinderThatFailsForGoodDoesNotSilenceTheChannel(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		lost := once("post", errLost, nil)
		w.slack.set(func(s *slack) {
			s.fault = func(op string) (error, error) {
				if op == "find" {
					return errors.New("missing_scope"), nil
				}
				return lost(op)
			}
		})
		w.console.AddThreat(threat{Name: "told"})
		w.console.AddThreat(threat{Name: "next"})
		w.pass(5 * time.Minute)
		require.ElementsMatch(t, []string{"told", "next"}, titles(w, "CTHREATS"))
	})
}

func TestWhatSlackRefusedOutrightIsNotLookedUp(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		refuses := once("post", refusal{refused: true}, nil)
		w.slack.set(func(s *slack) {
			s.fault = func(op string) (error, error) {
				if op == "find" {
					t.Error("Slack said that nothing was posted")
				}
				return refuses(op)
			}
		})
		w.console.AddThreat(threat{Name: "told"})
		w.pass(time.Minute)
		require.Equal(t, []string{"told"}, titles(w, "CTHREATS"))
	})
}

func TestAnAppThatMayNotLookPostsAgainAtOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		lost := once("post", errLost, nil)
		w.slack.set(func(s *slack) {
			s.fault = func(op string) (error, error) {
				if op == "find" {
					return refusal{refused: true}, nil
				}
				return lost(op)
			}
		})
		w.console.AddThreat(threat{Name: "told"})
		w.pass(35 * time.Second) // a poll, and one back-off
		require.Equal(t, []string{"told"}, titles(w, "CTHREATS"))
	})
}

func TestAnOutageOfSlackDelaysAndDropsNothing(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		w.slack.set(func(s *slack) { s.fault = func(string) (error, error) { return errors.New("503"), nil } })
		for i := range 5 {
			w.console.AddThreat(threat{Name: fmt.Sprint("threat ", i)})
			w.pass(10 * time.Minute)
		}
		w.slack.set(func(s *slack) { s.fault = nil })
		w.pass(20 * time.Minute)
		require.Len(t, w.slack.In("CTHREATS"), 5)
		for _, m := range w.slack.In("CTHREATS") {
			require.Contains(t, m.Card.Title, "Threat · ", "the plain card of last resort has become the real one")
		}
		require.Equal(t, 1, w.log.Count("a card could not be posted"))
	})
}

func TestACardThatSlackRefusesGivesWayToAPlainOneAndBlocksNobody(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		poison := w.console.AddThreat(threat{Name: "poison"})
		w.slack.set(func(s *slack) { s.poison = "poison" })
		w.console.AddThreat(threat{Name: "harmless"})
		w.pass(10 * time.Minute)
		told := w.slack.In("CTHREATS")
		require.Len(t, told, 2)
		require.True(t, shows(t, told[0], string(poison)))
		require.Equal(t, "harmless", told[1].Name())
	})
}

func TestANoticeThatNeverGoesThroughStepsAside(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		cursed := w.console.AddThreat(threat{Name: "cursed"})
		w.slack.set(func(s *slack) { s.cursed = "threat:" + string(cursed) })
		w.console.AddThreat(threat{Name: "first"})
		w.console.AddThreat(threat{Name: "second"})
		w.pass(3 * time.Minute)
		require.Equal(t, []string{"first", "second"}, titles(w, "CTHREATS"))
		w.slack.set(func(s *slack) { s.cursed = "" })
		w.pass(20 * time.Minute)
		require.Equal(t, []string{"first", "second", "cursed"}, titles(w, "CTHREATS"))
	})
}

func TestAClosedChannelWaitsAndTheOtherGoesOn(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		first := w.console.AddThreat(threat{Name: "before"})
		w.pass(time.Minute)
		w.slack.set(func(s *slack) { s.closed["CTHREATS"] = true })
		w.console.AddThreat(threat{Name: "while closed"})
		w.console.Change(first, resolve)
		w.console.AddAlert("elsewhere", 0, 0)
		w.pass(time.Hour)
		require.Equal(t, []string{"elsewhere"}, titles(w, "CALERTS"))
		require.Equal(t, 1, w.log.Count("the channel takes no messages"))
		w.slack.set(func(s *slack) { s.closed["CTHREATS"] = false })
		w.pass(5 * time.Minute)
		require.Equal(t, []string{"before", "while closed"}, titles(w, "CTHREATS"))
		require.Contains(t, w.slack.In("CTHREATS")[0].Card.Title, "resolved")
	})
}

func TestAChangeInTheConsoleEditsTheCard(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Interval = time.Minute
		w.start()
		threatID := w.console.AddThreat(threat{Name: "evil.exe"})
		alertID := w.console.AddAlert("rule", 0, 0)
		w.pass(2 * time.Minute)
		w.console.Change(threatID, resolve)
		w.console.ChangeAlert(alertID, func(a *s1.Alert) { a.Info.IncidentStatus = s1.StatusResolved })
		w.pass(2 * time.Minute)
		for _, channel := range []string{"CTHREATS", "CALERTS"} {
			require.Len(t, w.slack.In(channel), 1)
			require.Len(t, w.slack.In(channel)[0].Edits, 1)
			require.Contains(t, w.slack.In(channel)[0].Card.Title, "resolved")
		}
		w.pass(48 * time.Hour)
		w.console.ChangeAlert(alertID, func(a *s1.Alert) { a.Info.IncidentStatus = s1.StatusInProgress })
		w.pass(20 * time.Minute)
		require.NotContains(t, w.slack.In("CALERTS")[0].Card.Title, "resolved", "two days later the sweep still sees it")
	})
}

func TestAnIsolatedHostShowsAlthoughItsThreatWasNotUpdated(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		w.console.AddThreat(threat{Name: "evil.exe", Agent: "77"})
		w.pass(time.Minute)
		w.console.set(func(s *console) { s.threats[0].Realtime.NetworkStatus = s1.NetworkDisconnected })
		w.pass(time.Minute)
		require.True(t, shows(t, w.slack.In("CTHREATS")[0], "connect-agent-to-network"))
	})
}

func TestAChangeThatNobodyCanSeeEditsNothing(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		id := w.console.AddThreat(threat{Name: "evil.exe"})
		w.pass(time.Minute)
		w.console.Change(id, func(t *s1.Threat) { t.Realtime.ScanStatus = "started" })
		w.pass(time.Hour)
		require.Empty(t, w.slack.In("CTHREATS")[0].Edits)
		require.Empty(t, pending(w))
	})
}

// pending are the notices that still wait for something.
func pending(w *world) (waiting []Notice) {
	for _, want := range []Want{ToPost, ToEdit} {
		found, err := w.journal.Notices(w.t.Context(), Query{Want: want})
		require.NoError(w.t, err)
		waiting = append(waiting, found...)
	}
	return waiting
}

func TestAnEditThatFailsIsMadeLater(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		id := w.console.AddThreat(threat{Name: "evil.exe"})
		w.pass(time.Minute)
		fails := 0
		w.slack.set(func(s *slack) {
			s.fault = func(op string) (error, error) {
				switch fails++; {
				case fails == 1:
					return slowDown(20 * time.Second), nil
				case fails < 5:
					return errLost, nil
				}
				return nil, nil
			}
		})
		w.console.Change(id, resolve)
		w.pass(5 * time.Minute)
		require.Len(t, w.slack.In("CTHREATS")[0].Edits, 1)
		require.Empty(t, pending(w))
	})
}

func TestWhatChangesAfterAnEditThatSlackRefusesForGoodIsToldByANewCard(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		id := w.console.AddThreat(threat{Name: "evil.exe"})
		w.pass(time.Minute)
		tries := 0
		w.slack.set(func(s *slack) {
			s.fault = func(op string) (error, error) {
				if op == "edit" {
					tries++
					return refusal{refused: true}, nil
				}
				return nil, nil
			}
		})
		w.console.Change(id, resolve)
		w.pass(24 * time.Hour)
		require.Equal(t, asideAfter+1, tries)
		require.Len(t, w.slack.In("CTHREATS"), 2)
		require.Contains(t, w.slack.In("CTHREATS")[1].Card.Title, "resolved")
		w.slack.set(func(s *slack) { s.fault = nil })
		w.console.Change(id, func(t *s1.Threat) { t.Info.IncidentStatus = s1.StatusInProgress })
		w.pass(time.Minute)
		require.Len(t, w.slack.In("CTHREATS"), 2)
		require.NotContains(t, w.slack.In("CTHREATS")[1].Card.Title, "resolved", "the new one is edited from then on")
	})
}

// uneditable has Slack refuse to edit what stands in the channel, as a workspace does whose members may not edit messages.
func (w *world) uneditable(r refusal) {
	w.slack.set(func(s *slack) {
		s.fault = func(op string) (error, error) {
			if op == "edit" {
				return r, nil
			}
			return nil, nil
		}
	})
}

func TestACardThatCannotBeEditedIsFollowedByOneThatTellsWhatBecameOfIt(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		root := w.console.AddThreat(threat{Name: "root", Story: "s"})
		w.pass(time.Minute)
		w.uneditable(refusal{fixed: true})
		for range 3 {
			w.console.AddThreat(threat{Name: "reply", Story: "s"})
			w.pass(time.Minute)
		}
		require.Equal(t, []string{"root", "reply", "reply", "reply"}, titles(w, "CTHREATS"), "a count of replies is worth no message")
		w.console.Change(root, resolve)
		w.pass(time.Hour)
		told := w.slack.In("CTHREATS")
		require.Equal(t, []string{"root", "reply", "reply", "reply", "root"}, titles(w, "CTHREATS"), "once, however often the console is asked")
		require.Contains(t, told[4].Card.Title, "resolved")
		require.True(t, shows(t, told[4], "takes its place"))
		require.False(t, shows(t, told[4], "Told "), "it was told in time")
		w.console.AddThreat(threat{Name: "another", Story: "s"})
		w.stop()
		w.start()
		w.pass(time.Minute)
		require.Equal(t, told[4].TS, w.slack.In("CTHREATS")[5].Thread, "the thread follows")
		w.pass(time.Hour)
		require.Len(t, w.slack.messages, 6)
	})
}

func TestWhatChangesOfACardInAnArchivedChannelIsToldToTheOperators(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Operators = "COPS"
		w.start()
		id := w.console.AddThreat(threat{Name: "evil.exe"})
		w.pass(time.Minute)
		w.slack.set(func(s *slack) { s.closed["CTHREATS"] = true })
		w.console.Change(id, resolve)
		w.pass(time.Hour)
		require.Len(t, w.slack.In("COPS"), 2)
		require.Contains(t, w.slack.In("COPS")[0].Card.Title+w.slack.In("COPS")[1].Card.Title, "resolved")
		w.console.Change(id, func(t *s1.Threat) { t.Info.AnalystVerdict = s1.VerdictFalsePositive })
		w.pass(time.Hour)
		require.Len(t, w.slack.In("COPS"), 2, "edited there")
	})
}

func TestADeletedCardIsPostedAnewWhenItChanges(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		root := w.console.AddThreat(threat{Name: "root", Story: "s"})
		reply := w.console.AddThreat(threat{Name: "reply", Story: "s"})
		w.pass(time.Minute)
		w.slack.Delete(w.slack.In("CTHREATS")[1].TS)
		w.console.Change(reply, resolve)
		w.pass(time.Minute)
		require.Equal(t, []string{"root", "reply"}, titles(w, "CTHREATS"))
		require.True(t, shows(t, w.slack.In("CTHREATS")[0], "1 more in this storyline"))

		w.slack.Delete(w.slack.In("CTHREATS")[0].TS)
		w.console.AddThreat(threat{Name: "another", Story: "s"})
		w.console.Change(root, resolve)
		w.pass(2 * time.Minute)
		told := w.slack.In("CTHREATS")
		require.Equal(t, []string{"reply", "root", "another"}, titles(w, "CTHREATS"))
		require.Equal(t, told[1].TS, told[2].Thread)
	})
}

func TestAThreadWhoseRootIsGoneGetsANewOne(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		w.console.AddThreat(threat{Name: "root", Story: "s"})
		w.pass(time.Minute)
		w.stop()
		w.slack.Delete(w.slack.In("CTHREATS")[0].TS)
		w.console.AddThreat(threat{Name: "reply", Story: "s"})
		w.start()
		w.pass(time.Minute)
		told := w.slack.In("CTHREATS")
		require.Equal(t, []string{"root", "reply"}, titles(w, "CTHREATS"))
		require.Equal(t, told[0].TS, told[1].Thread)
		require.True(t, shows(t, told[0], "1 more in this storyline"))
	})
}

func TestThreatsOfOneStorylineAreOneThreadWithACountAtItsRoot(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		for i := range 20 {
			w.console.AddThreat(threat{Name: fmt.Sprint("threat ", i), Story: "7F3A"})
		}
		w.console.AddThreat(threat{Name: "other story", Story: "0000"})
		w.console.AddThreat(threat{Name: "no story"})
		w.console.AddThreat(threat{Name: "no story either"})
		w.pass(2 * time.Minute)
		told := w.slack.In("CTHREATS")
		require.Len(t, told, 23)
		root := told[0]
		for i, m := range told {
			if 0 < i && i < 20 {
				require.Equal(t, root.TS, m.Thread)
			} else {
				require.Empty(t, m.Thread)
			}
		}
		require.True(t, shows(t, root, "19 more in this storyline"))
		for i := range root.Edits[1:] {
			require.GreaterOrEqual(t, root.Edits[i+1].Sub(root.Edits[i]), 2*time.Second)
		}
	})
}

func TestTheRootTellsTheHostsAndTheWorstStateOfItsThread(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		on := func(host string) s1.ThreatID {
			id := w.console.AddThreat(threat{Name: "on " + host, Story: "7F3A"})
			w.console.Change(id, func(t *s1.Threat) {
				malicious(t)
				t.Realtime.ComputerName, t.Info.IncidentStatus = host, s1.StatusUnresolved
			})
			return id
		}
		root, reply := on("DESKTOP-1"), on("DESKTOP-2")
		on("DESKTOP-2")
		w.console.Change(root, resolve)
		w.pass(2 * time.Minute)
		require.True(t, shows(t, w.slack.In("CTHREATS")[0], "2 more in this storyline · 2 hosts · worst: malicious, unresolved, not mitigated"))
		require.Equal(t, render.Critical, w.slack.In("CTHREATS")[0].Card.Tone, "not good while worse is open below")
		w.console.Change(reply, resolve)
		w.console.Change(w.console.threats[2].ID, resolve)
		w.pass(2 * time.Minute)
		require.True(t, shows(t, w.slack.In("CTHREATS")[0], "worst: malicious, resolved"), "the root follows its thread")
		require.Equal(t, render.Good, w.slack.In("CTHREATS")[0].Card.Tone)
	})
}

func TestAlertsOfOneRuleOnOneHostAreOneThreadForADay(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		alert := func(rule s1.RuleID, host string) {
			w.console.AddAlert("rule "+string(rule), 0, 0)
			w.console.set(func(s *console) {
				last := s.alerts[len(s.alerts)-1]
				last.Rule.ID, last.Detection.Name, last.Source.Storyline = rule, host, fmt.Sprint(len(s.alerts))
			})
		}
		alert("1", "DESKTOP-1")
		alert("1", "DESKTOP-1")
		alert("2", "DESKTOP-1")
		alert("1", "DESKTOP-2")
		w.pass(time.Minute)
		told := w.slack.In("CALERTS")
		require.Len(t, told, 4)
		require.Equal(t, told[0].TS, told[1].Thread)
		require.Empty(t, told[2].Thread, "another rule may be graver; it does not hide in a thread")
		require.Empty(t, told[3].Thread, "nor does another host")
		require.True(t, shows(t, told[0], "1 more of this rule on this host · 1 host"))
		w.pass(25 * time.Hour)
		alert("1", "DESKTOP-1")
		w.pass(time.Minute)
		require.Empty(t, w.slack.In("CALERTS")[4].Thread, "nobody looks into yesterday's thread")
	})
}

func TestRefreshEditsAtOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Interval = time.Hour
		w.console.AddThreat(threat{Name: "history", Age: time.Minute})
		w.start()
		threatID := w.console.AddThreat(threat{Name: "evil.exe", Agent: "77"})
		alertID := w.console.AddAlert("rule", 0, 0)
		w.pass(61 * time.Minute)
		w.console.Change(threatID, resolve)
		w.console.ChangeAlert(alertID, func(a *s1.Alert) { a.Info.IncidentStatus = s1.StatusResolved })
		require.NoError(t, w.running.Refresh(t.Context(), "threat", string(threatID)))
		require.NoError(t, w.running.Refresh(t.Context(), "alert", string(alertID)))
		w.pass(3 * time.Second)
		require.Contains(t, w.slack.In("CTHREATS")[0].Card.Title, "resolved")
		require.Contains(t, w.slack.In("CALERTS")[0].Card.Title, "resolved")

		w.console.set(func(s *console) { s.threats[1].Realtime.NetworkStatus = s1.NetworkDisconnecting })
		require.NoError(t, w.running.Refresh(t.Context(), "agent", "77"))
		w.pass(3 * time.Second)
		require.Len(t, w.slack.In("CTHREATS")[0].Edits, 2)
		require.Len(t, w.slack.In("CTHREATS"), 1, "history stays history")
		require.NoError(t, w.running.Refresh(t.Context(), "site", "5"), "nothing of ours")
		w.console.set(func(s *console) { s.fault = func(string) (error, error) { return errors.New("502"), nil } })
		require.ErrorContains(t, w.running.Refresh(t.Context(), "threat", "1", "2"), "refresh threat 1, 2: ")
	})
}

func TestAPostUnderWayIsFinishedWhenTheProgramStops(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		w.slack.set(func(s *slack) { s.takes = 5 * time.Second })
		w.console.AddThreat(threat{Name: "under way"})
		w.pass(31 * time.Second)
		w.stop()
		require.Equal(t, []string{"under way"}, titles(w, "CTHREATS"))
		require.Empty(t, pending(w))
	})
}

func TestAJournalThatFailsDelaysAndNothingIsToldTwice(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.Messages = blind{w.slack} // nobody can look: what was told must not be forgotten
		w.start()
		w.console.AddThreat(threat{Name: "one"})
		w.console.AddThreat(threat{Name: "two"})
		saves := 0
		w.journal.set(func(s *memory) {
			s.fault = func(op string) (error, error) {
				if op == "save" {
					saves++
				}
				if 1 < saves && saves < 6 {
					return errors.New("disk full"), nil
				}
				return nil, nil
			}
		})
		w.pass(5 * time.Minute)
		require.Equal(t, []string{"one", "two"}, titles(w, "CTHREATS"))
		require.Empty(t, pending(w))
	})
}

// once makes one operation fail, the first of its name.
func once(name string, before, after error) fault {
	done := false
	return func(op string) (error, error) {
		if op != name || done {
			return nil, nil
		}
		done = true
		return before, after
	}
}

func TestARowThatCannotBeDrawnIsToldPlainly(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		drawn := w.console.AddThreat(threat{Name: "fine"})
		w.pass(time.Minute)
		w.stop()
		spoil := func(id s1.ThreatID, state State) Batch {
			n := Notice{Source: Threats, ID: string(id), Channel: "CTHREATS", State: state, Version: "spoilt", Body: json.RawMessage(`[]`), Created: time.Now()}
			cursor, err := w.journal.Cursor(t.Context(), Threats)
			require.NoError(t, err)
			return Batch{Source: Threats, Cursor: cursor, Fresh: []Notice{n}, Changed: []Notice{n}}
		}
		require.NoError(t, w.journal.Record(t.Context(), spoil(drawn, Due)))
		require.NoError(t, w.journal.Record(t.Context(), spoil("4711", Due)))
		w.config.Console = &console{}
		w.start()
		w.pass(time.Minute)
		told := w.slack.In("CTHREATS")
		require.Len(t, told, 2)
		require.Empty(t, told[0].Edits, "a card that is there is not spoilt")
		require.Equal(t, "New threat", told[1].Card.Title)
		require.True(t, shows(t, told[1], "4711"))
	})
}

func TestAStorylineThatNoDatabaseTakesIsStillOneThread(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		for _, story := range []string{"\x00\xff", "\x00\xff", strings.Repeat("x", 5000)} {
			w.console.AddThreat(threat{Name: "evil.exe", Story: story})
		}
		w.pass(time.Minute)
		told := w.slack.In("CTHREATS")
		require.Len(t, told, 3)
		require.Equal(t, told[0].TS, told[1].Thread)
		for _, n := range w.journal.rows {
			require.Regexp(t, `^[!-~]{1,100}$`, n.Group)
		}
	})
}
