package change

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/s1"
)

func TestAMitigationIsJudgedByTheReportOnThatAction(t *testing.T) {
	t.Parallel()
	asked := time.Date(2026, 11, 27, 1, 0, 0, 0, time.UTC)
	report := func(action, status string, at time.Duration) s1.MitigationReport {
		return s1.MitigationReport{Action: action, Status: status, LastUpdate: s1.Time{Time: asked.Add(at)}}
	}
	for name, c := range map[string]struct {
		action  string
		state   s1.MitigationStatus
		reports []s1.MitigationReport
		want    catalog.Progress
	}{
		"a console without reports":              {"kill", s1.Mitigated, nil, catalog.Applied},
		"nothing happened yet":                   {"kill", s1.NotMitigated, nil, catalog.Waiting},
		"mitigated before, and pending now":      {"quarantine", s1.Mitigated, []s1.MitigationReport{report("quarantine", "pending", time.Second)}, catalog.Waiting},
		"sent to the endpoint":                   {"quarantine", s1.NotMitigated, []s1.MitigationReport{report("quarantine", "sent", time.Second)}, catalog.Waiting},
		"the report is of another action":        {"quarantine", s1.NotMitigated, []s1.MitigationReport{report("kill", "success", time.Second)}, catalog.Waiting},
		"done":                                   {"quarantine", s1.Mitigated, []s1.MitigationReport{report("kill", "success", 0), report("quarantine", "success", time.Second)}, catalog.Applied},
		"failed":                                 {"quarantine", s1.NotMitigated, []s1.MitigationReport{report("quarantine", "failed", time.Second)}, catalog.Failed},
		"failed long ago":                        {"quarantine", s1.NotMitigated, []s1.MitigationReport{report("quarantine", "failed", -time.Hour)}, catalog.Waiting},
		"done long ago, and not mitigated now":   {"quarantine", s1.NotMitigated, []s1.MitigationReport{report("quarantine", "success", -time.Hour)}, catalog.Waiting},
		"by a clock that is behind":              {"quarantine", s1.Mitigated, []s1.MitigationReport{report("quarantine", "success", -time.Hour)}, catalog.Applied},
		"the newest of two reports counts":       {"kill", s1.NotMitigated, []s1.MitigationReport{report("kill", "failed", time.Second), report("kill", "success", time.Minute)}, catalog.Applied},
		"rollback is spelled in more ways":       {"rollback", s1.Mitigated, []s1.MitigationReport{report("rollback-remediation", "SUCCESS", time.Second)}, catalog.Applied},
		"back from quarantine":                   {"unquarantine", s1.NotMitigated, []s1.MitigationReport{report("un_quarantine", "success", time.Second)}, catalog.Applied},
		"back from quarantine, without a report": {"unquarantine", s1.NotMitigated, nil, catalog.Applied},
		"not yet back from quarantine":           {"unquarantine", s1.Mitigated, nil, catalog.Waiting},
		"canceled at the console":                {"kill", s1.NotMitigated, []s1.MitigationReport{report("kill", "canceled", time.Second)}, catalog.Failed},
		"expired in the console":                 {"kill", s1.NotMitigated, []s1.MitigationReport{report("kill", "EXPIRED", time.Second)}, catalog.Failed},
		"queued":                                 {"kill", s1.Mitigated, []s1.MitigationReport{report("kill", "in_progress", time.Second)}, catalog.Waiting},
	} {
		threat := s1.Threat{MitigationStatus: c.reports}
		threat.Info.MitigationStatus = c.state
		is, why := mitigated(threat, c.action, asked)
		require.Equal(t, c.want, is, name)
		require.Equal(t, is == catalog.Failed, why != "", name)
	}
}

// Some words of reports are neither done nor failed: each has a true state, with what it waits for or how much was done.
func TestAReportThatIsNeitherDoneNorFailedSaysWhatItIs(t *testing.T) {
	t.Parallel()
	asked := time.Date(2026, 11, 27, 1, 0, 0, 0, time.UTC)
	for status, want := range map[string]struct {
		is  catalog.Progress
		why string
	}{
		"partial":         {catalog.Partly, "quarantine partly done (2 of 3 succeeded, 1 not found)"},
		"partial_success": {catalog.Partly, "quarantine partly done (2 of 3 succeeded, 1 not found)"},
		"pending-reboot":  {catalog.Waiting, catalog.NeedsRestart},
		"pending_reboot":  {catalog.Waiting, catalog.NeedsRestart},
		"requires reboot": {catalog.Waiting, catalog.NeedsRestart},
		"sent":            {catalog.Waiting, ""},
		"pending":         {catalog.Waiting, ""},
		"":                {catalog.Waiting, ""},
		"mystified":       {catalog.Waiting, "the console reports “mystified”"},
	} {
		threat := s1.Threat{MitigationStatus: []s1.MitigationReport{{Action: "quarantine", Status: status, LastUpdate: s1.Time{Time: asked.Add(time.Second)},
			ActionsCounters: s1.ActionCounters{Total: 3, Success: 2, NotFound: 1}}}}
		is, why := mitigated(threat, "quarantine", asked)
		require.Equal(t, want.is, is, status)
		require.Equal(t, want.why, why, status)
	}
}

func TestTheFirstLineTellsWhatIsNotDoneYet(t *testing.T) {
	t.Parallel()
	off := []string{"DESKTOP-4 is offline"}
	require.Equal(t, "Accepted, not isolated yet: DESKTOP-4 is offline", catalog.NotYet("isolated", 0, 1, off, nil))
	require.Equal(t, "1 of 2 isolated, not yet: DESKTOP-4 is offline", catalog.NotYet("isolated", 1, 2, off, nil))
	require.Equal(t, "1 of 2 isolated; not done: B: gone", catalog.NotYet("isolated", 1, 2, nil, []string{"B: gone"}))
	require.Equal(t, "Accepted, not isolated: B: gone", catalog.NotYet("isolated", 0, 1, nil, []string{"B: gone"}))
	require.Equal(t, "Accepted, not isolated yet: A, B, C and 2 more", catalog.NotYet("isolated", 0, 5, []string{"A", "B", "C", "D", "E"}, nil))
	require.Empty(t, catalog.NotYet("isolated", 2, 2, nil, nil))
}

func TestAnEndpointIsJudgedByWhatItSays(t *testing.T) {
	t.Parallel()
	asked := time.Date(2026, 11, 27, 1, 0, 0, 0, time.UTC)
	at := func(d time.Duration) s1.Time { return s1.Time{Time: asked.Add(d)} }
	before := catalog.Target{State: "online", Started: asked.Add(-240 * time.Hour)}
	off := catalog.Target{State: "offline", Started: before.Started}
	for name, c := range map[string]struct {
		look   func(s1.Agent, catalog.Target, time.Time) (catalog.Progress, string)
		agent  s1.Agent
		target catalog.Target
		want   catalog.Progress
	}{
		"isolating":                       {network(s1.NetworkDisconnected), s1.Agent{NetworkStatus: s1.NetworkDisconnecting}, before, catalog.Waiting},
		"isolated":                        {network(s1.NetworkDisconnected), s1.Agent{NetworkStatus: s1.NetworkDisconnected}, before, catalog.Applied},
		"still on":                        {switchedOff, s1.Agent{IsActive: true}, before, catalog.Waiting},
		"switched off":                    {switchedOff, s1.Agent{LastActiveDate: at(0)}, before, catalog.Applied},
		"already off":                     {switchedOff, s1.Agent{LastActiveDate: at(-time.Hour)}, off, catalog.Failed},
		"off when asked, on when it ran":  {switchedOff, s1.Agent{LastActiveDate: at(time.Second)}, off, catalog.Applied},
		"up since long":                   {restarted, s1.Agent{IsActive: true, OSStartTime: s1.Time{Time: before.Started}}, before, catalog.Waiting},
		"restarted":                       {restarted, s1.Agent{IsActive: true, OSStartTime: at(time.Minute)}, before, catalog.Applied},
		"restarted, by a clock behind":    {restarted, s1.Agent{IsActive: true, OSStartTime: at(-3 * time.Minute)}, before, catalog.Applied},
		"restarted by hand hours before":  {restarted, s1.Agent{IsActive: true, OSStartTime: at(-3 * time.Hour)}, before, catalog.Waiting},
		"going down":                      {restarted, s1.Agent{LastActiveDate: at(time.Second), OSStartTime: s1.Time{Time: before.Started}}, before, catalog.Waiting},
		"a restart of what is off":        {restarted, s1.Agent{LastActiveDate: at(-time.Hour), OSStartTime: s1.Time{Time: before.Started}}, off, catalog.Failed},
		"a system that does not say":      {restarted, s1.Agent{IsActive: true}, catalog.Target{State: "online"}, catalog.Unseen},
		"scanned last week":               {scanning, s1.Agent{ScanStatus: "finished", ScanStartedAt: at(-200 * time.Hour)}, before, catalog.Waiting},
		"scanning":                        {scanning, s1.Agent{ScanStatus: "started"}, before, catalog.Applied},
		"scanned in the meantime":         {scanning, s1.Agent{ScanStatus: "finished", ScanStartedAt: at(time.Second)}, before, catalog.Applied},
		"the scan was aborted":            {scanning, s1.Agent{ScanStatus: "aborted", ScanStartedAt: at(time.Second), ScanAbortedAt: at(time.Minute)}, before, catalog.Failed},
		"an old scan was aborted, not it": {scanning, s1.Agent{ScanStatus: "aborted", ScanStartedAt: at(-2 * time.Hour), ScanAbortedAt: at(-time.Hour)}, before, catalog.Waiting},
	} {
		is, why := c.look(c.agent, c.target, asked)
		require.Equal(t, c.want, is, name)
		require.Equal(t, is == catalog.Failed, why != "", name)
	}
}
