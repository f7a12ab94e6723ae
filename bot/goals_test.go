package bot

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
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
		want    stage
	}{
		"a console without reports":              {"kill", s1.Mitigated, nil, applied},
		"nothing happened yet":                   {"kill", s1.NotMitigated, nil, waits},
		"mitigated before, and pending now":      {"quarantine", s1.Mitigated, []s1.MitigationReport{report("quarantine", "pending", time.Second)}, waits},
		"sent to the endpoint":                   {"quarantine", s1.NotMitigated, []s1.MitigationReport{report("quarantine", "sent", time.Second)}, waits},
		"the report is of another action":        {"quarantine", s1.NotMitigated, []s1.MitigationReport{report("kill", "success", time.Second)}, waits},
		"done":                                   {"quarantine", s1.Mitigated, []s1.MitigationReport{report("kill", "success", 0), report("quarantine", "success", time.Second)}, applied},
		"failed":                                 {"quarantine", s1.NotMitigated, []s1.MitigationReport{report("quarantine", "failed", time.Second)}, failed},
		"failed long ago":                        {"quarantine", s1.NotMitigated, []s1.MitigationReport{report("quarantine", "failed", -time.Hour)}, waits},
		"done long ago, and not mitigated now":   {"quarantine", s1.NotMitigated, []s1.MitigationReport{report("quarantine", "success", -time.Hour)}, waits},
		"by a clock that is behind":              {"quarantine", s1.Mitigated, []s1.MitigationReport{report("quarantine", "success", -time.Hour)}, applied},
		"the newest of two reports counts":       {"kill", s1.NotMitigated, []s1.MitigationReport{report("kill", "failed", time.Second), report("kill", "success", time.Minute)}, applied},
		"rollback is spelled in more ways":       {"rollback", s1.Mitigated, []s1.MitigationReport{report("rollback-remediation", "SUCCESS", time.Second)}, applied},
		"back from quarantine":                   {"unquarantine", s1.NotMitigated, []s1.MitigationReport{report("un_quarantine", "success", time.Second)}, applied},
		"back from quarantine, without a report": {"unquarantine", s1.NotMitigated, nil, applied},
		"not yet back from quarantine":           {"unquarantine", s1.Mitigated, nil, waits},
	} {
		threat := s1.Threat{MitigationStatus: c.reports}
		threat.Info.MitigationStatus = c.state
		is, why := mitigated(threat, c.action, asked)
		require.Equal(t, c.want, is, name)
		require.Equal(t, is == failed, why != "", name)
	}
}

func TestAnEndpointIsJudgedByWhatItSays(t *testing.T) {
	t.Parallel()
	asked := time.Date(2026, 11, 27, 1, 0, 0, 0, time.UTC)
	at := func(d time.Duration) s1.Time { return s1.Time{Time: asked.Add(d)} }
	before := commands.Target{State: "online", Started: asked.Add(-240 * time.Hour)}
	off := commands.Target{State: "offline", Started: before.Started}
	for name, c := range map[string]struct {
		look   func(s1.Agent, commands.Target, time.Time) (stage, string)
		agent  s1.Agent
		target commands.Target
		want   stage
	}{
		"isolating":                       {network(s1.NetworkDisconnected), s1.Agent{NetworkStatus: s1.NetworkDisconnecting}, before, waits},
		"isolated":                        {network(s1.NetworkDisconnected), s1.Agent{NetworkStatus: s1.NetworkDisconnected}, before, applied},
		"still on":                        {switchedOff, s1.Agent{IsActive: true}, before, waits},
		"switched off":                    {switchedOff, s1.Agent{LastActiveDate: at(0)}, before, applied},
		"off already":                     {switchedOff, s1.Agent{LastActiveDate: at(-time.Hour)}, off, failed},
		"off when asked, on when it ran":  {switchedOff, s1.Agent{LastActiveDate: at(time.Second)}, off, applied},
		"up since long":                   {restarted, s1.Agent{IsActive: true, OSStartTime: s1.Time{Time: before.Started}}, before, waits},
		"restarted":                       {restarted, s1.Agent{IsActive: true, OSStartTime: at(time.Minute)}, before, applied},
		"restarted, by a clock behind":    {restarted, s1.Agent{IsActive: true, OSStartTime: at(-3 * time.Minute)}, before, applied},
		"restarted by hand hours before":  {restarted, s1.Agent{IsActive: true, OSStartTime: at(-3 * time.Hour)}, before, waits},
		"going down":                      {restarted, s1.Agent{LastActiveDate: at(time.Second), OSStartTime: s1.Time{Time: before.Started}}, before, waits},
		"a restart of what is off":        {restarted, s1.Agent{LastActiveDate: at(-time.Hour), OSStartTime: s1.Time{Time: before.Started}}, off, failed},
		"a system that does not say":      {restarted, s1.Agent{IsActive: true}, commands.Target{State: "online"}, unseen},
		"scanned last week":               {scanning, s1.Agent{ScanStatus: "finished", ScanStartedAt: at(-200 * time.Hour)}, before, waits},
		"scanning":                        {scanning, s1.Agent{ScanStatus: "started"}, before, applied},
		"scanned in the meantime":         {scanning, s1.Agent{ScanStatus: "finished", ScanStartedAt: at(time.Second)}, before, applied},
		"the scan was aborted":            {scanning, s1.Agent{ScanStatus: "aborted", ScanStartedAt: at(time.Second), ScanAbortedAt: at(time.Minute)}, before, failed},
		"an old scan was aborted, not it": {scanning, s1.Agent{ScanStatus: "aborted", ScanStartedAt: at(-2 * time.Hour), ScanAbortedAt: at(-time.Hour)}, before, waits},
	} {
		is, why := c.look(c.agent, c.target, asked)
		require.Equal(t, c.want, is, name)
		require.Equal(t, is == failed, why != "", name)
	}
}
