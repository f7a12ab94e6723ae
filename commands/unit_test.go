package commands

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/admin"
	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/commands/threats"
	"s1bot/render"
	"s1bot/s1"
)

func TestNearestOffersWhatWasMeant(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"list-agent": "list-agents", "isolat": "isolate", "lsit-agents": "list-agents", "aganets": "agents",
		"get_threat_nots": "get-threat-notes", "mitigte": "mitigate", "policy": "global-policy",
	} {
		require.Contains(t, All().Nearest(word), want, word)
	}
	require.Empty(t, All().Nearest("xyzzy"))
	require.LessOrEqual(t, len(All().Nearest("get")), 3)
}

func TestDistanceCountsSlips(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "ab", 2}, {"ab", "ab", 0}, {"ab", "ba", 1}, {"kitten", "sitting", 3}, {"Büro", "Buro", 1}, {"abcd", "acbd", 1}} {
		require.Equal(t, row.want, text.Distance(row.a, row.b), row.a+" "+row.b)
		require.Equal(t, row.want, text.Distance(row.b, row.a), row.b+" "+row.a)
	}
	long := strings.Repeat("a", 5000)
	require.Zero(t, text.Distance(long, long+"b"), "only the beginnings of long words are compared")
}

func TestTwoCommandsCannotShareAName(t *testing.T) {
	t.Parallel()
	_, err := catalog.New(nil, admin.GetSystemInfo(), admin.GetSystemInfo())
	require.ErrorContains(t, err, "both go by the name")
}

// A catalog with something missing is told with the name of the offender.
func TestValidateNamesTheOffender(t *testing.T) {
	t.Parallel()
	broken := catalog.Define(catalog.Command{Name: "Bad_Name", Title: "Other", Risk: catalog.Destructive, Examples: []string{"nothing"}, Main: "nobody", Undo: "nobody"},
		func(context.Context, *catalog.Call, admin.NoParams) (render.Card, error) { return render.Card{}, nil })
	catalog, err := catalog.New(nil, broken)
	require.NoError(t, err)
	err = catalog.Validate()
	for _, complaint := range []string{"kebab-case", "title", "area", "doc", "permission", "has a plan", "undo", "bare words", `example "nothing"`} {
		require.ErrorContains(t, err, complaint)
		require.ErrorContains(t, err, "Bad_Name")
	}
}

func TestCommandsForMachines(t *testing.T) {
	t.Parallel()
	raw, err := All().JSON()
	require.NoError(t, err)
	var entries []map[string]any
	require.NoError(t, json.Unmarshal(raw, &entries))
	require.Len(t, entries, len(All().Commands()))
	byName := map[string]map[string]any{}
	for _, e := range entries {
		require.ElementsMatch(t, []string{"name", "title", "area", "risk", "approval", "aliases", "permission", "parameters"}, keys(e))
		require.IsType(t, []any{}, e["parameters"], "a list, also where there is none")
		for _, p := range e["parameters"].([]any) {
			require.ElementsMatch(t, []string{"name", "title", "required", "list", "kind", "choices"}, keys(p.(map[string]any)))
			require.NotContains(t, []any{"reason", "ticket"}, p.(map[string]any)["name"])
		}
		byName[e["name"].(string)] = e
	}
	require.Equal(t, "always", byName["mitigate-threats"]["approval"])
	require.Equal(t, "required", byName["block-hash"]["approval"])
	require.Equal(t, "none", byName["update-incident-status"]["approval"])
	require.Equal(t, "change", byName["update-incident-status"]["risk"])
	require.Equal(t, []any{"Kill", "Quarantine", "Remediate", "Rollback", "Unquarantine", "Network Quarantine"},
		byName["mitigate-threats"]["parameters"].([]any)[1].(map[string]any)["choices"])
}

func keys(m map[string]any) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	return names
}

// The risks are those that were agreed; see the list of destructive and changing commands.
func TestRisksAreThoseThatWereAgreed(t *testing.T) {
	t.Parallel()
	agreed := map[catalog.Risk]string{
		catalog.Destructive: `add-threat-to-blacklist block-hash block-remote-hosts connect-agent-to-network create-exclusion create-star-custom-rule
			delete-exclusions delete-group delete-iocs delete-star-custom-rules disable-star-custom-rules disconnect-agent-from-network
			kill-processes mark-as-threat mitigate-threats move-agents-between-sites quarantine-files remove-items-in-blacklist restart-endpoints
			rollback-remediation run-script shutdown-endpoints update-account-policy update-exclusion update-global-policy update-star-custom-rule`,
		catalog.Change: `activate-star-custom-rules add-notes-to-threats broadcast-message collect-files create-group create-ioc download-files
			download-threat-files fetch-files fetch-threat-file get-script-results initiate-scan move-agents resolve-threat set-customer-id
			update-alert-analyst-verdict update-alert-incident-status update-alert-verdict update-threat-analyst-verdict update-incident-status
			update-threat-incident update-threat-note`,
	}
	for _, cmd := range All().Commands() {
		want := catalog.Read
		for risk, names := range agreed {
			if contains(strings.Fields(names), cmd.Name) {
				want = risk
			}
		}
		require.Equal(t, want, cmd.Risk, cmd.Name)
	}
	for _, name := range []string{"disconnect-agent-from-network", "shutdown-endpoints", "mitigate-threats", "update-account-policy", "update-global-policy"} {
		cmd, _ := All().Find(name)
		require.True(t, cmd.Guarded, name)
	}
}

func TestHelpTellsHowToUseACommand(t *testing.T) {
	t.Parallel()
	isolate, _ := All().Find("isolate")
	help := isolate.Help().Plain()
	for _, part := range []string{"Disconnect Agent From Network", "isolate", "always has to approve", "Endpoints › View + Disconnect From Network", "agent-ids", "reason", "required, text", "/s1 isolate DESKTOP-1"} {
		require.Contains(t, help, part)
	}
	mitigate, _ := All().Find("mitigate")
	require.Contains(t, mitigate.Help().Plain(), "Kill | Quarantine | Remediate")
	list := All().Help().Plain()
	for _, cmd := range All().Commands() {
		require.Contains(t, list, cmd.Name)
	}
}

// What lowers the protection is marked, what raises it or has nothing to do with it is not.
func TestWeakerPoliciesAreMarked(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		path, old, new string
		weaker         bool
	}{
		{"mitigationMode", "protect", "detect", true}, {"mitigationMode", "detect", "protect", false}, {"mitigationModeSuspicious", "protect", "null", true},
		{"engines.reputation", "on", "off", true}, {"engines.reputation", "off", "on", false}, {"engines.reputation", "on", "disabled", true},
		{"antiTamperingOn", "true", "false", true}, {"antiTamperingOn", "false", "true", false}, {"snapshotsOn", "true", "null", true},
		{"allowRemoteShell", "false", "true", true}, {"allowRemoteShell", "true", "false", false},
		{"autoMitigationAction", "mitigation.quarantineThreat", "mitigation.none", true}, {"autoMitigationAction", "mitigation.none", "mitigation.killThreat", false},
		{"identityEndpointReporting", "aggressive", "disabled", true}, {"agentUi.agentUiOn", "true", "false", false}, {"autoDecommissionDays", "21", "5", false},
		{"autoDecommissionOn", "true", "false", false},
	} {
		require.Equal(t, row.weaker, admin.Weakens(s1.PolicyField{Path: row.path, Old: row.old, New: row.new}), row)
	}
}

func TestAPolicyTakesOnlyWhatFits(t *testing.T) {
	t.Parallel()
	current := s1.Policy{}
	current.Raw = json.RawMessage(`{"mitigationMode":"protect","engines":{"pup":"off"},"ioc":true,"autoDecommissionDays":21,"agentUi":null}`)
	for wanted, complaint := range map[string]string{
		`{"mitigationMod":"x"}`:         "the policy has no field mitigationMod",
		`{"engines":{"pupp":"on"}}`:     "the policy has no field engines.pupp",
		`{"engines":"off"}`:             "engines takes an object, not text",
		`{"ioc":"true"}`:                "ioc takes true or false, not text",
		`{"autoDecommissionDays":"21"}`: "autoDecommissionDays takes a number, not text",
		`{"mitigationMode":"off"}`:      "none of Detect, Protect",
		`{"engines":{"pup":"protect"}}`: "none of On, Off",
	} {
		_, err := admin.PolicyPlan(current, admin.PolicyObject{RawMessage: json.RawMessage(wanted)}, true)
		require.ErrorContains(t, err, complaint, wanted)
	}
	plan, err := admin.PolicyPlan(current, admin.PolicyObject{RawMessage: json.RawMessage(`{"agentUi":{},"ioc":false}`)}, true)
	require.NoError(t, err)
	require.NotEmpty(t, plan.Changes)
	plan, err = admin.PolicyPlan(current, admin.PolicyObject{RawMessage: json.RawMessage(`{"snapshotsOn":true}`)}, true)
	require.NoError(t, err, "the console leaves out what was never set")
	require.Len(t, plan.Changes, 1)
	plan, err = admin.PolicyPlan(current, admin.PolicyObject{RawMessage: json.RawMessage(`{"mitigationMode":"protect"}`)}, true)
	require.NoError(t, err)
	require.Len(t, plan.Notes, 1)
	require.Contains(t, plan.Notes[0], "only ends the inheritance")
	require.True(t, plan.Policy)
	_, err = admin.PolicyPlan(current, admin.PolicyObject{RawMessage: json.RawMessage(`{"mitigationMode":"protect"}`)}, false)
	require.ErrorContains(t, err, "like that already", "nobody is asked for what changes nothing")
}

// Two states of a policy are told apart by what can be set in it, not by who looked at it when.
func TestAFingerprintIsOfWhatCanBeSet(t *testing.T) {
	t.Parallel()
	print := func(raw string) string {
		p := s1.Policy{}
		p.Raw = json.RawMessage(raw)
		return admin.Fingerprint(p)
	}
	base := print(`{"mitigationMode":"protect","engines":{"pup":"on"},"updatedAt":"a"}`)
	require.Equal(t, base, print(`{"engines": {"pup": "on"}, "mitigationMode":"protect","updatedAt":"b"}`))
	require.NotEqual(t, base, print(`{"mitigationMode":"protect","engines":{"pup":"off"},"updatedAt":"a"}`))
}

// Rollback is Windows' alone, remediation is not for Linux; what is not known of is left to the console.
func TestActionsFitSystems(t *testing.T) {
	t.Parallel()
	on := func(system string) s1.Threat {
		return s1.Threat{Realtime: s1.ThreatAgentNow{OSType: s1.OSType(system)}}
	}
	require.True(t, threats.Supports(s1.MitigateRollback, on("windows")))
	require.True(t, threats.Supports(s1.MitigateRollback, on("windows_legacy")))
	require.False(t, threats.Supports(s1.MitigateRollback, on("macos")))
	require.False(t, threats.Supports(s1.MitigateRemediate, on("linux")))
	require.True(t, threats.Supports(s1.MitigateRemediate, on("macos")))
	require.True(t, threats.Supports(s1.MitigateKill, on("linux")))
	require.True(t, threats.Supports(s1.MitigateRollback, on("")))
}

// People write drives by letter, the console by volume. Which is which cannot be told; two of one kind can be told apart.
func TestAPathIsTheSameHoweverItsDriveIsWritten(t *testing.T) {
	t.Parallel()
	const volume3 = `\Device\HarddiskVolume3\Users\jdoe\evil.exe`
	for asked, same := range map[string]bool{
		`C:\Users\jdoe\evil.exe`: true, `c:\users\JDOE\evil.exe`: true, `\Users\jdoe\evil.exe`: true, volume3: true,
		`\device\harddiskvolume3\users\jdoe\evil.exe`: true, `\Device\HarddiskVolume2\Users\jdoe\evil.exe`: false,
		`C:\Users\jdoe\evil.exe.bak`: false, `evil.exe`: false, `D:\jdoe\evil.exe`: false,
	} {
		require.Equal(t, same, threats.SamePath(asked, volume3), asked)
	}
	require.False(t, threats.SamePath(`D:\a\evil.exe`, `C:\a\evil.exe`))
	require.True(t, threats.SamePath(`/tmp/.x/Miner`, `/tmp/.x/miner`))
}
