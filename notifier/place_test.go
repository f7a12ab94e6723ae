package notifier

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/policy"
	"s1bot/s1"
)

// located is a console that knows where endpoints belong, unless broken.
type located struct {
	*console
	broken bool
	asked  int
}

func (l *located) AgentsPage(_ context.Context, q s1.Query) (s1.Page[s1.Agent], error) {
	l.asked++
	if l.broken {
		return s1.Page[s1.Agent]{}, errors.New("403")
	}
	var page s1.Page[s1.Agent]
	for _, id := range strings.Split(q.Get("ids"), ",") {
		page.Items = append(page.Items, s1.Agent{ID: s1.AgentID(id), AccountName: "Acme", SiteName: "Paris", GroupName: "Workstations"})
	}
	return page, nil
}

func (w *world) alertOn(agent s1.AgentID) s1.AlertID {
	id := w.console.AddAlert("rule", 0, 0)
	w.console.ChangeAlert(id, func(a *s1.Alert) { a.Realtime.ID, a.Detection.Name = agent, "DESKTOP-1" })
	return id
}

// globs are matchers as the policy file makes them.
func globs(patterns ...string) (all []Pattern) {
	for _, p := range patterns {
		all = append(all, policy.Pattern(p))
	}
	return all
}

// An alert says neither its site's name nor its group's (the vendor's agentDetectionInfo has ids alone), and routes go by those.
func TestAnAlertIsRoutedByWhereItsEndpointBelongs(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		at := &located{console: w.console}
		w.config.Console = at
		w.config.Routes = func() Routes {
			return Routes{{Accounts: globs("acme"), Sites: globs("Par*"), Groups: globs("workstations"), Channel: "CPARIS"}}
		}
		w.start()
		id := w.alertOn("1400000000000000001")
		w.pass(time.Minute)
		require.Len(t, w.slack.In("CPARIS"), 1)
		require.True(t, shows(t, w.slack.In("CPARIS")[0], "Paris / Workstations"))
		require.Equal(t, 1, at.asked, "an alert that has not changed is not looked up again")
		w.console.ChangeAlert(id, func(a *s1.Alert) { a.Info.IncidentStatus = s1.StatusResolved })
		w.pass(time.Minute)
		require.Contains(t, w.slack.In("CPARIS")[0].Card.Title, "resolved")
		require.True(t, shows(t, w.slack.In("CPARIS")[0], "Paris / Workstations"))
		at.broken = true
		w.alertOn("1400000000000000002")
		w.pass(lookupPatience)
		require.Empty(t, w.slack.In("CALERTS"), "its channel depends on what could not be looked up")
		w.pass(time.Minute)
		require.Len(t, w.slack.In("CALERTS"), 1, "it is told, though not where it belongs")
	})
}

// asked is a console whose answers about endpoints and sites a test decides.
type asked struct {
	*console
	agents []s1.Agent
	sites  []s1.Site
	err    error // of every look-up
}

func (a *asked) AgentsPage(ctx context.Context, q s1.Query) (s1.Page[s1.Agent], error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var page s1.Page[s1.Agent]
	for _, one := range a.agents {
		if oneOf(q, "ids", string(one.ID)) && oneOf(q, "uuids", one.UUID) {
			page.Items = append(page.Items, one)
		}
	}
	return page, a.err
}

func (a *asked) SitesPage(ctx context.Context, q s1.Query) (s1.Page[s1.Site], error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var page s1.Page[s1.Site]
	for _, one := range a.sites {
		if oneOf(q, "siteIds", string(one.ID)) {
			page.Items = append(page.Items, one)
		}
	}
	return page, a.err
}

// heal ends the failures.
func (a *asked) heal() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.err = nil
}

const (
	berlinUUID = "0efd7bcfd285450885e05bd8d5bf2ba7"
	berlinSite = s1.SiteID("1402053568582768389")
	berlinHost = s1.AgentID("1400000000000000001")
)

// berlin is a world whose alerts go nowhere but to Berlin's channel, if they are from there.
func berlin(w *world) *asked {
	at := &asked{console: w.console, sites: []s1.Site{{ID: berlinSite, Name: "Berlin", AccountName: "Acme"}}}
	w.config.Console, w.config.AlertsChannel, w.config.ThreatsChannel = at, "", ""
	w.config.Routes = func() Routes { return Routes{{Sites: globs("Berlin"), Channel: "CBERLIN"}} }
	return at
}

func (w *world) alertOf(row s1.Alert) s1.AlertID {
	id := w.console.AddAlert("rule", 0, 0)
	w.console.ChangeAlert(id, func(a *s1.Alert) { a.Detection, a.Realtime = row.Detection, row.Realtime })
	return id
}

func TestAnAlertIsToldByTheSiteOfItsRowWhateverIsKnownOfItsEndpoint(t *testing.T) {
	named := s1.AlertAgentThen{Name: "DESKTOP-1", UUID: berlinUUID, SiteID: berlinSite, SiteName: "Berlin"}
	numbered := named
	numbered.SiteName = ""
	down := &s1.Error{Operation: "list agents", Status: 503, Message: "Service Unavailable"}
	for name, c := range map[string]struct {
		row    s1.Alert
		agents []s1.Agent
		err    error
		button string // what its buttons are about
	}{
		"the row says nothing of now":             {row: s1.Alert{Detection: named}, button: berlinUUID},
		"its agent is not listed any more":        {row: s1.Alert{Detection: named, Realtime: s1.AlertAgentNow{ID: berlinHost}}, button: string(berlinHost)},
		"the row has the site's id alone":         {row: s1.Alert{Detection: numbered}, button: berlinUUID},
		"the site's id, and the agent has moved":  {row: s1.Alert{Detection: numbered, Realtime: s1.AlertAgentNow{ID: berlinHost}}, button: string(berlinHost), agents: []s1.Agent{{ID: berlinHost, ComputerName: "DESKTOP-1", SiteID: "1402053568582768390", SiteName: "Paris", GroupName: "Kiosks"}}},
		"agents cannot be looked up":              {row: s1.Alert{Detection: named, Realtime: s1.AlertAgentNow{ID: berlinHost}}, err: down, button: string(berlinHost)},
		"nor by uuid":                             {row: s1.Alert{Detection: named}, err: down, button: berlinUUID},
		"the token may not read endpoints":        {row: s1.Alert{Detection: named}, err: &s1.Error{Status: 403}, button: berlinUUID},
		"the answer is garbage":                   {row: s1.Alert{Detection: named}, err: errors.New("not JSON"), button: berlinUUID},
		"the uuid finds an agent with another id": {row: s1.Alert{Detection: named, Realtime: s1.AlertAgentNow{ID: berlinHost}}, agents: []s1.Agent{{ID: "1400000000000000002", UUID: berlinUUID, ComputerName: "desktop-1"}}, button: "1400000000000000002"},
		"the uuid finds an agent of another name": {row: s1.Alert{Detection: named}, agents: []s1.Agent{{ID: "1400000000000000002", UUID: berlinUUID, ComputerName: "CLONE"}}, button: berlinUUID},
		"the uuid finds two":                      {row: s1.Alert{Detection: named}, agents: []s1.Agent{{ID: "1400000000000000002", UUID: berlinUUID}, {ID: "1400000000000000003", UUID: berlinUUID}}, button: berlinUUID},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				at := berlin(w)
				at.err, at.agents = c.err, c.agents
				w.start()
				id := w.alertOf(c.row)
				w.pass(31 * time.Second)
				require.Len(t, w.slack.In("CBERLIN"), 1)
				require.True(t, shows(t, w.slack.In("CBERLIN")[0], "Berlin"))
				require.False(t, shows(t, w.slack.In("CBERLIN")[0], "Kiosks"))
				require.True(t, shows(t, w.slack.In("CBERLIN")[0], `{"agent-ids":["`+c.button+`"]}`))
				w.console.ChangeAlert(id, func(a *s1.Alert) { a.Info.IncidentStatus = s1.StatusResolved })
				w.pass(time.Minute)
				require.Len(t, w.slack.In("CBERLIN"), 1)
				require.True(t, shows(t, w.slack.In("CBERLIN")[0], "resolved"))
				require.True(t, shows(t, w.slack.In("CBERLIN")[0], "Berlin"))
			})
		})
	}
}

// A look-up that fails for a while is no answer: what depends on it waits, and is told where it belongs.
func TestAnAlertWhoseSiteHasToBeLookedUpWaitsForThatButNotForEver(t *testing.T) {
	row := s1.Alert{Detection: s1.AlertAgentThen{Name: "DESKTOP-1", UUID: berlinUUID}, Realtime: s1.AlertAgentNow{ID: berlinHost}}
	agents := []s1.Agent{{ID: berlinHost, UUID: berlinUUID, ComputerName: "DESKTOP-1", SiteName: "Berlin", GroupName: "Kiosks"}}
	for name, err := range map[string]error{
		"503": &s1.Error{Status: 503}, "429": &s1.Error{Status: 429, RetryAfter: 3 * time.Second}, "no answer": context.DeadlineExceeded, "garbage": errors.New("not JSON"),
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				at := berlin(w)
				at.err, at.agents = err, agents
				w.config.Interval = 5 * time.Second
				w.start()
				w.alertOf(row)
				w.pass(12 * time.Second)
				require.Empty(t, w.slack.messages)
				w.stop()
				w.start() // a restart in between loses nothing
				w.pass(12 * time.Second)
				at.heal()
				w.pass(15 * time.Second)
				require.Len(t, w.slack.In("CBERLIN"), 1)
				require.True(t, shows(t, w.slack.In("CBERLIN")[0], "Kiosks"))
				w.pass(time.Hour)
				require.Len(t, w.slack.messages, 1)
			})
		})
	}
	t.Run("for ever", func(t *testing.T) {
		story(t, func(t *testing.T, w *world) {
			at := berlin(w)
			at.err = &s1.Error{Status: 503}
			w.start()
			w.alertOf(row)
			w.pass(3 * time.Minute)
			require.Len(t, w.slack.In("CBERLIN"), 1, "no other channel comes into question")
			at.agents = agents
			at.heal()
			w.pass(2 * time.Minute)
			require.Len(t, w.slack.messages, 1)
			require.True(t, shows(t, w.slack.In("CBERLIN")[0], "Kiosks"), "the card gets its site when it can be looked up")
		})
	})
}

func TestWhatMayBeOfSeveralSitesIsForTheOperators(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		berlin(w)
		w.config.Operators = "COPS"
		w.config.Routes = func() Routes {
			return Routes{{Sites: globs("Berlin"), Channel: "CBERLIN"}, {Groups: globs("Kiosks"), Channel: "CKIOSKS"}, {Sites: globs("Lab"), Mute: true}}
		}
		w.start()
		w.alertOf(s1.Alert{Detection: s1.AlertAgentThen{Name: "nobody knows it"}})
		w.pass(time.Minute)
		require.Len(t, w.slack.In("COPS"), 1)
		w.alertOf(s1.Alert{Detection: s1.AlertAgentThen{Name: "DESKTOP-1", SiteName: "Rome", GroupName: "Servers"}})
		w.pass(time.Minute)
		require.Len(t, w.slack.messages, 1, "what is for sure of another site is not told")
	})
}

func TestAThreatWithoutAnEndpointOfNowIsRoutedByItsRow(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		at := berlin(w)
		at.agents = []s1.Agent{{ID: berlinHost, UUID: berlinUUID, ComputerName: "DESKTOP-1", GroupName: "Kiosks"}}
		w.config.Routes = func() Routes {
			return Routes{{Sites: globs("berlin"), Hosts: globs("desktop-*"), Groups: globs("Kiosks"), Channel: "CBERLIN"}}
		}
		w.start()
		id := w.console.AddThreat(threat{Name: "evil.exe"})
		w.console.Change(id, func(t *s1.Threat) {
			t.Realtime, t.Detection = s1.ThreatAgentNow{}, s1.ThreatAgentThen{AgentUUID: berlinUUID, SiteID: berlinSite}
		})
		w.pass(time.Minute)
		require.Len(t, w.slack.In("CBERLIN"), 1)
		require.True(t, shows(t, w.slack.In("CBERLIN")[0], string(berlinHost)))
		require.False(t, shows(t, w.slack.In("CBERLIN")[0], "offline"), "nobody said so")
	})
}

func TestASeverityIsUnderstoodInAnyCase(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.config.AlertsChannel = ""
		w.config.Routes = func() Routes { return Routes{{Severities: globs("cRITICAL"), Channel: "CSEVERE"}} }
		w.start()
		w.console.ChangeAlert(w.console.AddAlert("grave", 0, 0), func(a *s1.Alert) { a.Rule.Severity = "CRITICAL" })
		w.console.ChangeAlert(w.console.AddAlert("not so", 0, 0), func(a *s1.Alert) { a.Rule.Severity = "low" })
		w.pass(time.Minute)
		require.Equal(t, []string{"grave"}, titles(w, "CSEVERE"))
	})
}
