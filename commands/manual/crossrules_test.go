package manual_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/commands/forms"
	"s1bot/commands/manual"
	"s1bot/commands/slash"
	"s1bot/render"
)

// Rules across parameters stand in help, above the fields that they are about, and in the form that opens because of one.
func TestRulesAcrossParametersAreSaid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ command, args, help, field, above, intro string }{
		{"create-exclusion", `{"type":"path","value":"C:\\a","operation-system":"windows"}`, "At least one of site-ids, account-ids, group-ids is required.",
			"account-ids", "At least one of ", "Required: at least one of "},
		{"initiate-scan", `{}`, "At least one of agent-ids, filter is required.", "agent-ids", "At least one of Agent IDs or Filter:", "Required: at least one of Agent IDs or Filter."},
		{"run-script", `{"filter":{"ids":["1"]},"script-id":"1","task-description":"xy","output-destination":"Local"}`,
			"output-directory is required with output-destination=Local.", "output-directory", "Required with Output Destination = Local:", "Required: Output Directory."},
		{"create-group", `{"name":"x","site-id":"1","inherits":false}`, "policy is required with inherits=false.", "policy", "Required with Inherits = false:", "Required: Policy."},
		{"query", `{}`, "", "query", "", "Required: "},
		{"add-notes-to-threats", `{"note-text":"xy"}`, "", "filter", "", "Required: Threats."},
	} {
		cmd, _ := commands.All().Find(c.command)
		require.Contains(t, strings.ReplaceAll(manual.Of(cmd).Plain(), "`", ""), c.help, c.command)
		form := forms.Of(cmd, json.RawMessage(c.args), catalog.Caller{})
		require.Contains(t, plainLine(form.Intro), c.intro, c.command)
		for _, f := range form.Fields {
			if f.Name == c.field || f.Name == c.field+forms.IdsSuffix {
				require.Contains(t, plainLine(f.Above), c.above, c.command)
				break
			}
		}
	}
}

func plainLine(l render.Line) string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.Text)
	}
	return b.String()
}

// Whatever Check asks for beside the required parameters is said in help: no form opens for a reason that nobody could read.
func TestNothingIsAskedForThatHelpDoesNotSay(t *testing.T) {
	t.Parallel()
	for _, cmd := range commands.All().Commands() {
		for _, example := range cmd.Examples {
			inv, _, err := slash.Parse(commands.All(), example, commandtest.Input())
			require.NoError(t, err, example)
			given, err := catalog.Object(inv.Args)
			require.NoError(t, err)
			for _, f := range cmd.Fields {
				if f.MustBeGiven() {
					continue
				}
				delete(given, f.Name)
				var missing *catalog.MissingError
				if !errors.As(cmd.Check(catalog.Marshal(given)), &missing) {
					continue
				}
				help := manual.Of(cmd).Plain()
				for _, p := range append(missing.OneOf, missing.Missing...) {
					require.Contains(t, help, p.Name, "%s: %s", cmd.Name, example)
				}
				require.True(t, len(cmd.OneOf)+len(cmd.Together) > 0, "%s without %s wants %v, and help does not say so", cmd.Name, f.Name, missing)
			}
		}
	}
}

// Lengths and other limits stand in help.
func TestLimitsStandInHelp(t *testing.T) {
	t.Parallel()
	for command, limit := range map[string]string{
		"broadcast-message": "1 to 140 characters", "add-notes-to-threats": "2 to 10000 characters", "query": "300 or more", "list-agents": "1 to 1000",
		"run-script": "60 to 172800 seconds", "create-query": "1 to 100,000",
	} {
		cmd, _ := commands.All().Find(command)
		require.Contains(t, manual.Of(cmd).Plain(), limit, command)
	}
}
