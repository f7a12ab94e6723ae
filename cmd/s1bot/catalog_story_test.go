package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/forms"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/huntapi"
	"s1bot/s1/s1sim"
)

// lines is one use of every command that the simulated console can answer. {threat}, {alert}, {account}, {site} and {group}
// stand for ids.
func lines() map[string]string {
	return map[string]string{
		"list-agents":                   "list-agents computer-name=DESKTOP limit=20",
		"get-agent-info":                "get-agent-info DESKTOP-1",
		"disconnect-agent-from-network": "isolate DESKTOP-1 reason=test",
		"connect-agent-to-network":      "connect-agent-to-network DESKTOP-1 reason=test",
		"shutdown-endpoints":            "shutdown-endpoints DESKTOP-1 reason=test",
		"get-threat":                    "get-threat limit=5",
		"get-threat-notes":              "get-threat-notes {threat}",
		"add-notes-to-threats":          `add-notes-to-threats filter={"ids":["{threat}"]} note-text="seen by the story"`,
		"update-threat-analyst-verdict": "update-threat-analyst-verdict {threat} analyst-verdict=suspicious",
		"update-incident-status":        "update-incident-status {threat} status=in_progress",
		"mitigate-threats":              `mitigate-threats filter={"ids":["{threat}"]} mitigate-action=Quarantine reason=test`,
		"kill-processes":                "kill-processes computer-names=DESKTOP-1 reason=test",
		"get-alerts":                    "get-alerts limit=5",
		"update-alert-analyst-verdict":  "update-alert-analyst-verdict {alert} analyst-verdict=suspicious",
		"fetch-event":                   "fetch-event start-time=-7d end-time=now",
		"get-sites":                     "get-sites",
		"get-groups":                    "get-groups site-ids={site}",
		"list-accounts":                 "list-accounts",
		"get-account-policy":            "get-account-policy {account}",
		"update-account-policy":         `update-account-policy account-id={account} policy={"mitigationModeSuspicious":"protect"} reason=test`,
		"get-global-policy":             "get-global-policy",
		"update-global-policy":          `update-global-policy policy={"mitigationMode":"detect"} reason=test`,
		"get-system-info":               "get-system-info",
		"get-system-status":             "get-system-status",
		"test-connection":               "test-connection",

		"broadcast-message":            `broadcast-message DESKTOP-1 message="please save your work"`,
		"initiate-scan":                `initiate-scan filter={"computerName":"DESKTOP-1"}`,
		"restart-endpoints":            "restart-endpoints DESKTOP-1 reason=test",
		"move-agents":                  "move-agents DESKTOP-1 group-id={othergroup}",
		"move-agents-between-sites":    "move-agents-between-sites DESKTOP-1 site-id=Lyon reason=test",
		"set-customer-id":              `set-customer-id customer-id=ACME-1 filter={"computerName":"DESKTOP-1"}`,
		"get-agent-applications":       "get-agent-applications DESKTOP-1",
		"create-group":                 "create-group name=Lab site-id=Paris inherits=true",
		"delete-group":                 "delete-group group-ids={othergroup} reason=test",
		"quarantine-files":             "quarantine-files computer-names=DESKTOP-1 reason=test",
		"rollback-remediation":         "rollback-remediation computer-names=DESKTOP-1 reason=test",
		"resolve-threat":               "resolve-threat {threat} agent-id=DESKTOP-1",
		"mark-as-threat":               "mark-as-threat {threat} reason=test",
		"update-alert-incident-status": "update-alert-incident-status {alert} status=Resolved",
		"update-alert-verdict":         `update-alert-verdict filter={"ids":["{alert}"]} analyst-verdict=Suspicious`,
		"update-threat-incident":       `update-threat-incident filter={"ids":["{threat}"]} incident-status=Resolved analyst-verdict=Suspicious`,
		"update-threat-note":           `update-threat-note threat-id={threat} note-id={note} text="seen again"`,
		"get-threat-analysis":          "get-threat-analysis {threat}",
		"get-threat-events":            "get-threat-events {threat}",
		"get-activities":               "get-activities limit=10",

		"get-star-custom-rules":      "get-star-custom-rules",
		"activate-star-custom-rules": `activate-star-custom-rules rule-ids="Rare parent of a shell"`,
		"disable-star-custom-rules":  `disable-star-custom-rules rule-ids="Office program starts a script host" reason=test`,
		"delete-star-custom-rules":   `delete-star-custom-rules rule-ids="Rare parent of a shell" reason=test`,
		"create-star-custom-rule": `create-star-custom-rule name="Encoded PowerShell" s1ql="SrcProcCmdLine ContainsCIS \"-enc\"" query-type=Events severity=High ` +
			`status=Draft expiration-mode=Permanent site-ids=Paris reason=test`,
		"update-star-custom-rule": `update-star-custom-rule rule-id="Rare parent of a shell" name="Rare parent of a shell" s1ql="SrcProcParentName = \"calc.exe\"" ` +
			`query-type=Events severity=High status=Draft expiration-mode=Permanent reason=test`,
		"get-exclusions":    "get-exclusions site-ids=Paris",
		"create-exclusion":  `create-exclusion type=Hash operation-system=Linux value=3395856ce81f2b7382dee72602f798b642f14199 site-ids=Paris reason=test`,
		"update-exclusion":  `update-exclusion exclusion-id={exclusion} type=Path operation-system=Windows value="C:\Build2\" description=moved reason=test`,
		"delete-exclusions": "delete-exclusions exclusion-ids={exclusion} reason=test",

		"get-black-list":                  "get-black-list limit=10",
		"block-hash":                      "block-hash 3395856ce81f2b7382dee72602f798b642f14177 os=Windows site=Paris reason=test",
		"add-threat-to-blacklist":         "add-threat-to-blacklist collection-ids={collection} site-id=Paris target-scope=site reason=test",
		"remove-items-in-blacklist":       "remove-items-in-blacklist item-ids={blocked} reason=test",
		"get-hash-reputations":            "get-hash-reputations 3395856ce81f2b7382dee72602f798b642f14140",
		"list-iocs":                       "list-iocs account-ids={account}",
		"create-ioc":                      "create-ioc account-ids={account} source=Story type=IPv4 ioc-value=203.0.113.9",
		"delete-iocs":                     "delete-iocs account-ids={account} ioc-values=203.0.113.66 reason=test",
		"query":                           `query start-time=-24h end-time=now query='AgentName CONTAINS "DESKTOP"'`,
		"create-query":                    `create-query start-time=-24h end-time=now limit=10 query='AgentName CONTAINS "DESKTOP"'`,
		"get-query-status":                "get-query-status {query}",
		"get-events-by-query-id-and-type": "get-events-by-query-id-and-type {query}",
		"get-agent-process":               `get-agent-process start-time=-7d end-time=now limit=10 query='AgentName CONTAINS "DESKTOP"'`,
		"create-power-query":              `create-power-query start-time=-24h end-time=now limit=10 query="event.time = * | columns eventTime = event.time, agentUuid = agent.uuid"`,
		"ping-power-query":                "ping-power-query {powerquery}",
		"collect-files":                   `collect-files agent-id=DESKTOP-1 file-paths=C:\Windows\Temp\a.txt password="Infected-2026!x"`,
		"fetch-files":                     `fetch-files agent-id=DESKTOP-1 files-path=C:\Windows\Temp\a.txt password="Infected-2026!x"`,
		"download-files":                  "download-files agent-id=DESKTOP-1 command-batch-uuids={batch}",
		"fetch-threat-file":               `fetch-threat-file threat-ids={threat} password="Infected-2026!x"`,
		"download-threat-files":           "download-threat-files agent-id=DESKTOP-1 threat-id={threat} command-batch-uuids={threatbatch}",
		"get-scripts":                     "get-scripts limit=10",
		"run-script":                      `run-script filter={"computerName":"DESKTOP-1"} script-id="List Open Ports" task-description="story" output-destination=SentinelCloud reason=test`,
		"get-script-task-status":          "get-script-task-status parent-task-ids={run}",
		"get-script-results":              "get-script-results task-ids={task}",

		"list-unified-alerts":  "list-unified-alerts limit=5",
		"get-unified-alert":    "get-unified-alert {unified}",
		"update-unified-alert": "update-unified-alert {unified} status=resolved assignee=alice@example.com",
		"note-unified-alert":   `note-unified-alert {unified} note-text="seen by the story"`,

		"block-remote-hosts": "block-remote-hosts rule-name=C2 site-id=Paris remote-host-values=203.0.113.77 reason=test",
	}
}

// A stage is a story in which every command has something to work on.
type stage struct {
	*story
	ids map[string]string
}

func setStage(t *testing.T) stage {
	t.Helper()
	return dress(tell(t))
}

// dress puts on a story's stage what the lines speak of.
func dress(s *story) stage {
	threat := s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1", Process: "explorer.exe"})
	agent := s.console.Agent("DESKTOP-1")
	info := s.console.Threat(threat)["threatInfo"].(map[string]any)
	return stage{s, map[string]string{
		"{collection}": info["collectionId"].(string), "{exclusion}": idOf(s.console.Exclusions()[1]), "{blocked}": idOf(s.console.Blocklist()[0]),
		"{othergroup}": s.console.GroupID("Paris", "Kiosks"), "{note}": note(s.t, s, threat),
		"{threat}": threat, "{alert}": s.console.AddAlert(s1sim.AlertSpec{Rule: "story", Severity: "High"}),
		"{unified}": s.console.AddUnifiedAlert(s1sim.UnifiedSpec{Name: "Impossible travel", Site: "Paris", Host: "DESKTOP-1"}),
		"{account}": agent["accountId"].(string), "{site}": agent["siteId"].(string), "{group}": agent["groupId"].(string),
	}}
}

func idOf(row map[string]any) string { return row["id"].(string) }

// note writes a note on a threat, as an analyst in the console would, and returns its id.
func note(t testing.TB, s *story, threat string) string {
	t.Helper()
	_, err := s.program.consoles[0].client.AddThreatNotes(t.Context(), []s1.ThreatID{s1.ThreatID(threat)}, "first look")
	require.NoError(t, err)
	s.console.Reset()
	return idOf(s.console.Notes(threat)[0])
}

func (s stage) line(command string) string {
	line := lines()[command]
	require.NotEmpty(s.t, line, "write a line for %s", command)
	for name, make := range s.makers() {
		if _, made := s.ids[name]; !made && strings.Contains(line, name) {
			s.ids[name] = make()
		}
	}
	for name, id := range s.ids {
		line = strings.ReplaceAll(line, name, id)
	}
	return line
}

// makers start at the console what some commands ask about, and return its id. Once is enough for a story.
func (s stage) makers() map[string]func() string {
	c, ctx, t := s.program.consoles[0].client, s.t.Context(), s.t
	day := s1.Time{Time: time.Now().Add(-24 * time.Hour)}
	upload := func(activity string) string {
		ups, err := s1.Collect(c.Uploads(ctx, s1.Query{}.With("activityTypes", activity)))
		require.NoError(t, err)
		require.NotEmpty(t, ups)
		return ups[0].Data.Batch
	}
	agent := s1.AgentID(idOf(s.console.Agent("DESKTOP-1")))
	run := func() s1.TaskID {
		scripts, err := s1.Collect(c.Scripts(ctx, s1.Query{}.With("query", "List Open Ports")))
		require.NoError(t, err)
		run, err := c.RunScript(ctx, []s1.AgentID{agent}, s1.ScriptRun{Script: scripts[0].ID, Description: "story", Destination: "SentinelCloud", Password: s1.NewSecret("Infected-2026!x")})
		require.NoError(t, err)
		return run.Task
	}
	return map[string]func() string{
		"{query}": func() string {
			id, err := c.StartQuery(ctx, huntapi.EventQuery{Query: `AgentName CONTAINS "DESKTOP"`, From: day, To: s1.Time{Time: time.Now()}, Limit: 10}, nil)
			require.NoError(t, err)
			return string(id)
		},
		"{powerquery}": func() string {
			r, err := c.StartPowerQuery(ctx, huntapi.PowerQuery{Query: "event.time = * | columns eventTime = event.time", From: day, To: s1.Time{Time: time.Now()}, Limit: 10})
			require.NoError(t, err)
			return string(r.ID)
		},
		"{batch}": func() string {
			require.NoError(t, c.FetchFiles(ctx, agent, []string{`C:\Windows\Temp\a.txt`}, s1.NewSecret("Infected-2026!x")))
			return upload("80")
		},
		"{threatbatch}": func() string {
			_, err := c.FetchThreatFile(ctx, s1.ThreatID(s.ids["{threat}"]), s1.NewSecret("Infected-2026!x"))
			require.NoError(t, err)
			return upload("86")
		},
		"{run}": func() string { return string(run()) },
		"{task}": func() string {
			tasks, err := s1.Collect(c.ScriptTasks(ctx, s1.Query{}.With("parentTaskId", string(run()))))
			require.NoError(t, err)
			require.NotEmpty(t, tasks)
			return string(tasks[0].ID)
		},
	}
}

func TestEveryCommandHasAStory(t *testing.T) {
	t.Parallel()
	for _, cmd := range commands.Known().Commands() {
		require.NotEmpty(t, lines()[cmd.Name], "write a line for %s", cmd.Name)
	}
	require.Len(t, lines(), len(commands.Known().Commands()))
}

func TestEveryCommandFromSlashText(t *testing.T) {
	t.Parallel()
	for _, cmd := range commands.Known().Commands() {
		t.Run(cmd.Name, func(t *testing.T) {
			t.Parallel()
			s := setStage(t)
			s.types("alice", "#soc", "/s1 "+s.line(cmd.Name))
			s.ends(cmd)
		})
	}
}

func TestEveryCommandFromItsForm(t *testing.T) {
	t.Parallel()
	for _, cmd := range commands.Known().Commands() {
		t.Run(cmd.Name, func(t *testing.T) {
			t.Parallel()
			s := setStage(t)
			s.types("alice", "#soc", "/s1")
			form := s.wholeForm(cmd, s.picks("alice", cmd.Name))
			result := s.submits("alice", form, s.fields(cmd, form))
			require.Empty(t, result.Errors)
			s.ends(cmd)
		})
	}
}

// wholeForm is a form once a person has unfolded and chosen what brings the fields that they need.
func (s stage) wholeForm(cmd *catalog.Command, form slacksim.View) slacksim.View {
	s.t.Helper()
	wanted := s.asked(cmd)
	for _, f := range wanted {
		if f.Redraws && len(f.Value) > 0 && !hasFields(form, wanted) {
			require.NoError(s.t, s.slack.User("alice").Fills(form, map[string]any{f.Name: entered(f)}))
			form = s.redrawn(form)
		}
	}
	if !hasFields(form, wanted) && slices.Contains(form.Buttons(), "Advanced") {
		s.clicks("alice", form, "Advanced")
		form = s.redrawn(form)
	}
	return form
}

// hasFields tells whether a form asks for all that has a value.
func hasFields(form slacksim.View, wanted []render.FormField) bool {
	return !slices.ContainsFunc(wanted, func(f render.FormField) bool {
		return len(f.Value) > 0 && !strings.Contains(string(form.Blocks), `"block_id":"`+f.Name+`"`)
	})
}

// redrawn waits until a form was drawn again.
func (s stage) redrawn(before slacksim.View) slacksim.View {
	s.t.Helper()
	var now slacksim.View
	require.Eventually(s.t, func() bool {
		v, ok := s.slack.User(before.User).View()
		now = v
		return ok && v.Hash != before.Hash
	}, patience, 5*time.Millisecond, "the form is drawn again")
	return now
}

// asked are the fields of a form that asks for what the command's line asks for, filled.
func (s stage) asked(cmd *catalog.Command) []render.FormField {
	s.t.Helper()
	inv, _, err := slash.Parse(commands.Known(), s.line(cmd.Name), text.Input{Zone: time.UTC, Now: time.Now()})
	require.NoError(s.t, err)
	return forms.Of(cmd, inv.Args, catalog.Caller{Zone: time.UTC}).Fields
}

// fields is what a person enters into the form to ask for what the line asks for.
func (s stage) fields(cmd *catalog.Command, form slacksim.View) map[string]any {
	s.t.Helper()
	inv, extras, err := slash.Parse(commands.Known(), s.line(cmd.Name), text.Input{Zone: time.UTC, Now: time.Now()})
	require.NoError(s.t, err)
	fields := map[string]any{}
	for _, f := range forms.Of(cmd, inv.Args, catalog.Caller{Zone: time.UTC}).Fields {
		switch {
		case len(f.Value) == 0:
		case f.Search != "":
			fields[f.Name] = s.found(form, f)
		default:
			fields[f.Name] = entered(f)
		}
	}
	if extras.Reason != "" {
		fields[catalog.ReasonParam] = extras.Reason
	}
	return fields
}

// found is what a person picks in a search box after typing a name or an id.
func (s stage) found(form slacksim.View, f render.FormField) []string {
	s.t.Helper()
	var picked []string
	for _, query := range f.Value {
		options, err := s.slack.User("alice").Suggests(form, f.Name, query)
		require.NoError(s.t, err)
		for _, o := range options {
			if o.Value == query || strings.HasPrefix(o.Text, query+" ·") || o.Text == query {
				picked = append(picked, o.Text)
				break
			}
		}
	}
	require.Len(s.t, picked, len(f.Value), "the search box of %s does not find %v", f.Name, f.Value)
	return picked
}

// entered is a field's value as a person enters it: by label where there are choices.
func entered(f render.FormField) any {
	values := f.Value
	if len(f.Choices) > 0 {
		values = nil
		for _, v := range f.Value {
			for _, c := range f.Choices {
				if c.Value == v {
					values = append(values, c.Label)
				}
			}
		}
	}
	if f.Widget == render.MultiSearch || f.Widget == render.MultiSelect {
		return values
	}
	return values[0]
}

var failed = regexp.MustCompile(`(?i)failed|check |did you mean|not allowed|went wrong`)

// ends follows a command to its end: an answer, an audited change, or an approval and its outcome.
func (s stage) ends(cmd *catalog.Command) {
	s.t.Helper()
	switch {
	case cmd.Risk == catalog.Destructive:
		card := s.sees("#approvals", "Approval needed", cmd.Title)
		s.clicks("bob", card, "Approve")
		s.becomes(card, "Successful")
	case cmd.Long || cmd.Follows():
		s.isWrittenTo("alice")
	default:
		answer, err := s.slack.WaitEphemeral(s.patient(), "alice", func(m slacksim.Message) bool { return !strings.Contains(m.PlainText(), "Still at it") })
		require.NoError(s.t, err)
		require.NotRegexp(s.t, failed, answer.PlainText())
		if cmd.Risk == catalog.Change {
			require.Contains(s.t, answer.PlainText(), "Successful")
		}
	}
}
