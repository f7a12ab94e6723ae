package commands

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/commands/lookup"
	"s1bot/commands/threats"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/s1sim"
)

func agentNamed(t *testing.T, call *catalog.Call, name string) s1.Agent {
	found, err := lookup.AgentsNamed(t.Context(), call, "agent-ids", []s1.AgentID{s1.AgentID(name)})
	require.NoError(t, err)
	return found[0]
}

// as runs slash text whose answer is wanted in another form.
func as(t *testing.T, call *catalog.Call, text string, how render.How) render.Card {
	inv, _, err := All().Parse(text, input)
	require.NoError(t, err, text)
	inv.How = how
	card, err := invoke(t, All(), call, inv)
	require.NoError(t, err, text)
	return card
}

// of reads a word of a threat's.
func of(threat map[string]any, name string) string {
	return fmt.Sprint(threat["threatInfo"].(map[string]any)[name])
}

func TestFilesOfAHostAreQuarantinedByExactMatches(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	meant := console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Process: "svchost.exe", Path: `\Device\HarddiskVolume3\x\evil.exe`})
	other := console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-10", Process: "svchost.exe", Path: `\Device\HarddiskVolume3\x\evil.exe`})
	done(t, call, `quarantine DESKTOP-1 DESKTOP-2 originated-process-names=SVCHOST.exe file-paths="C:\x\evil.exe" reason=x`)
	require.Equal(t, "mitigated", of(console.Threat(meant), "mitigationStatus"))
	require.Equal(t, "not_mitigated", of(console.Threat(other), "mitigationStatus"))
	require.JSONEq(t, `{"filter":{"ids":["`+meant+`"]}}`, console.Changes()[0].Body)
	refused(t, console, call, "quarantine DESKTOP-1 hash=x reason=x", "is not a SHA-1 hash")
	refused(t, console, call, "quarantine DESKTOP-2 reason=x", "it matches no threat")
}

func TestAThreatThatTwoNamesFindIsActedOnOnce(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	id := console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-10"})
	names := append([]string{"DESKTOP-1"}, numbered(9)...)
	for i := range names[1:] {
		names[i+1] = fmt.Sprintf("NOBODY-%d", i)
	}
	plan := planned(t, call, "kill "+strings.Join(names, " ")+" DESKTOP-10 reason=x")
	require.Len(t, plan.Targets, 1)
	require.Equal(t, id, plan.Targets[0].ID)
}

func TestHostsOfOneNameAreSaidToBeSeveral(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	for _, a := range console.Agents() {
		if a["computerName"] == "KIOSK" {
			console.AddThreat(s1sim.ThreatSpec{Agent: a["id"].(string)})
		}
	}
	plan := planned(t, call, "quarantine kiosk reason=x")
	require.Len(t, plan.Targets, 2)
	require.Contains(t, plan.Notes, `2 endpoints are called "kiosk"; threats on each of them are meant.`)
}

func TestRollbackIsRefusedWhereItDoesNotWorkAndDoneForTheRest(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	windows := console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})
	linux := console.AddThreat(s1sim.ThreatSpec{Agent: "LNX-WEB-1"})
	card, err := run(t, All(), call, "rollback DESKTOP-1 LNX-WEB-1 reason=x")
	require.NoError(t, err)
	require.Equal(t, render.Partial, card.Outcome)
	require.Contains(t, card.Plain(), "rollback not done, the system does not support it")
	require.JSONEq(t, `{"filter":{"ids":["`+windows+`"]}}`, console.Changes()[0].Body)
	require.Equal(t, "not_mitigated", of(console.Threat(linux), "mitigationStatus"))
	refused(t, console, call, "rollback LNX-WEB-1 reason=x", "Rollback does not work on the systems of these hosts: LNX-WEB-1 · Linux")
	refused(t, console, call, "rollback MAC-1 reason=x", "it matches no threat")
}

func TestThreatsOfOneEndpointAreResolved(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	here, there := console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"}), console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-2"})
	done(t, call, "resolve "+here+" "+there+" agent-id=desktop-1")
	require.Equal(t, "resolved", of(console.Threat(here), "incidentStatus"))
	require.Equal(t, "unresolved", of(console.Threat(there), "incidentStatus"))
	refused(t, console, call, "resolve "+there+" agent-id=DESKTOP-1", "none of the threats is on this endpoint; they are on DESKTOP-2")
	refused(t, console, call, "resolve 1112953674841025235 agent-id=DESKTOP-1", "the console knows no threat with the id")
	card, err := run(t, All(), call, "resolve "+here+" agent-id=DESKTOP-1")
	require.NoError(t, err)
	require.Equal(t, render.Failed, card.Outcome)
	require.Contains(t, card.Plain(), "was so already")
}

func TestSuspicionsBecomeThreats(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	id := console.AddThreat(s1sim.ThreatSpec{Confidence: "suspicious", Agent: "DESKTOP-1"})
	done(t, call, "mark-as-threat "+id+" reason=x")
	require.Equal(t, "malicious", of(console.Threat(id), "confidenceLevel"))
	require.Equal(t, "/web/api/v2.0/threats/mark-as-threat", console.Changes()[0].Path)
	require.Contains(t, planned(t, call, "mark-as-threat "+id+" reason=x").Notes[0], "1 threat is taken for malicious already.")
}

func TestStatusAndVerdictAreSetInOneGo(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	id := console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Verdict: "suspicious"})
	console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Verdict: "true_positive"})
	done(t, call, `triage filter={"computerName__contains":["DESKTOP-1"],"analystVerdicts":["suspicious"]} analyst-verdict="False Positive" incident-status=Resolved`)
	require.Equal(t, []string{"false_positive", "resolved"}, []string{of(console.Threat(id), "analystVerdict"), of(console.Threat(id), "incidentStatus")})
	require.Len(t, console.Changes(), 1)
	require.Contains(t, strings.Join(planned(t, call, "triage "+id+" verdict=false_positive status=resolved").Notes, " "), "1 threat has this status and verdict already. 1 threat is not mitigated yet.")
	refused(t, console, call, "triage filter={} verdict=suspicious status=resolved", "it restricts nothing")
	refused(t, console, call, `triage filter={"hostname":"x"} verdict=suspicious status=resolved`, "hostname")
	refused(t, console, call, `triage filter={"ids":["1112953674841025235"]} verdict=suspicious status=resolved`, "the console knows no threat")
}

func TestANoteOfTheBotsIsChanged(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	id := console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})
	done(t, call, "note "+id+" text=first")
	note := console.Notes(id)[0]["id"].(string)
	line := "edit-note threat-id=" + id + " note-id=" + note + " note-content="
	require.Equal(t, []catalog.Diff{{Field: "note", Old: "first", New: "second"}}, planned(t, call, line+"second").Changes)
	done(t, call, line+"second")
	require.Equal(t, "second", console.Notes(id)[0]["text"])
	refused(t, console, call, line+"second", "the note says that already")
	refused(t, console, call, line+"x", "2 to 10000 characters, not 1")
	refused(t, console, call, "edit-note threat-id="+id+" note-id=2219000000000005378 note-content=xx", "the threat has no note with the id")
	refused(t, console, call, "edit-note threat-id="+id+" note-id=abc note-content=xx", "is not the id of a note")
	notes, err := run(t, All(), call, "notes "+id)
	require.NoError(t, err)
	require.Contains(t, notes.Plain(), "note "+note)
}

func TestAlertsAreTriagedByIdAndByFilter(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	first, second := console.AddAlert(s1sim.AlertSpec{Rule: "Encoded", Agent: "DESKTOP-1"}), console.AddAlert(s1sim.AlertSpec{Rule: "Other", Agent: "DESKTOP-1"})
	word := func(id, name string) any { return console.Alert(id)["alertInfo"].(map[string]any)[name] }
	done(t, call, `alert-status `+first+` status="In Progress"`)
	require.Equal(t, []any{"In progress", "Unresolved"}, []any{word(first, "incidentStatus"), word(second, "incidentStatus")})
	done(t, call, `update-alert-verdict filter={"ruleName__contains":["encod"]} analyst-verdict="True Positive"`)
	require.Equal(t, []any{"True positive", "Undefined"}, []any{word(first, "analystVerdict"), word(second, "analystVerdict")})
	done(t, call, `update-alert-verdict `+second+` analyst-verdict=suspicious`)
	require.Equal(t, "Suspicious", word(second, "analystVerdict"))
	require.Contains(t, planned(t, call, `alert-status `+first+` status="In Progress"`).Notes, "1 alert has this status already.")
	refused(t, console, call, `update-alert-verdict filter={"limit":1} analyst-verdict=suspicious`, "it restricts nothing")
	refused(t, console, call, `alert-status 1985998272619999973 status=resolved`, "the console knows no alert with the id")
}

func TestAnalysisFallsBackOnThePublicList(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	id := console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1", Indicators: []s1sim.Indicator{{Category: "Evasion", Description: "hides"}}})
	card, err := run(t, All(), call, "analysis "+id+" components=indicators,ecsInfo")
	require.NoError(t, err)
	require.Contains(t, card.Plain(), "| Evasion | hides |")
	require.Contains(t, card.Plain(), "ECS Info: nothing.")
	require.NotContains(t, card.Plain(), "Classification: ")
	_, err = run(t, All(), call, "analysis 1112953674841025235")
	require.ErrorContains(t, err, "Threat ID 1112953674841025235 was not found.")
	refused(t, console, call, "analysis "+id+" components=everything", "is none of Threat Info, Indicators")
	console.Fail(s1sim.Match{PathPrefix: "/private/"}, s1sim.Fault{Kind: s1sim.ServerError, Status: 404})
	card, err = run(t, All(), call, "analysis "+id)
	require.NoError(t, err)
	require.Contains(t, card.Plain(), "This console has no analysis of its own")
	console.Fail(s1sim.Match{PathPrefix: "/private/"}, s1sim.Fault{Kind: s1sim.Forbidden})
	_, err = run(t, All(), call, "analysis "+id)
	require.ErrorContains(t, err, "status 403", "a refusal is told, not gone around")
	var parts map[string]any
	require.NoError(t, json.Unmarshal(as(t, call, "analysis "+id+" components=indicators,whiteningOptions", render.Raw).Files[0].Body, &parts))
	require.ElementsMatch(t, []string{"indicators", "whiteningOptions"}, keys(parts))
}

func TestEventsOfAThreatAreListedAndCounted(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	id := console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Engine: "executables", Agent: "DESKTOP-1", Storyline: "STORY"})
	card, err := run(t, All(), call, "threat-events "+id)
	require.NoError(t, err)
	for _, part := range []string{"203.0.113.66:443 outgoing", "c2.bad.example → 203.0.113.66", "CurrentVersion", "conhost.exe 0x4", "evil.exe (4711)"} {
		require.Contains(t, card.Plain(), part)
	}
	card, err = run(t, All(), call, "threat-events "+id+" private=true event-types=file")
	require.NoError(t, err)
	require.Contains(t, card.Title, "Threat events · 2 match")
	card, err = run(t, All(), call, "threat-events "+id+" count-only=true")
	require.NoError(t, err)
	require.Equal(t, "Threat events · 9 events", card.Title)
	again, err := invoke(t, All(), call, button(t, card, "List them"))
	require.NoError(t, err)
	require.Contains(t, again.Title, "Threat events · 9 match")
	card, err = run(t, All(), call, "threat-events "+id+" limit=5")
	require.NoError(t, err)
	rest, err := invoke(t, All(), call, button(t, card, "Rows after these"))
	require.NoError(t, err)
	require.Len(t, rest.Parts[0].(render.Table).Rows, 4)
	refused(t, console, call, "threat-events "+id+" private=true event-sub-types=DNS", "the private call does not know it")
	refused(t, console, call, "threat-events "+id+" limit=1001", "above the maximum")
}

func TestActivitiesAreTenUnlessSomebodySaysOtherwise(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	for range 15 {
		console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})
	}
	rows := func(text string) int {
		card, err := run(t, All(), call, text)
		require.NoError(t, err, text)
		n := 0
		for _, part := range card.Parts {
			if table, ok := part.(render.Table); ok {
				n += len(table.Rows)
			}
		}
		return n
	}
	require.Equal(t, 10, rows("activities"))
	require.Equal(t, 3, rows(`activities filter={"limit":3}`))
	require.Equal(t, 4, rows(`activities filter={"limit":3} limit=4`))
	require.Contains(t, console.Calls()[0].Query.Encode(), "sortBy=createdAt&sortOrder=desc")
	card := as(t, call, "activities limit=0", render.CSV)
	require.Equal(t, 16, strings.Count(string(card.Files[0].Body), "\n"))
	for text, problem := range map[string]string{
		`activities filter={"sortBy":"user"}`: "sortBy cannot be", `activities filter={"limit":1001}`: "limit is 0 to 1000",
		`activities filter={"agent":"x"}`: "knows no key", "activities limit=1001": "above the maximum", "activities filter=nonsense": "neither JSON",
	} {
		refused(t, console, call, text, problem)
	}
}

func TestFieldsNamesBecomeWords(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"agentComputerName": "Agent computer name", "osType": "OS type", "siteId": "Site ID", "id": "ID", "storyline": "Storyline"} {
		require.Equal(t, want, threats.FieldWords(name))
	}
}
