package feed_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier/notifiertest"
	"s1bot/notifier/routing"
	"s1bot/s1"
)

// located is a console that knows where endpoints belong, unless broken.
type located struct {
	*notifiertest.Console
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

func alertOn(w *notifiertest.World, agent s1.AgentID) s1.AlertID {
	id := w.Console.AddAlert("rule", 0, 0)
	w.Console.ChangeAlert(id, func(a *s1.Alert) { a.Realtime.ID, a.Detection.Name = agent, "DESKTOP-1" })
	return id
}

// An alert says neither its site's name nor its group's (the vendor's agentDetectionInfo has ids alone), and routes go by those.
func TestAnAlertIsRoutedByWhereItsEndpointBelongs(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		at := &located{Console: w.Console}
		w.Config.Console = at
		w.Config.Routes = func() routing.Routes {
			return routing.Routes{{Accounts: notifiertest.Globs("acme"), Sites: notifiertest.Globs("Par*"), Groups: notifiertest.Globs("workstations"), Channel: "CPARIS"}}
		}
		w.Start()
		id := alertOn(w, "1400000000000000001")
		w.Pass(time.Minute)
		require.Len(t, w.Slack.In("CPARIS"), 1)
		require.True(t, notifiertest.Shows(t, w.Slack.In("CPARIS")[0], "Paris / Workstations"))
		require.Equal(t, 1, at.asked, "an alert that has not changed is not looked up again")
		w.Console.ChangeAlert(id, func(a *s1.Alert) { a.Info.IncidentStatus = s1.StatusResolved })
		w.Pass(time.Minute)
		require.Contains(t, w.Slack.In("CPARIS")[0].Card.Title, "resolved")
		require.True(t, notifiertest.Shows(t, w.Slack.In("CPARIS")[0], "Paris / Workstations"))
		at.broken = true
		alertOn(w, "1400000000000000002")
		w.Pass(time.Minute)
		require.Empty(t, w.Slack.In("CALERTS"), "its channel depends on what could not be looked up")
		w.Pass(time.Minute)
		require.Len(t, w.Slack.In("CALERTS"), 1, "it is told, though not where it belongs")
	})
}

// asked is a console whose answers about endpoints and sites a test decides.
type asked struct {
	*notifiertest.Console
	agents []s1.Agent
	sites  []s1.Site
	err    error // of every look-up
}

func (a *asked) AgentsPage(ctx context.Context, q s1.Query) (s1.Page[s1.Agent], error) {
	a.Mu.Lock()
	defer a.Mu.Unlock()
	var page s1.Page[s1.Agent]
	for _, one := range a.agents {
		if notifiertest.OneOf(q, "ids", string(one.ID)) && notifiertest.OneOf(q, "uuids", one.UUID) {
			page.Items = append(page.Items, one)
		}
	}
	return page, a.err
}

func (a *asked) SitesPage(ctx context.Context, q s1.Query) (s1.Page[s1.Site], error) {
	a.Mu.Lock()
	defer a.Mu.Unlock()
	var page s1.Page[s1.Site]
	for _, one := range a.sites {
		if notifiertest.OneOf(q, "siteIds", string(one.ID)) {
			page.Items = append(page.Items, one)
		}
	}
	return page, a.err
}

// heal ends the failures.
func (a *asked) heal() {
	a.Mu.Lock()
	defer a.Mu.Unlock()
	a.err = nil
}

const (
	berlinUUID = "0efd7bcfd285450885e05bd8d5bf2ba7"
	berlinSite = s1.SiteID("1402053568582768389")
	berlinHost = s1.AgentID("1400000000000000001")
)

// berlin is a world whose alerts go nowhere but to Berlin's channel, if they are from there.
func berlin(w *notifiertest.World) *asked {
	at := &asked{Console: w.Console, sites: []s1.Site{{ID: berlinSite, Name: "Berlin", AccountName: "Acme"}}}
	w.Config.Console, w.Config.AlertsChannel, w.Config.ThreatsChannel = at, "", ""
	w.Config.Routes = func() routing.Routes {
		return routing.Routes{{Sites: notifiertest.Globs("Berlin"), Channel: "CBERLIN"}}
	}
	return at
}

func alertOf(w *notifiertest.World, row s1.Alert) s1.AlertID {
	id := w.Console.AddAlert("rule", 0, 0)
	w.Console.ChangeAlert(id, func(a *s1.Alert) { a.Detection, a.Realtime = row.Detection, row.Realtime })
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
			notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
				at := berlin(w)
				at.err, at.agents = c.err, c.agents
				w.Start()
				id := alertOf(w, c.row)
				w.Pass(31 * time.Second)
				require.Len(t, w.Slack.In("CBERLIN"), 1)
				require.True(t, notifiertest.Shows(t, w.Slack.In("CBERLIN")[0], "Berlin"))
				require.False(t, notifiertest.Shows(t, w.Slack.In("CBERLIN")[0], "Kiosks"))
				require.True(t, notifiertest.Shows(t, w.Slack.In("CBERLIN")[0], `{"agent-ids":["`+c.button+`"]}`))
				w.Console.ChangeAlert(id, func(a *s1.Alert) { a.Info.IncidentStatus = s1.StatusResolved })
				w.Pass(time.Minute)
				require.Len(t, w.Slack.In("CBERLIN"), 1)
				require.True(t, notifiertest.Shows(t, w.Slack.In("CBERLIN")[0], "resolved"))
				require.True(t, notifiertest.Shows(t, w.Slack.In("CBERLIN")[0], "Berlin"))
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
			notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
				at := berlin(w)
				at.err, at.agents = err, agents
				w.Config.Interval = 5 * time.Second
				w.Start()
				alertOf(w, row)
				w.Pass(12 * time.Second)
				require.Empty(t, w.Slack.Messages)
				w.Stop()
				w.Start() // a restart in between loses nothing
				w.Pass(12 * time.Second)
				at.heal()
				w.Pass(15 * time.Second)
				require.Len(t, w.Slack.In("CBERLIN"), 1)
				require.True(t, notifiertest.Shows(t, w.Slack.In("CBERLIN")[0], "Kiosks"))
				w.Pass(time.Hour)
				require.Len(t, w.Slack.Messages, 1)
			})
		})
	}
	t.Run("for ever", func(t *testing.T) {
		notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
			at := berlin(w)
			at.err = &s1.Error{Status: 503}
			w.Start()
			alertOf(w, row)
			w.Pass(3 * time.Minute)
			require.Len(t, w.Slack.In("CBERLIN"), 1, "no other channel comes into question")
			at.agents = agents
			at.heal()
			w.Pass(2 * time.Minute)
			require.Len(t, w.Slack.Messages, 1)
			require.True(t, notifiertest.Shows(t, w.Slack.In("CBERLIN")[0], "Kiosks"), "the card gets its site when it can be looked up")
		})
	})
}

func TestWhatMayBeOfSeveralSitesIsForTheOperators(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		berlin(w)
		w.Config.Operators = func() string { return "COPS" }
		w.Config.Routes = func() routing.Routes {
			return routing.Routes{{Sites: notifiertest.Globs("Berlin"), Channel: "CBERLIN"}, {Groups: notifiertest.Globs("Kiosks"), Channel: "CKIOSKS"}, {Sites: notifiertest.Globs("Lab"), Mute: true}}
		}
		w.Start()
		alertOf(w, s1.Alert{Detection: s1.AlertAgentThen{Name: "nobody knows it"}})
		w.Pass(time.Minute)
		require.Len(t, w.Slack.In("COPS"), 1)
		alertOf(w, s1.Alert{Detection: s1.AlertAgentThen{Name: "DESKTOP-1", SiteName: "Rome", GroupName: "Servers"}})
		w.Pass(time.Minute)
		require.Len(t, w.Slack.Messages, 1, "what is for sure of another site is not told")
	})
}

func TestAThreatWithoutAnEndpointOfNowIsRoutedByItsRow(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		at := berlin(w)
		at.agents = []s1.Agent{{ID: berlinHost, UUID: berlinUUID, ComputerName: "DESKTOP-1", GroupName: "Kiosks"}}
		w.Config.Routes = func() routing.Routes {
			return routing.Routes{{Sites: notifiertest.Globs("berlin"), Hosts: notifiertest.Globs("desktop-*"), Groups: notifiertest.Globs("Kiosks"), Channel: "CBERLIN"}}
		}
		w.Start()
		id := w.Console.AddThreat(notifiertest.NewThreat{Name: "evil.exe"})
		w.Console.Change(id, func(t *s1.Threat) {
			t.Realtime, t.Detection = s1.ThreatAgentNow{}, s1.ThreatAgentThen{AgentUUID: berlinUUID, SiteID: berlinSite}
		})
		w.Pass(time.Minute)
		require.Len(t, w.Slack.In("CBERLIN"), 1)
		require.True(t, notifiertest.Shows(t, w.Slack.In("CBERLIN")[0], string(berlinHost)))
		require.False(t, notifiertest.Shows(t, w.Slack.In("CBERLIN")[0], "offline"), "nobody said so")
	})
}

func TestASeverityIsUnderstoodInAnyCase(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.AlertsChannel = ""
		w.Config.Routes = func() routing.Routes {
			return routing.Routes{{Severities: notifiertest.Globs("cRITICAL"), Channel: "CSEVERE"}}
		}
		w.Start()
		w.Console.ChangeAlert(w.Console.AddAlert("grave", 0, 0), func(a *s1.Alert) { a.Rule.Severity = "CRITICAL" })
		w.Console.ChangeAlert(w.Console.AddAlert("not so", 0, 0), func(a *s1.Alert) { a.Rule.Severity = "low" })
		w.Pass(time.Minute)
		require.Equal(t, []string{"grave"}, notifiertest.Titles(w, "CSEVERE"))
	})
}
