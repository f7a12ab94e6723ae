package threats

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/s1sim"
)

// of reads a word of a threat's.
func of(threat map[string]any, name string) string {
	return fmt.Sprint(threat["threatInfo"].(map[string]any)[name])
}

func TestFilesOfAHostAreQuarantinedByExactMatches(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	meant := console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Process: "svchost.exe", Path: `\Device\HarddiskVolume3\x\evil.exe`})
	other := console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-10", Process: "svchost.exe", Path: `\Device\HarddiskVolume3\x\evil.exe`})
	s.Done(`quarantine DESKTOP-1 DESKTOP-2 originated-process-names=SVCHOST.exe file-paths="C:\x\evil.exe" reason=x`)
	require.Equal(t, "mitigated", of(console.Threat(meant), "mitigationStatus"))
	require.Equal(t, "not_mitigated", of(console.Threat(other), "mitigationStatus"))
	require.JSONEq(t, `{"filter":{"ids":["`+meant+`"]}}`, console.Changes()[0].Body)
	s.Refused("quarantine DESKTOP-1 hash=x reason=x", "is not a SHA-1 hash")
	s.Refused("quarantine DESKTOP-2 reason=x", "no threat matches")
}

func TestAThreatThatTwoNamesFindIsActedOnOnce(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	id := console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-10"})
	names := []string{"DESKTOP-1"}
	for i := range 9 {
		names = append(names, fmt.Sprintf("NOBODY-%d", i))
	}
	plan := s.Plan("kill " + strings.Join(names, " ") + " DESKTOP-10 reason=x")
	require.Len(t, plan.Targets, 1)
	require.Equal(t, id, plan.Targets[0].ID)
}

func TestHostsOfOneNameAreSaidToBeSeveral(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	for _, a := range console.Agents() {
		if a["computerName"] == "KIOSK" {
			console.AddThreat(s1sim.ThreatSpec{Agent: a["id"].(string)})
		}
	}
	plan := s.Plan("quarantine kiosk reason=x")
	require.Len(t, plan.Targets, 2)
	require.Contains(t, plan.Notes, `2 endpoints are called "kiosk"; threats on all of them are included.`)
}

func TestRollbackIsRefusedWhereItDoesNotWorkAndDoneForTheRest(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	windows := console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})
	linux := console.AddThreat(s1sim.ThreatSpec{Agent: "LNX-WEB-1"})
	card, err := s.Run("rollback DESKTOP-1 LNX-WEB-1 reason=x")
	require.NoError(t, err)
	require.Equal(t, render.Partial, card.Outcome)
	require.Contains(t, card.Plain(), "rollback not done, the operating system doesn't support it")
	require.JSONEq(t, `{"filter":{"ids":["`+windows+`"]}}`, console.Changes()[0].Body)
	require.Equal(t, "not_mitigated", of(console.Threat(linux), "mitigationStatus"))
	s.Refused("rollback LNX-WEB-1 reason=x", "Rollback doesn't work on the operating systems of these hosts: LNX-WEB-1 · Linux")
	s.Refused("rollback MAC-1 reason=x", "no threat matches")
}

func TestThreatsOfOneEndpointAreResolved(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	here, there := console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"}), console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-2"})
	s.Done("resolve " + here + " " + there + " agent-id=desktop-1")
	require.Equal(t, "resolved", of(console.Threat(here), "incidentStatus"))
	require.Equal(t, "unresolved", of(console.Threat(there), "incidentStatus"))
	s.Refused("resolve "+there+" agent-id=DESKTOP-1", "none of the threats is on this endpoint; they are on DESKTOP-2")
	s.Refused("resolve 1112953674841025235 agent-id=DESKTOP-1", "the console has no threat with the id")
	card, err := s.Run("resolve " + here + " agent-id=DESKTOP-1")
	require.NoError(t, err)
	require.Equal(t, render.Failed, card.Outcome)
	require.Contains(t, card.Plain(), "already set")
}

// A status runs at once, whatever the threat does; who closed one that nothing has stopped reads so beside the way back.
func TestWhoResolvesWhatIsNotMitigatedIsTold(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	for _, typed := range []string{"status {id} status=resolved", "resolve {id} agent-id=DESKTOP-1", "triage {id} verdict=true_positive status=resolved"} {
		id := console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Name: "evil.exe", Mitigation: "not_mitigated"})
		card := s.Done(strings.ReplaceAll(typed, "{id}", id))
		require.Contains(t, card.Plain(), "⚠ evil.exe on DESKTOP-1 isn't mitigated, and is no longer in the lists of open threats.", typed)
		_, err := s.Invoke(commandtest.Button(t, card, "Set back to Unresolved"))
		require.NoError(t, err)
		require.Equal(t, "unresolved", of(console.Threat(id), "incidentStatus"), typed)
	}
	for _, mitigation := range []string{"mitigated", "marked_as_benign"} {
		id := console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Mitigation: mitigation})
		require.NotContains(t, s.Done("status "+id+" status=resolved").Plain(), "⚠", mitigation)
	}
	id := console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Mitigation: "not_mitigated"})
	require.NotContains(t, s.Done("status "+id+` status="In Progress"`).Plain(), "⚠", "nothing is closed by it")
}

func TestSuspicionsBecomeThreats(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	id := console.AddThreat(s1sim.ThreatSpec{Confidence: "suspicious", Agent: "DESKTOP-1"})
	s.Done("mark-as-threat " + id + " reason=x")
	require.Equal(t, "malicious", of(console.Threat(id), "confidenceLevel"))
	require.Equal(t, "/web/api/v2.0/threats/mark-as-threat", console.Changes()[0].Path)
	require.Contains(t, s.Plan("mark-as-threat " + id + " reason=x").Notes[0], "1 threat is already considered malicious.")
}

// Consoles that no longer have version 2.0 of the API answer 405 there, as a live one did; the verdict is what is left to set.
func TestOnLaterConsolesASuspicionGetsTheVerdict(t *testing.T) {
	t.Parallel()
	for _, age := range []s1sim.Age{s1sim.AfterDV, s1sim.UnifiedOnly} {
		console, s := commandtest.New(t, cat(t), s1sim.Options{Empty: true, Age: age})
		id := console.AddThreat(s1sim.ThreatSpec{Confidence: "suspicious", Agent: "DESKTOP-1"})
		card, err := s.Run("mark-as-threat " + id + " reason=x")
		require.NoError(t, err)
		require.Equal(t, render.Partial, card.Outcome)
		require.Contains(t, card.Plain(), "so I only set the verdict")
		require.Equal(t, "true_positive", of(console.Threat(id), "analystVerdict"))
	}
}

func TestStatusAndVerdictAreSetInOneGo(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	id := console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Verdict: "suspicious"})
	console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Verdict: "true_positive"})
	s.Done(`triage filter={"computerName__contains":["DESKTOP-1"],"analystVerdicts":["suspicious"]} analyst-verdict="False Positive" incident-status=Resolved`)
	require.Equal(t, []string{"false_positive", "resolved"}, []string{of(console.Threat(id), "analystVerdict"), of(console.Threat(id), "incidentStatus")})
	require.Len(t, console.Changes(), 1)
	require.Contains(t, strings.Join(s.Plan("triage "+id+" verdict=false_positive status=resolved").Notes, " "), "1 threat has this status and verdict already. 1 threat is not mitigated yet.")
	s.Refused("triage filter={} verdict=suspicious status=resolved", "it restricts nothing")
	s.Refused(`triage filter={"hostname":"x"} verdict=suspicious status=resolved`, "hostname")
	s.Refused(`triage filter={"ids":["1112953674841025235"]} verdict=suspicious status=resolved`, "the console has no threat")
}

func TestANoteOfTheBotsIsChanged(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	id := console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})
	s.Done("note " + id + " text=first")
	note := console.Notes(id)[0]["id"].(string)
	line := "edit-note threat-id=" + id + " note-id=" + note + " note-content="
	require.Equal(t, []catalog.Diff{{Field: "note", Old: "first", New: "second"}}, s.Plan(line+"second").Changes)
	s.Done(line + "second")
	require.Equal(t, "second", console.Notes(id)[0]["text"])
	s.Refused(line+"second", "the note says that already")
	s.Refused(line+"x", "2 to 10000 characters, not 1")
	s.Refused("edit-note threat-id="+id+" note-id=2219000000000005378 note-content=xx", "the threat has no note with the id")
	s.Refused("edit-note threat-id="+id+" note-id=abc note-content=xx", "is not the id of a note")
	notes, err := s.Run("notes " + id)
	require.NoError(t, err)
	require.Contains(t, notes.Plain(), "note "+note)
}

func TestAnalysisFallsBackOnThePublicList(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	id := console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1", Indicators: []s1sim.Indicator{{Category: "Evasion", Description: "hides"}}})
	card, err := s.Run("analysis " + id + " components=indicators,ecsInfo")
	require.NoError(t, err)
	require.Contains(t, card.Plain(), "| Evasion | hides |")
	require.Contains(t, card.Plain(), "ECS Info: nothing.")
	require.NotContains(t, card.Plain(), "Classification: ")
	_, err = s.Run("analysis 1112953674841025235")
	require.ErrorContains(t, err, "Threat ID 1112953674841025235 was not found.")
	s.Refused("analysis "+id+" components=everything", "isn't one of Threat Info, Indicators")
	console.Fail(s1sim.Match{PathPrefix: "/private/"}, s1sim.Fault{Kind: s1sim.ServerError, Status: 404})
	card, err = s.Run("analysis " + id)
	require.NoError(t, err)
	require.Contains(t, card.Plain(), "This console has no threat analysis")
	console.Fail(s1sim.Match{PathPrefix: "/private/"}, s1sim.Fault{Kind: s1sim.Forbidden})
	_, err = s.Run("analysis " + id)
	require.ErrorContains(t, err, "status 403", "a refusal is told, not gone around")
	var parts map[string]any
	require.NoError(t, json.Unmarshal(s.As("analysis "+id+" components=indicators,whiteningOptions", render.Raw).Files[0].Body, &parts))
	require.ElementsMatch(t, []string{"indicators", "whiteningOptions"}, slices.Collect(maps.Keys(parts)))
}

func TestEventsOfAThreatAreListedAndCounted(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	id := console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Engine: "executables", Agent: "DESKTOP-1", Storyline: "STORY"})
	card, err := s.Run("threat-events " + id)
	require.NoError(t, err)
	for _, part := range []string{"203.0.113.66:443 outgoing", "c2.bad.example → 203.0.113.66", "CurrentVersion", "conhost.exe 0x4", "evil.exe (4711)"} {
		require.Contains(t, card.Plain(), part)
	}
	card, err = s.Run("threat-events " + id + " private=true event-types=file")
	require.NoError(t, err)
	require.Contains(t, card.Title, "Threat events · 2 match")
	card, err = s.Run("threat-events " + id + " count-only=true")
	require.NoError(t, err)
	require.Equal(t, "Threat events · 9 events", card.Title)
	again, err := s.Invoke(commandtest.Button(t, card, "List them"))
	require.NoError(t, err)
	require.Contains(t, again.Title, "Threat events · 9 match")
	card, err = s.Run("threat-events " + id + " limit=5")
	require.NoError(t, err)
	rest, err := s.Invoke(commandtest.Button(t, card, "More rows"))
	require.NoError(t, err)
	require.Len(t, rest.Parts[0].(render.Table).Rows, 4)
	s.Refused("threat-events "+id+" private=true event-sub-types=DNS", "the private call doesn't support it")
	s.Refused("threat-events "+id+" limit=1001", "above the maximum")
}

func TestFieldsNamesBecomeWords(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"agentComputerName": "Agent computer name", "osType": "OS type", "siteId": "Site ID", "id": "ID", "storyline": "Storyline"} {
		require.Equal(t, want, fieldWords(name))
	}
}

// Rollback is Windows' alone, remediation is not for Linux; what is not known of is left to the console.
func TestActionsFitSystems(t *testing.T) {
	t.Parallel()
	on := func(system string) s1.Threat {
		return s1.Threat{Realtime: s1.ThreatAgentNow{OSType: s1.OSType(system)}}
	}
	require.True(t, supports(s1.MitigateRollback, on("windows")))
	require.True(t, supports(s1.MitigateRollback, on("windows_legacy")))
	require.False(t, supports(s1.MitigateRollback, on("macos")))
	require.False(t, supports(s1.MitigateRemediate, on("linux")))
	require.True(t, supports(s1.MitigateRemediate, on("macos")))
	require.True(t, supports(s1.MitigateKill, on("linux")))
	require.True(t, supports(s1.MitigateRollback, on("")))
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
		require.Equal(t, same, samePath(asked, volume3), asked)
	}
	require.False(t, samePath(`D:\a\evil.exe`, `C:\a\evil.exe`))
	require.True(t, samePath(`/tmp/.x/Miner`, `/tmp/.x/miner`))
}
