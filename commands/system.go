package commands

import (
	"context"
	"encoding/json"

	"s1bot/render"
	"s1bot/s1"
)

func systemCommands() []*Command {
	return []*Command{getSystemInfo(), getSystemStatus(), testConnection()}
}

// anyRole is what the specification calls the default role: the console lets nobody take it from a role.
const anyRole = "Account, Groups, Roles and Site › View (every role has them)"

// noParams is what commands without parameters take.
type noParams struct{}

// single is one thing that the console knows, shown as facts, or as JSON where that is wanted.
func single(call *Call, name string, raw json.RawMessage, card render.Card) (render.Card, error) {
	if call.How == render.Run || call.How == render.Share || call.How == render.Turn {
		card.Actions = append(card.Actions, render.Button{Label: "Share in channel", Do: call.how(render.Share)}, render.Button{Label: "Raw JSON", Do: call.how(render.Raw)})
		return card, nil
	}
	as := *call
	as.How = render.JSON // facts are no table
	file := newExport(&as, name)
	if err := json.Indent(&file.body, raw, "", "  "); err != nil {
		return render.Card{}, err
	}
	file.body.WriteByte('\n')
	return render.Card{Tone: render.Info, Title: card.Title, Files: []render.File{{Name: file.name, Title: card.Title, Body: file.body.Bytes()}}}, nil
}

func infoFacts(info s1.SystemInfo) render.Fields {
	var fields render.Fields
	for _, f := range []struct{ label, value string }{
		{"Version", info.Version}, {"Build", info.Build}, {"Release", info.Release}, {"Patch", info.Patch}, {"Latest agent version", info.LatestAgentVersion},
	} {
		if f.value != "" {
			fields = append(fields, render.Field{Label: f.label, Value: render.Line{render.Text(f.value)}})
		}
	}
	return fields
}

func getSystemInfo() *Command {
	return define(Command{
		Name: "get-system-info", Title: "Get System Info", Area: "system", Aliases: []string{"info", "system-info"},
		Risk: Read, Needs: anyRole, Repeatable: true,
		Doc: "Shows the console's version, build, patch and release.", Examples: []string{"get-system-info"},
	}, func(ctx context.Context, call *Call, _ noParams) (render.Card, error) {
		info, err := call.Console.SystemInfo(ctx)
		if err != nil {
			return render.Card{}, err
		}
		return single(call, "system-info", info.Raw, render.Card{
			Tone: render.Info, Outcome: render.Successful, Title: "Get System Info", Parts: []render.Part{infoFacts(info)},
		})
	})
}

func getSystemStatus() *Command {
	return define(Command{
		Name: "get-system-status", Title: "Get System Status", Area: "system", Aliases: []string{"system-status", "health"},
		Risk: Read, Needs: anyRole, Repeatable: true,
		Doc:      "Shows how the console says it is. It says so without a token, so this proves nothing about the bot's.",
		Examples: []string{"get-system-status"},
	}, func(ctx context.Context, call *Call, _ noParams) (render.Card, error) {
		status, err := call.Console.SystemStatus(ctx)
		if err != nil {
			return render.Card{}, err
		}
		card := render.Card{
			Tone: render.Good, Outcome: render.Successful, Title: "Get System Status",
			Parts: []render.Part{render.Fields{{Label: "Health", Value: render.Line{render.Text(firstNonEmpty(status.Health, "not said"))}}}},
		}
		if status.Health != "ok" {
			card.Tone = render.Warning
		}
		return single(call, "system-status", status.Raw, card)
	})
}

func testConnection() *Command {
	return define(Command{
		Name: "test-connection", Title: "Test Connection", Area: "system", Aliases: []string{"test", "ping"},
		Risk: Read, Needs: anyRole, Repeatable: true,
		Doc:      "Checks that the console answers and takes the bot's token, and that the token may look at sites.",
		Examples: []string{"test-connection"},
	}, func(ctx context.Context, call *Call, _ noParams) (render.Card, error) {
		info, err := call.Console.SystemInfo(ctx)
		if err != nil {
			return render.Card{}, err
		}
		sites, err := call.Console.SitesPage(ctx, s1.Query{}.WithLimit(1))
		if err != nil {
			return render.Card{}, err
		}
		fields := append(render.Fields{
			{Label: "Console", Value: render.Line{render.Link(call.Console.ConsoleHost(), call.Console.ConsoleURL())}},
			{Label: "Sites in reach", Value: render.Line{render.Text(marshalText(max(sites.Total, len(sites.Items))))}},
		}, infoFacts(info)...)
		return single(call, "test-connection", info.Raw, render.Card{
			Tone: render.Good, Outcome: render.Successful, Title: "Test Connection",
			Parts: []render.Part{render.Line{render.Text("The console answers and accepts the bot's token.")}, fields},
		})
	})
}
