package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

const keepOffBerlin = "rules:\n  - {name: berlin, sites: [Berlin], risks: [change, destructive], deny: hands off Berlin}\n"

// keptOff is a console with a site that nobody may touch, in the same account as Paris.
func keptOff(t *testing.T, policy string) *story {
	t.Helper()
	s := tell(t, allowedBy(t, policy))
	s.console.AddAgent(s1sim.AgentSpec{Name: "BERLIN-1", Site: "Berlin", Group: "Jewels", Tags: map[string]string{"crown-jewel": "yes"}})
	return s
}

// isDenied has alice ask for things, and be told no each time, before the console is asked to change anything.
func (s *story) isDenied(why string, commands ...string) {
	s.t.Helper()
	heard := func() (n int) {
		for _, m := range s.slack.User("alice").Sees("#soc") {
			if strings.Contains(m.PlainText(), why) {
				n++
			}
		}
		return n
	}
	account := fmt.Sprint(s.console.Agent("BERLIN-1")["accountName"])
	for i, text := range commands {
		text = strings.ReplaceAll(text, "ACCOUNT", account)
		before := heard()
		s.types("alice", "#soc", "/s1 "+text+fmt.Sprintf(" reason=ask-%d", i))
		if !assert.Eventually(s.t, func() bool { return heard() > before }, patience, 5*time.Millisecond, text) {
			all := s.slack.User("alice").Sees("#soc")
			require.Fail(s.t, "was told instead: "+all[len(all)-1].PlainText(), text)
		}
		require.Empty(s.t, s.requests(), text)
		require.Empty(s.t, s.console.Changes(), text)
	}
}

// A site is protected from every change at a wider scope, and of what lies in it.
func TestASiteIsProtectedFromEveryDirection(t *testing.T) {
	t.Parallel()
	s := keptOff(t, keepOffBerlin)
	berlin := s.console.AddThreat(s1sim.ThreatSpec{Name: "berlin.exe", Agent: "BERLIN-1"})
	paris := s.console.AddThreat(s1sim.ThreatSpec{Name: "paris.exe", Agent: "DESKTOP-1"})
	collection := s.console.Threat(paris)["threatInfo"].(map[string]any)["collectionId"].(string)
	group := s.console.GroupID("Berlin", "Jewels")
	rule := ` s1ql="DstIP = 1" query-type=Events severity=Low status=Draft expiration-mode=Permanent`
	s.isDenied("Hands off Berlin",
		`create-exclusion type=Path os=Windows value="D:\T\" account-ids="ACCOUNT"`,
		`create-exclusion type=Path os=Windows value="D:\T\" group-ids=`+group,
		`block-ip 203.0.113.9 name=C2 account-id="ACCOUNT"`,
		`block-ip 203.0.113.9 name=C2 tenant=true`,
		`block-ip 203.0.113.9 name=C2 group-id=`+group,
		`update-account-policy account-id="ACCOUNT" policy={"snapshotsOn":false}`,
		`update-global-policy policy={"snapshotsOn":false}`,
		`create-rule X`+rule,
		`create-rule X account-ids="ACCOUNT"`+rule,
		`create-ioc account-ids="ACCOUNT" source=x type=IPv4 ioc-value=203.0.113.9`,
		`block 3395856ce81f2b7382dee72602f798b642f14141 os=Linux site=Berlin`,
		`block-threat `+collection+` site=Paris target-scope=tenant`,
		`mark-as-threat `+fmt.Sprint(berlin),
		`create-group name=X site-id=Berlin inherits=true`,
		`delete-group `+group,
		`move-to-site DESKTOP-1 site-id=Berlin`,
		`move-to-site BERLIN-1 site-id=Paris`,
		`scan BERLIN-1`, `isolate filter={"siteIds":["`+s.console.SiteID("Berlin")+`"]}`,
		`mitigate `+fmt.Sprint(berlin)+` action=Kill`,
	)
	for i, text := range []string{
		`create-exclusion type=Path os=Windows value="D:\T\" site-ids=Paris`, `block-ip 203.0.113.9 name=C2 site=Paris`,
		`create-rule X site-ids=Paris` + rule, `block-threat ` + collection + ` site=Paris target-scope=site`,
	} {
		s.types("alice", "#soc", "/s1 "+text+fmt.Sprintf(" reason=fine-%d", i))
		s.sees("#approvals", "Approval needed", fmt.Sprintf("fine-%d", i))
	}
}

// What is there already has a scope, too: to change or to delete it reaches all of that.
func TestTheScopeOfWhatIsThereCounts(t *testing.T) {
	t.Parallel()
	s := keptOff(t, strings.ReplaceAll(keepOffBerlin, "sites: [Berlin]", "sites: [Paris]"))
	s.console.AddAgent(s1sim.AgentSpec{Name: "LYON-9", Site: "Lyon"})
	s.console.AddThreat(s1sim.ThreatSpec{Name: "lyon.exe", Agent: "LYON-9"})
	s.isDenied("Hands off Berlin",
		`block-threat lyon.exe site=Lyon target-scope=account`,
		`unblock da39a3ee5e6b4b0d3255bfef95601890afd80709`,
		`activate-rules "Rare parent of a shell"`,
		`disable-rules "Office program starts a script host"`,
		`delete-rules "Logins at night"`,
		`update-rule "Rare parent of a shell" name=Y s1ql=y query-type=Events severity=Low status=Draft expiration-mode=Permanent`,
		`delete-iocs account-ids="Example Corp" ioc-values=203.0.113.66`,
	)
	for _, e := range s.console.Exclusions() {
		if !strings.Contains(fmt.Sprint(e["scopePath"]), "Lyon") {
			s.isDenied("Hands off Berlin", "delete-exclusions "+fmt.Sprint(e["id"]))
		}
	}
}

// Groups, endpoints and tags in a place are protected as the place is.
func TestWhatLiesInAPlaceIsProtectedWithIt(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]string{
		"group": "groups: [Jewels]", "host": "hosts: ['BERLIN-*']", "tag": "tags: [crown-jewel]",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := keptOff(t, "rules:\n  - {name: jewel, "+rule+", deny: hands off}\n")
			s.isDenied("Hands off",
				`create-exclusion type=Path os=Windows value="D:\T\" site-ids=Berlin`,
				`block-ip 203.0.113.9 name=C2 account-id="ACCOUNT"`,
				`update-global-policy policy={"snapshotsOn":false}`,
			)
			s.types("alice", "#soc", `/s1 create-exclusion type=Path os=Windows value="D:\T\" site-ids=Paris reason=fine`)
			s.sees("#approvals", "Approval needed", "fine")
		})
	}
}

// The host of a threat that is not found, or the console doesn't name, may be the crown jewel.
func TestAThreatOnAnUnknownHostMayBeOnAProtectedOne(t *testing.T) {
	t.Parallel()
	s := keptOff(t, "rules:\n  - {name: jewel, tags: [crown-jewel], deny: hands off}\n")
	for name, edit := range map[string]func(map[string]any){
		"null": func(t map[string]any) {
			t["agentRealtimeInfo"].(map[string]any)["agentId"] = nil
			t["agentDetectionInfo"].(map[string]any)["agentUuid"] = nil
		},
		"not found": func(t map[string]any) { t["agentRealtimeInfo"].(map[string]any)["agentId"] = "1999999999999999999" },
	} {
		threat := fmt.Sprint(s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "BERLIN-1", Edit: edit}))
		s.types("alice", "#soc", "/s1 mitigate "+threat+" action=Kill reason=test")
		_, err := s.slack.WaitEphemeral(s.patient(), "alice", having([]string{"I can't"}))
		require.NoError(t, err, name)
	}
	require.Empty(t, s.requests())
}

// Where the places in a wider one cannot be read, nobody can tell what it reaches.
func TestPlacesThatCannotBeReadAreNotNone(t *testing.T) {
	t.Parallel()
	s := keptOff(t, keepOffBerlin)
	s.console.Fail(s1sim.Match{Method: "GET", PathPrefix: "/sites"}, s1sim.Fault{Kind: s1sim.Forbidden, Times: -1})
	s.isDenied("I can't list the sites",
		`update-global-policy policy={"snapshotsOn":false}`,
		`create-exclusion type=Path os=Windows value="D:\T\" account-ids="ACCOUNT"`,
	)
}
