package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// From the click that approves to the call at the console: over the wire, written down, decided, looked at once more, and run.
func BenchmarkClickToConsoleCall(b *testing.B) {
	for engine, database := range map[string]func() string{
		"sqlite":   func() string { return "" },
		"postgres": func() string { return startPostgres(b).URL },
	} {
		b.Run(engine, func(b *testing.B) {
			url := database()
			s := tell(b, func(settings map[string]string) {
				if url != "" {
					settings["S1BOT_DATABASE_URL"] = url
				}
				settings["S1BOT_THREATS_CHANNEL"], settings["S1BOT_ALERTS_CHANNEL"] = "", ""
			}, withoutBudget(b))
			n := 0
			for b.Loop() {
				b.StopTimer()
				host := fmt.Sprintf("BENCH-%06d", n)
				s.console.AddAgent(s1sim.AgentSpec{Name: host})
				s.types("alice", "#soc", "/s1 isolate "+host+" reason=benchmark")
				card := s.sees("#approvals", "Approval needed", host)
				<-time.After(250 * time.Millisecond) // asking spent what the client may ask of endpoints in a second: that is not measured
				b.StartTimer()
				s.clicks("bob", card, "Approve")
				n++
				_, err := s.console.WaitCalls(s.patient(), n, s1sim.Match{Method: "POST"})
				require.NoError(b, err)
			}
		})
	}
}

// withoutBudget lets one person ask for as much as a benchmark takes.
func withoutBudget(b *testing.B) func(map[string]string) {
	_, policy := withPolicy(b, "approvals: {max_targets_per_hour: 1000000}\n")
	return policy
}
