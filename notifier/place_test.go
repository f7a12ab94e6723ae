package notifier

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
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
		all = append(all, approvals.Pattern(p))
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
		w.pass(time.Minute)
		require.Len(t, w.slack.In("CALERTS"), 1, "it is told, though not where it belongs")
	})
}
