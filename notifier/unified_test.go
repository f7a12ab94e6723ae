package notifier_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier/notifiertest"
	"s1bot/s1"
	"s1bot/s1/unified"
)

const (
	uuid      = "4c4c4544-0042-3510-8052-b4c04f4a3132"
	otherUUID = "00000000-0000-0000-0000-000000000001"
)

// onEndpoint gives the REST rows the endpoint that the unified ones are on.
func onEndpoint(w *notifiertest.World, id s1.ThreatID) {
	w.Console.Change(id, func(t *s1.Threat) { t.Realtime.AgentUUID = uuid })
}

func ruleOnEndpoint(w *notifiertest.World, id s1.AlertID) {
	w.Console.ChangeAlert(id, func(a *s1.Alert) { a.Detection.UUID = uuid })
}

func unifiedStory(t *testing.T, tell func(*testing.T, *notifiertest.World)) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Unified = w.Console
		tell(t, w)
	})
}

func TestUnifiedAlertsAreToldBesideTheRESTFeeds(t *testing.T) {
	unifiedStory(t, func(t *testing.T, w *notifiertest.World) {
		w.Console.AddUnified(notifiertest.NewUnified{Name: "history", Age: time.Hour})
		w.Start()
		id := w.Console.AddUnified(notifiertest.NewUnified{Name: "Impossible travel", Vendor: "Okta"})
		w.Pass(time.Minute)
		require.Equal(t, []string{"Impossible travel"}, notifiertest.Titles(w, "CALERTS"))
		w.Console.ChangeUnified(id, func(a *unified.Alert) {
			a.Status, a.Assignee = unified.StatusResolved, &unified.Person{FullName: "Alice Martin"}
		})
		w.Pass(2 * time.Minute)
		card := w.Slack.In("CALERTS")[0].Card
		require.Contains(t, card.Title, "resolved")
		require.Contains(t, card.Plain(), "assigned to Alice Martin")
	})
}

// What is a threat or a rule alert as well is one card, whoever comes first.
func TestOneThingIsOneCardWhoeverComesFirst(t *testing.T) {
	unifiedStory(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		both := w.Console.AddThreat(notifiertest.NewThreat{Name: "both at once"})
		onEndpoint(w, both)
		w.Console.AddUnified(notifiertest.NewUnified{Name: "both at once (unified)", Of: string(both), UUID: uuid})
		late := w.Console.AddThreat(notifiertest.NewThreat{Name: "REST late", Late: 20 * time.Minute})
		onEndpoint(w, late)
		w.Console.AddUnified(notifiertest.NewUnified{Name: "REST late (unified)", Of: string(late), UUID: uuid})
		rule := w.Console.AddAlert("unified late", 0, 0)
		ruleOnEndpoint(w, rule)
		w.Console.AddUnified(notifiertest.NewUnified{Name: "unified late (unified)", Of: string(rule), UUID: uuid, Late: 20 * time.Minute})
		w.Pass(time.Hour)
		require.Equal(t, []string{"both at once"}, notifiertest.Titles(w, "CTHREATS"))
		require.ElementsMatch(t, []string{"REST late (unified)", "unified late"}, notifiertest.Titles(w, "CALERTS"))
	})
}

// Equal ids are no proof: another endpoint and another file are another thing, and both are told.
func TestWhatOnlySharesAnIdIsTwoCards(t *testing.T) {
	unifiedStory(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		one := w.Console.AddThreat(notifiertest.NewThreat{Name: "threat"})
		onEndpoint(w, one)
		w.Console.AddUnified(notifiertest.NewUnified{Name: "other", Of: string(one), UUID: otherUUID})
		late := w.Console.AddThreat(notifiertest.NewThreat{Name: "late threat", Late: 10 * time.Minute})
		onEndpoint(w, late)
		w.Console.AddUnified(notifiertest.NewUnified{Name: "late other", Of: string(late), UUID: otherUUID})
		w.Pass(time.Hour)
		require.ElementsMatch(t, []string{"threat", "late threat"}, notifiertest.Titles(w, "CTHREATS"))
		require.ElementsMatch(t, []string{"other", "late other"}, notifiertest.Titles(w, "CALERTS"))
	})
}

// Where the REST paths are gone, unified alerts are the source for all, and operators hear no complaint about those paths.
func TestAConsoleWithUnifiedAlertsAlone(t *testing.T) {
	unifiedStory(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Operators = func() string { return "COPS" }
		gone := &s1.Error{Operation: "list", Status: http.StatusGone, Reason: s1.Retired}
		w.Console.Set(func(c *notifiertest.Console) {
			c.Fault = func(op string) (error, error) {
				if op == "threats" || op == "alerts" {
					return gone, nil
				}
				return nil, nil
			}
		})
		w.Start()
		w.Console.AddUnified(notifiertest.NewUnified{Name: "evil.exe", Of: "1000000000000000001", UUID: uuid})
		w.Console.AddUnified(notifiertest.NewUnified{Name: "travel", Vendor: "Okta"})
		w.Pass(30 * time.Minute)
		require.ElementsMatch(t, []string{"evil.exe", "travel"}, notifiertest.Titles(w, "CALERTS"))
		require.Empty(t, w.Slack.In("COPS"))
	})
}

func TestAConsoleWithoutThemIsReadAsBefore(t *testing.T) {
	unifiedStory(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Operators = func() string { return "COPS" }
		w.Console.NoUnified = true
		w.Console.Set(func(c *notifiertest.Console) {
			c.Fault = func(op string) (error, error) {
				if op == "unified" {
					return errors.New("asked all the same"), nil
				}
				return nil, nil
			}
		})
		w.Start()
		w.Console.AddAlert("rule", 0, 0)
		w.Pass(30 * time.Minute)
		require.Equal(t, []string{"rule"}, notifiertest.Titles(w, "CALERTS"))
		require.Empty(t, w.Slack.In("COPS"))
	})
}

// A thousand unified alerts, three hundred of which are threats and rule alerts as well, in any order and hours apart, with the process
// killed again and again: a thousand are told, and none twice.
func TestAThousandUnifiedAlertsAreToldOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := notifiertest.NewWorld(t)
		w.Config.Unified = w.Console
		w.Start()
		w.Pass(time.Minute)
		w.Stop()
		r := rand.New(rand.NewPCG(13, 2))
		late := func() time.Duration {
			return []time.Duration{0, 0, time.Minute, 40 * time.Minute, 5 * time.Hour}[r.IntN(5)]
		}
		for i := range 1000 {
			n := notifiertest.NewUnified{Name: fmt.Sprint("alert ", i), Vendor: "Okta", Late: late()}
			switch {
			case i < 150:
				id := w.Console.AddThreat(notifiertest.NewThreat{Name: n.Name, Late: late()})
				onEndpoint(w, id)
				n.Of, n.UUID, n.Vendor = string(id), uuid, "SentinelOne"
			case i < 300:
				id := w.Console.AddAlert(n.Name, 0, late())
				ruleOnEndpoint(w, id)
				n.Of, n.UUID, n.Vendor = string(id), uuid, "SentinelOne"
			}
			w.Console.AddUnified(n)
			if i%50 == 49 {
				crash(w, 1+r.IntN(60), r.IntN(2) == 0, time.Minute)
			}
		}
		w.Config.Interval = 10 * time.Minute
		w.Start()
		w.Pass(6 * time.Hour) // the latest are five hours late
		w.Stop()
		told := map[string]int{}
		for _, channel := range []string{"CTHREATS", "CALERTS"} {
			for _, name := range notifiertest.Titles(w, channel) {
				told[name]++
			}
		}
		require.Len(t, told, 1000)
		for name, times := range told {
			require.Equal(t, 1, times, name)
		}
	})
}
