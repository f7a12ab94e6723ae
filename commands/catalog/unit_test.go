package catalog_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/admin"
	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/observables"
	"s1bot/commands/slash"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
)

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
	made, err := catalog.New(nil, broken)
	require.NoError(t, err)
	err = errors.Join(made.Validate(), slash.Validate(made))
	for _, complaint := range []string{"kebab-case", "title", "area", "doc", "permission", "has a plan", "undo", "bare words", `example "nothing"`} {
		require.ErrorContains(t, err, complaint)
		require.ErrorContains(t, err, "Bad_Name")
	}
}

// What acts on endpoints or threats says what to watch afterwards, or why nothing: a new action is not left unwatched by an oversight.
func TestValidateWantsAnEffectOfWhatActsOnEndpoints(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"disconnect-agent-from-network", "move-agents", "mitigate-threats", "update-incident-status"} {
		cmd, ok := commands.All().Find(name)
		require.True(t, ok)
		require.NotContains(t, strings.Join(commands.All().Check(cmd), "\n"), "Effect")
		silent := *cmd
		silent.Effect, silent.Settled = nil, ""
		require.Contains(t, strings.Join(commands.All().Check(&silent), "\n"), "neither what to watch (Effect) nor why nothing", name)
		both := *cmd
		both.Effect, both.Settled = change.Isolation(), "nothing to see"
		require.Contains(t, strings.Join(commands.All().Check(&both), "\n"), "an effect to watch and says that there is none", name)
	}
}

// The bot makes the password of an archive and nothing else.
func TestPasswordsAreWhatTheBotMakes(t *testing.T) {
	t.Parallel()
	made := map[string]bool{}
	for _, cmd := range commands.All().Commands() {
		for _, p := range cmd.Params {
			if cmd.Makes(p.Name) {
				made[p.Name] = true
				require.Equal(t, "password", p.Kind)
			}
		}
	}
	require.Equal(t, map[string]bool{"password": true}, made)
}

// Every action on a card is an invocation of its command that can be read: cards are drawn of commands' values alone.
func TestActionsOnCardsAreOfTheirCommands(t *testing.T) {
	t.Parallel()
	all := commands.All()
	threat := s1.Threat{ID: "1845174760470303882", Info: s1.ThreatInfo{ConfidenceLevel: s1.ConfidenceSuspicious, CollectionID: "1400000000000000009"},
		Realtime: s1.ThreatAgentNow{AgentID: "1400000000000000001", SiteID: "1400000000000000002"}}
	agent := s1.Agent{ID: "1400000000000000001"}
	drawn := map[string]bool{}
	for _, a := range all.CardActions() {
		if a.Command == "case" {
			continue // a word of the bot's own
		}
		cmd, ok := all.Find(a.Command)
		require.True(t, ok, a.Command)
		var given []cards.Filling
		if a.Threat != nil {
			if f, ok := a.Threat(threat); ok {
				given = append(given, f)
			}
		}
		if a.Agent != nil {
			if f, ok := a.Agent(agent); ok {
				given = append(given, f)
			}
		}
		for _, f := range given {
			drawn[a.Command] = true
			values, err := catalog.Object(f.Args)
			require.NoError(t, err)
			for name := range values {
				require.True(t, cmd.Has(name), "%s has no parameter %s", a.Command, name)
			}
			if a.Param != "" {
				require.True(t, cmd.Has(a.Param), "%s has no parameter %s", a.Command, a.Param)
				require.NotEmpty(t, f.Options)
			}
		}
	}
	require.True(t, drawn["disconnect-agent-from-network"] && drawn["add-threat-to-blacklist"] && drawn["mark-as-threat"] && !drawn["connect-agent-to-network"])
}

// So is everything that is offered beside what was found in a message.
func TestActionsOnObservablesAreOfTheirCommands(t *testing.T) {
	t.Parallel()
	all := commands.All()
	offered := map[string]bool{}
	for _, o := range observables.Find("d41d8cd98f00b204e9800998ecf8427e 3395856ceb81f2b7382dee72602f798b642f4140 203.0.113.9 2001:db8::1 evil[.]example http://evil.example/x",
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", `http://evil.example/"OR+EventType="x`) {
		for _, a := range all.ObservableActions(o) {
			do := a.(render.Button).Do
			cmd, ok := all.Find(do.Command)
			require.True(t, ok, do.Command)
			values, err := catalog.Object(do.Args)
			require.NoError(t, err)
			for name := range values {
				require.True(t, cmd.Has(name), "%s has no parameter %s", do.Command, name)
			}
			require.True(t, cmd.Risk == catalog.Read || do.How == render.Open, "%s: a change opens its form", do.Command)
			offered[string(o.Kind)+" "+do.Command] = true
		}
	}
	for _, want := range []string{"SHA-1 block-hash", "SHA-1 get-threat", "MD5 query", "IPv4 address block-remote-hosts", "IPv6 address list-agents", "domain query", "URL create-ioc"} {
		require.True(t, offered[want], want)
	}
	require.False(t, offered["MD5 block-hash"] || offered["SHA-256 block-hash"], "the blocklist takes SHA-1")
}

func TestCommandsForMachines(t *testing.T) {
	t.Parallel()
	raw, err := commands.All().JSON()
	require.NoError(t, err)
	var entries []map[string]any
	require.NoError(t, json.Unmarshal(raw, &entries))
	require.Len(t, entries, len(commands.All().Commands()))
	byName := map[string]map[string]any{}
	for _, e := range entries {
		own := e["own"]
		delete(e, "own") // says of the bot's own commands that they are; the others do not have it
		require.Contains(t, []any{nil, true}, own)
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
			update-threat-incident update-threat-note
			update-unified-alert note-unified-alert`, // the last two are the bot's own
	}
	for _, cmd := range commands.All().Commands() {
		want := catalog.Read
		for risk, names := range agreed {
			if slices.Contains(strings.Fields(names), cmd.Name) {
				want = risk
			}
		}
		require.Equal(t, want, cmd.Risk, cmd.Name)
	}
	for _, name := range []string{"disconnect-agent-from-network", "shutdown-endpoints", "mitigate-threats", "update-account-policy", "update-global-policy"} {
		cmd, _ := commands.All().Find(name)
		require.True(t, cmd.Guarded, name)
	}
}
