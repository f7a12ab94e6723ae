package main

import (
	"bytes"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// What to do follows from what the console said. A 403 stands for five things, and only one of them is a role.
func TestAdviceFollowsTheConsolesWords(t *testing.T) {
	t.Parallel()
	forbidden := func(detail string) s1sim.Fault { return s1sim.Fault{Kind: s1sim.Forbidden, Detail: detail, Times: -1} }
	refused := func(status int, title, detail string) s1sim.Fault {
		return s1sim.Fault{Kind: s1sim.Refused, Status: status, Title: title, Detail: detail, Times: -1}
	}
	for name, row := range map[string]struct {
		typed, path string
		fault       s1sim.Fault
		says        []string
		never       string
	}{
		"role":     {"agents", "/agents", forbidden(""), []string{"Status Code: 403.", "User does not have required permissions", "role lacks Endpoints › View"}, "proxy"},
		"either":   {"agents", "/agents", forbidden(s1sim.Alone), []string{"Insufficient permissions", "Endpoints › View", "or the token belongs to a site"}, "expired"},
		"site":     {"list-accounts", "/accounts", forbidden(s1sim.SiteUser), []string{"not allowed to site users", "not its role"}, "role lacks"},
		"several":  {`iocs "Example Corp"`, "/threat-intelligence", forbidden(s1sim.MultiScope), []string{"multi-scopes", "not its role"}, "role lacks"},
		"license":  {"rules", "/cloud-detection/rules", forbidden(s1sim.NoRules), []string{"Custom Rules enabled", "lacks a license or a setting"}, "role lacks"},
		"proxy":    {"agents", "/agents", s1sim.Fault{Kind: s1sim.Blocked, Times: -1}, []string{"Status Code: 403.", "Access Denied", "isn't from the console"}, "role lacks"},
		"text":     {"agents", "/agents", s1sim.Fault{Kind: s1sim.Blocked, Body: "Blocked by policy 17", Times: -1}, []string{"Blocked by policy 17", "If it's a permission problem"}, "role lacks"},
		"token":    {"agents", "/agents", refused(401, "Authentication Failed", ""), []string{"wrong, revoked or expired"}, "role lacks X"},
		"method":   {"agents", "/agents", refused(405, "Method Not Allowed", ""), []string{"doesn't support this API call"}, "role"},
		"unlisted": {"agents", "/agents", refused(418, "Odd", "Something new"), []string{"Something new", "know what to do about status 418"}, "role"},
		"no value": {"agents", "/agents", refused(400, "Bad Request", "BAD REQUEST"), []string{"BAD REQUEST", "Compare its message"}, "says which"},
		"value":    {"agents", "/agents", refused(400, "Validation Error", "limit: Must be between 1 and 1000."), []string{"the message says which"}, "Compare"},
		"alerts":   {"fetch-event start-time=-1d end-time=now event-source=Alert", "/cloud-detection/alerts", forbidden(""), []string{"role lacks STAR Rule Alerts › View."}, "Endpoint Threats"},
		"threats":  {"fetch-event start-time=-1d end-time=now", "/threats", forbidden(""), []string{"role lacks Endpoint Threats › View."}, "STAR"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tell(t)
			s.console.Fail(s1sim.Match{PathPrefix: row.path}, row.fault)
			s.types("alice", "#soc", "/s1 "+row.typed)
			told := s.isTold("alice", append([]string{" failed."}, row.says...)...)
			require.NotContains(t, told.PlainText(), row.never)
		})
	}
}

// The same for what changes something: what is there already needs nothing, and the permission is the one that the vendor asks for.
func TestAdviceForChangesFollowsTheConsolesWords(t *testing.T) {
	t.Parallel()
	s := tell(t)
	id := s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
	s.console.Fail(s1sim.Match{Method: "POST", PathPrefix: "/threats/notes"}, s1sim.Fault{Kind: s1sim.Forbidden})
	s.types("alice", "#soc", `/s1 note `+id+` text="seen"`)
	s.isTold("alice", "Add Notes To Threats failed.", "role lacks Endpoint Threats › View + Update Incident Status.")

	for _, row := range []struct {
		typed, path string
		fault       s1sim.Fault
		says        string
	}{
		{"block-ip 203.0.113.66 name=C2 tenant=true reason=a", "/firewall-control", s1sim.Fault{Kind: s1sim.Forbidden}, "with tenant=true also the tenant permission"},
		{"block 3395856ce81f2b7382dee72602f798b642f14140 os=Windows site=Paris reason=b", "/restrictions",
			s1sim.Fault{Kind: s1sim.Refused, Status: 400, Title: "Validation Error", Detail: "Hash '3395856ce81f2b7382dee72602f798b642f14140' already exists"}, "It already exists"},
	} {
		s.types("alice", "#soc", "/s1 "+row.typed)
		card := s.sees("#approvals", "Approval needed", row.typed[len(row.typed)-1:])
		s.console.Fail(s1sim.Match{Method: "POST", PathPrefix: row.path}, row.fault)
		s.clicks("bob", card, "Approve")
		s.becomes(card, row.says)
	}
}

// A token of one site is a good one: what lies outside its scope or has no license there is named, and the check does not fail.
func TestCheckTakesATokenOfOneSite(t *testing.T) {
	t.Parallel()
	for name, detail := range map[string]string{"named": s1sim.SiteUser, "not named": s1sim.Alone, "as a permission": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tell(t)
			for _, path := range []string{"/accounts", "/tenant"} {
				s.console.Fail(s1sim.Match{PathPrefix: path}, s1sim.Fault{Kind: s1sim.Forbidden, Detail: detail, Times: -1})
			}
			s.console.Fail(s1sim.Match{PathPrefix: "/cloud-detection/rules"}, s1sim.Fault{Kind: s1sim.Forbidden, Detail: s1sim.NoRules, Times: -1})
			var out bytes.Buffer
			require.NoError(t, check(t.Context(), maps.Clone(s.environ), &out), out.String())
			require.Contains(t, out.String(), "ok    Console area accounts: outside the scope of this token")
			require.Contains(t, out.String(), "ok    Console area rules: not licensed")
			require.Contains(t, out.String(), "ok    Console area policy: readable")
		})
	}
}

func TestCheckTellsAProxyFromARole(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.Fail(s1sim.Match{PathPrefix: "/agents"}, s1sim.Fault{Kind: s1sim.Blocked, Times: -1})
	var out bytes.Buffer
	require.Error(t, check(t.Context(), maps.Clone(s.environ), &out))
	require.Contains(t, out.String(), "FAIL  Console area endpoints")
	require.Contains(t, out.String(), "isn't from the console")
}
