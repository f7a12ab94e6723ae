package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// onTime is a story whose policy lets the bot reconnect alone what was isolated for a time, and a laptop that is away: the console
// shows it as connected, whatever was asked of it.
func onTime(t *testing.T) timed {
	t.Helper()
	s := tellInTime(t, allowedBy(t, "approvals: {reconnect_on_time: true}"))
	s.console.AddAgent(s1sim.AgentSpec{Name: "LAPTOP-AWAY", Offline: true})
	return s
}

// approves has alice ask for something and bob approve it; it returns when the card says so.
func (s timed) approves(text, why string, words ...string) {
	s.t.Helper()
	s.types("alice", "#soc", "/s1 "+text+" reason="+why)
	card := s.sees("#approvals", "Approval needed", why)
	s.clicks("bob", card, "Approve")
	s.becomes(card, words...)
	s.console.SetAgent("LAPTOP-AWAY", func(a map[string]any) { a["networkStatus"] = "connected" })
}

// staysAway has the time pass and sees that somebody is asked, and the console is not.
func (s timed) staysAway(after time.Duration, words ...string) {
	s.t.Helper()
	s.pass(after)
	s.sees("#approvals", append([]string{"Approval needed", "Connect Agent"}, words...)...)
	require.Empty(s.t, s.reconnections(), "nobody reconnects it alone")
}

// reconnections are the calls that connected anything.
func (s timed) reconnections() (calls []string) {
	for _, c := range s.console.Changes() {
		if strings.HasSuffix(c.Path, "/actions/connect") {
			calls = append(calls, c.Body)
		}
	}
	return calls
}

func TestThePermanentIsolationThatCameBeforeStays(t *testing.T) {
	t.Parallel()
	s := onTime(t)
	s.approves("isolate LAPTOP-AWAY", "forensics", "Successful")
	s.approves("isolate LAPTOP-AWAY for=1h", "drill", "Successful")
	s.staysAway(time.Hour, "may have to stay isolated, because of A-")
}

func TestTheLongerIsolationThatCameBeforeStays(t *testing.T) {
	t.Parallel()
	s := onTime(t)
	s.approves("isolate LAPTOP-AWAY for=8h", "longer", "Successful")
	s.approves("isolate LAPTOP-AWAY for=1h", "drill", "Successful")
	s.staysAway(time.Hour+time.Minute, "LAPTOP-AWAY")
}

func TestTheIsolationThatCameAfterStays(t *testing.T) {
	t.Parallel()
	s := onTime(t)
	s.approves("isolate LAPTOP-AWAY for=1h", "drill", "Successful")
	s.approves("isolate LAPTOP-AWAY", "forensics", "Successful")
	s.pass(time.Hour)
	s.sees("#approvals", "I didn't request a reconnection: LAPTOP-AWAY was isolated again")
	require.Empty(t, s.reconnections())
}

func TestAnIsolationThatMayHaveRunStays(t *testing.T) {
	t.Parallel()
	s := onTime(t)
	s.console.Fail(s1sim.Match{Method: "POST", PathPrefix: "/agents"}, s1sim.Fault{Kind: s1sim.Reset, AfterEffect: true})
	s.approves("isolate LAPTOP-AWAY", "forensics", "May have run")
	s.approves("isolate LAPTOP-AWAY for=1h", "drill", "Successful")
	s.staysAway(time.Hour, "because of A-")
}

// A quarantine of a threat on a host the console doesn't name may be of any host.
func TestAQuarantineThatCameBeforeStays(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]func(map[string]any){
		"its host is known": nil,
		"its host is not": func(t map[string]any) {
			for _, part := range []string{"agentRealtimeInfo", "agentDetectionInfo"} {
				if info, ok := t[part].(map[string]any); ok {
					info["agentId"], info["agentUuid"] = nil, nil
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := onTime(t)
			threat := s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "LAPTOP-AWAY", Edit: edit})
			s.approves(`mitigate-threats mitigate-action=network-quarantine filter={"ids":["`+fmt.Sprint(threat)+`"]}`, "worm", "Successful")
			s.approves("isolate LAPTOP-AWAY for=1h", "drill", "Successful")
			s.staysAway(time.Hour, "because of A-")
		})
	}
}

// What was isolated before, and reconnected since, stands in nobody's way.
func TestAnIsolationThatWasEndedDoesNotStand(t *testing.T) {
	t.Parallel()
	s := onTime(t)
	s.approves("isolate DESKTOP-1", "forensics", "1 applied")
	s.approves("reconnect DESKTOP-1", "cleaned", "1 applied")
	s.approves("isolate DESKTOP-1 for=1h", "drill", "Successful")
	s.pass(time.Hour)
	s.sees("#approvals", "Successful", "Connect Agent To Network", "The 1 hour is up")
	require.Len(t, s.reconnections(), 2)
}
