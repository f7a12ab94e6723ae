package commands_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/s1sim"
)

// Each change whose answer counts what it affects (data.affected; data.agentsMoved of moves between groups), for two things.
// {threats}, {alerts}, {rules} and the like stand for the ids of two.
func counted() map[string]string {
	return map[string]string{
		"disconnect-agent-from-network": "isolate DESKTOP-1,DESKTOP-2 reason=x",
		"connect-agent-to-network":      "reconnect DESKTOP-1,DESKTOP-2 reason=x",
		"initiate-scan":                 "scan DESKTOP-1,DESKTOP-2",
		"broadcast-message":             "broadcast DESKTOP-1,DESKTOP-2 message=hello",
		"shutdown-endpoints":            "shutdown-endpoints DESKTOP-1,DESKTOP-2 reason=x",
		"restart-endpoints":             "restart-endpoints DESKTOP-1,DESKTOP-2 reason=x",
		"set-customer-id":               "customer-id DESKTOP-1,DESKTOP-2 id=lab",
		"move-agents":                   "move DESKTOP-1,DESKTOP-2 group-id={group}",
		"move-agents-between-sites":     "move-to-site DESKTOP-1,DESKTOP-2 site-id=Lyon reason=x",
		"add-notes-to-threats":          `add-notes-to-threats filter={"ids":[{threats}]} note-text=seen`,
		"update-threat-analyst-verdict": "update-threat-analyst-verdict {threats} analyst-verdict=suspicious",
		"update-incident-status":        "update-incident-status {threats} status=in_progress",
		"update-threat-incident":        `update-threat-incident filter={"ids":[{threats}]} incident-status=Resolved analyst-verdict=Suspicious`,
		"mitigate-threats":              `mitigate-threats filter={"ids":[{threats}]} mitigate-action=Quarantine reason=x`,
		"kill-processes":                "kill-processes computer-names=DESKTOP-1,DESKTOP-2 reason=x",
		"quarantine-files":              "quarantine-files computer-names=DESKTOP-1,DESKTOP-2 reason=x",
		"rollback-remediation":          "rollback-remediation computer-names=DESKTOP-1,DESKTOP-2 reason=x",
		"mark-as-threat":                "mark-as-threat {threats} reason=x",
		"resolve-threat":                "resolve-threat {threat} agent-id=DESKTOP-1",
		"fetch-threat-file":             `fetch-threat-file threat-ids={threats} password="Infected-2026!x"`,
		"update-alert-analyst-verdict":  "update-alert-analyst-verdict {alerts} analyst-verdict=suspicious",
		"update-alert-incident-status":  "update-alert-incident-status {alerts} status=Resolved",
		"update-alert-verdict":          `update-alert-verdict filter={"ids":[{alerts}]} analyst-verdict=Suspicious`,
		"activate-star-custom-rules":    `activate-star-custom-rules "Rare parent of a shell","Logins at night"`,
		"disable-star-custom-rules":     "disable-star-custom-rules {rules} reason=x",
		"delete-star-custom-rules":      "delete-star-custom-rules {rules} reason=x",
		"delete-exclusions":             "delete-exclusions {exclusions} reason=x",
		"remove-items-in-blacklist":     "remove-items-in-blacklist {blocked} reason=x",
		"add-threat-to-blacklist":       "add-threat-to-blacklist {collections} site-id=Paris target-scope=site reason=x",
		"delete-iocs":                   "delete-iocs account-ids={account} ioc-values=203.0.113.66,update.bad.example reason=x",
		"run-script":                    `run-script filter={"ids":[{agents}]} script-id="List Open Ports" task-description=story output-destination=None reason=x`,
	}
}

// uncounted are the changes whose answers count nothing: they name what they made or changed, say success, or are GraphQL.
func uncounted() []string {
	return []string{
		"block-hash", "block-remote-hosts", "collect-files", "create-exclusion", "create-group", "create-ioc", "create-star-custom-rule", "delete-group",
		"download-files", "download-threat-files", "fetch-files", "get-script-results", "note-unified-alert", "update-account-policy", "update-exclusion",
		"update-global-policy", "update-star-custom-rule", "update-threat-note", "update-unified-alert",
	}
}

// A miscounting console counts what a change affects in its own way.
type miscounting struct {
	*s1sim.Console
	count func(data map[string]any) // changes the data of an answer that counts
}

func (c *miscounting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet || c.count == nil {
		c.Console.ServeHTTP(w, r)
		return
	}
	recorder := httptest.NewRecorder()
	c.Console.ServeHTTP(recorder, r)
	var answer map[string]any
	if json.Unmarshal(recorder.Body.Bytes(), &answer) == nil {
		if data, ok := answer["data"].(map[string]any); ok {
			c.count(data)
		}
	}
	raw, err := json.Marshal(answer)
	if err != nil {
		raw = recorder.Body.Bytes()
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(recorder.Code)
	_, _ = w.Write(raw)
}

// counts sets what an answer counts, or leaves it out; what it says of single things goes, as on older consoles.
func counts(n any) func(map[string]any) {
	return func(data map[string]any) {
		for _, key := range []string{"affected", "agentsMoved"} {
			if _, ok := data[key]; !ok {
				continue
			}
			delete(data, "details")
			if data[key] = n; n == nil {
				delete(data, key)
			}
		}
	}
}

// twoOfEach begins a session at a console that has two of whatever counted speaks of, and fills a line in.
func twoOfEach(t *testing.T, line string) (*miscounting, *commandtest.Session, string) {
	time.Sleep(time.Until(commandtest.Now)) // a bubble's clock begins before there were ids
	sim := s1sim.New(s1sim.Options{Empty: true})
	c := &miscounting{Console: sim}
	var threats, alerts, collections []string
	for i, host := range []string{"DESKTOP-1", "DESKTOP-2"} {
		id := sim.AddThreat(s1sim.ThreatSpec{Name: fmt.Sprintf("evil%d.exe", i), Agent: host})
		threats = append(threats, id)
		collections = append(collections, sim.Threat(id)["threatInfo"].(map[string]any)["collectionId"].(string))
		alerts = append(alerts, sim.AddAlert(s1sim.AlertSpec{Rule: "story", Agent: host}))
	}
	ids := func(rows []map[string]any, is func(map[string]any) bool) (two []string) {
		for _, row := range rows {
			if is(row) && len(two) < 2 {
				two = append(two, row["id"].(string))
			}
		}
		require.Len(t, two, 2)
		return two
	}
	every := func(map[string]any) bool { return true }
	list := func(ids []string) string { return strings.Join(ids, ",") }
	quoted := func(ids []string) string { return `"` + strings.Join(ids, `","`) + `"` }
	if strings.Contains(line, "[{") {
		list = quoted
	}
	agent := sim.Agent("DESKTOP-1")
	return c, commandtest.At(t, commands.All(), c), strings.NewReplacer(
		"{agents}", list([]string{sim.Agent("DESKTOP-1")["id"].(string), sim.Agent("DESKTOP-2")["id"].(string)}), "{threats}", list(threats), "{threat}", threats[0], "{alerts}", list(alerts), "{collections}", list(collections), "{group}", sim.GroupID("Paris", "Kiosks"), "{account}", agent["accountId"].(string),
		"{rules}", list(ids(sim.Rules(), func(r map[string]any) bool { return r["status"] == "Active" })), "{exclusions}", list(ids(sim.Exclusions(), every)), "{blocked}", list(ids(sim.Blocklist(), every)),
	).Replace(line)
}

func TestEveryChangeThatIsCountedIsListed(t *testing.T) {
	t.Parallel()
	listed := append(slices.Collect(maps.Keys(counted())), uncounted()...)
	slices.Sort(listed)
	var changes []string
	for _, cmd := range commands.All().Commands() {
		if cmd.Risk != catalog.Read {
			changes = append(changes, cmd.Name)
		}
	}
	slices.Sort(changes)
	require.Equal(t, changes, listed)
}

// However the console counts, the person reads what that means: nothing is a failure, fewer is partial, more is said and is no green tick, and
// where the console doesn't count nobody claims that it was done, unless the things themselves show it.
func TestWhatTheConsoleCountsIsTold(t *testing.T) {
	t.Parallel()
	for name, line := range counted() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				said := map[string]answer{}
				for what, n := range map[string]any{"none": 0, "one": 1, "two": 2, "seven": 7, "missing": nil} {
					said[what] = misjudged(t, name, line, n)
				}
				require.Equal(t, render.Failed, said["none"].card.Outcome)
				switch name {
				case "resolve-threat": // takes one
					said["one"].is(t, render.Successful, "1 of 1")
					said["two"].is(t, render.Successful, "⚠️ The console reports 2 affected, but you requested 1")
				case "fetch-threat-file": // asks for each by itself
					said["one"].is(t, render.Successful, "2 of 2")
					said["two"].is(t, render.Successful, "⚠️ The console reports 2 affected, but you requested 1")
				default:
					said["one"].is(t, render.Partial, "1 of 2")
					said["two"].is(t, render.Successful, "2 of 2")
					require.NotContains(t, said["two"].card.Plain(), "you requested")
				}
				said["seven"].is(t, render.Successful, "⚠️ The console reports 7 affected, but you requested", "check the console")
				said["missing"].isUncertain(t, name)
			})
		})
	}
}

// An answer is what came of a command.
type answer struct {
	card render.Card
	err  error
}

// misjudged runs a line at a console that counts n.
func misjudged(t *testing.T, name, line string, n any) answer {
	c, s, line := twoOfEach(t, line)
	if name == "connect-agent-to-network" {
		s.Done("isolate DESKTOP-1,DESKTOP-2 reason=x")
	}
	c.count = counts(n)
	card, err := s.Run(line)
	return answer{card, err}
}

func (a answer) is(t *testing.T, outcome render.Outcome, words ...string) {
	t.Helper()
	require.NoError(t, a.err)
	require.Equal(t, outcome, a.card.Outcome, a.card.Plain())
	for _, w := range words {
		require.Contains(t, a.card.Plain(), w)
	}
}

// isUncertain is what people read where the console took a change and didn't count.
func (a answer) isUncertain(t *testing.T, name string) {
	t.Helper()
	switch name {
	case "move-agents": // the endpoints show it
		a.is(t, render.Successful, "2 of 2 endpoints: moved")
	case "run-script": // its task does
		a.is(t, render.Successful, "Accepted, not run yet")
	case "fetch-threat-file":
		require.Equal(t, render.Failed, a.card.Outcome)
	default:
		var e *s1.Error
		require.ErrorAs(t, a.err, &e)
		require.True(t, e.Unknown(), "nobody knows whether it was done: %v", e)
	}
}
