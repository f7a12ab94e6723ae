package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/s1/s1sim"
)

// The end of one isolation lifts no other one: what was isolated before waits for an approval, and what was isolated later stays.
func TestTheEndOfOneIsolationLiftsNoOther(t *testing.T) {
	t.Parallel()
	s := tellInTime(t, allowedBy(t, "approvals: {reconnect_on_time: true}"))
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=forensics")
	first := s.sees("#approvals", "Approval needed")
	s.clicks("bob", first, "Approve")
	s.becomes(first, "1 applied")
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1,DESKTOP-2 for=1h reason=drill")
	second := s.sees("#approvals", "Approval needed", "already isolated", "I ask an approver to reconnect it")
	s.clicks("bob", second, "Approve")
	s.becomes(second, "2 applied")
	s.types("alice", "#soc", "/s1 isolate DESKTOP-2 for=8h reason=longer")
	third := s.sees("#approvals", "Approval needed", "8 hours")
	s.clicks("bob", third, "Approve")
	s.becomes(third, "1 applied")

	s.pass(time.Hour + time.Minute)
	next := s.sees("#approvals", "Approval needed", "Connect Agent To Network", "DESKTOP-1")
	require.NotContains(t, next.PlainText(), "DESKTOP-2")
	s.becomes(second, ", ended ", "DESKTOP-2 was isolated again")
	require.Equal(t, "disconnected", s.console.NetworkStatus("DESKTOP-1"))
	require.Equal(t, "disconnected", s.console.NetworkStatus("DESKTOP-2"))
}

// Where a host was reconnected by a request and is isolated again, and not by the bot, the first isolation is over: its end lifts nothing, and
// nobody is asked to.
func TestAnIsolationOfSomebodyElsesIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := tellInTime(t, allowedBy(t, "approvals: {reconnect_on_time: true}"))
	card := s.isolates("DESKTOP-1", "1h")
	s.becomes(card, "1 applied")
	s.types("alice", "#soc", "/s1 reconnect DESKTOP-1 reason=cleaned")
	early := s.sees("#approvals", "Approval needed", "Connect Agent", "cleaned")
	s.clicks("bob", early, "Approve")
	s.becomes(early, "1 applied")
	s.becomes(card, "DESKTOP-1 was reconnected", ", ended ")
	s.console.SetAgent("DESKTOP-1", func(a map[string]any) { a["networkStatus"] = "disconnected" })
	s.pass(time.Hour)
	s.types("carol", "#soc", "/s1 pending")
	s.isTold("carol", "Nothing is waiting")
	require.Equal(t, "disconnected", s.console.NetworkStatus("DESKTOP-1"))
}

// What others isolated while an isolation for a time waited for its approval is theirs: the policy allowed nothing about that beforehand.
func TestWhatWasIsolatedWhileItWaitedIsNotLiftedAlone(t *testing.T) {
	t.Parallel()
	s := tellInTime(t, allowedBy(t, "approvals: {reconnect_on_time: true}"))
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 for=1h reason=drill")
	drill := s.sees("#approvals", "Approval needed", "drill", "Then I reconnect it")
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=forensics")
	forensics := s.sees("#approvals", "Approval needed", "forensics")
	s.clicks("bob", forensics, "Approve")
	s.becomes(forensics, "1 applied")
	s.clicks("bob", drill, "Approve")
	s.becomes(drill, "1 applied", "I ask an approver to reconnect it")
	s.pass(45 * time.Minute)
	s.sees("#approvals", "An isolation ends soon", "I ask an approver to reconnect it")
	s.writes(approvals.ActionWarned, 1)
	s.pass(15 * time.Minute)
	s.sees("#approvals", "Approval needed", "Connect Agent", "The 1 hour is up")
	require.Equal(t, "disconnected", s.console.NetworkStatus("DESKTOP-1"))
}

// A host that was quarantined for a threat while it was isolated stays so until somebody decides.
func TestAQuarantinedHostIsNotReconnectedAlone(t *testing.T) {
	t.Parallel()
	s := tellInTime(t, allowedBy(t, "approvals: {reconnect_on_time: true}"))
	card := s.isolates("DESKTOP-1", "1h")
	s.becomes(card, "1 applied")
	threat := s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
	s.types("alice", "#soc", `/s1 mitigate-threats mitigate-action=network-quarantine filter={"ids":["`+fmt.Sprint(threat)+`"]} reason=worm`)
	worm := s.sees("#approvals", "Approval needed", "worm")
	s.clicks("bob", worm, "Approve")
	s.becomes(worm, "Successful")
	s.pass(time.Hour)
	s.sees("#approvals", "Approval needed", "Connect Agent", "The 1 hour is up")
	require.Equal(t, "disconnected", s.console.NetworkStatus("DESKTOP-1"))
}
