package admin

import (
	"cmp"
	"context"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/refusal"
	"s1bot/render"
	"s1bot/s1"
)

func systemCommands() []*catalog.Command {
	return []*catalog.Command{GetSystemInfo(), getSystemStatus(), testConnection()}
}

// NoParams is what commands without parameters take.
type NoParams struct{}

// infoFacts are the versions of console and agents, as far as the console tells them.
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

// GetSystemInfo is exported for tests that need a small command. GET
// /system/info needs a token and no permission, which makes it the probe for both.
func GetSystemInfo() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-system-info", Title: "Get System Info", Area: "system", Aliases: []string{"info", "system-info"},
		Wording: infoWording(),
		Risk:    catalog.Read, Needs: refusal.AnyRole, Repeatable: true,
		Doc: "Shows the console's version, build, patch and release.", Examples: []string{"get-system-info"},
	}, func(ctx context.Context, call *catalog.Call, _ NoParams) (render.Card, error) {
		info, err := call.Console.SystemInfo(ctx)
		if err != nil {
			return render.Card{}, err
		}
		return listing.Single(call, "system-info", info.Raw, render.Card{
			Tone: render.Info, Outcome: render.Successful, Title: "Get System Info", Parts: []render.Part{infoFacts(info)},
		})
	})
}

// GET /system/status answers 200 without any token, so it proves nothing about one.
func getSystemStatus() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-system-status", Title: "Get System Status", Area: "system", Aliases: []string{"system-status", "health"},
		Wording: statusWording(),
		Risk:    catalog.Read, Needs: refusal.AnyRole, Route: "system/status", Repeatable: true,
		Doc:      "Shows the health that the console reports. This needs no token, so it doesn't test the bot's token.",
		Examples: []string{"get-system-status"},
	}, func(ctx context.Context, call *catalog.Call, _ NoParams) (render.Card, error) {
		status, err := call.Console.SystemStatus(ctx)
		if err != nil {
			return render.Card{}, err
		}
		health := cmp.Or(status.Health, "not reported")
		card := render.Card{
			Tone: render.Good, Outcome: render.Successful, Title: "Get System Status",
			Parts: []render.Part{render.Fields{{Label: "Health", Value: render.Line{render.Text(health)}}}},
		}
		if !strings.EqualFold(health, "ok") { // no green tick over a console in trouble
			card.Tone, card.Lead = render.Warning, "The console doesn't report that it's healthy: "+health
			card.Text = card.Lead
		}
		return listing.Single(call, "system-status", status.Raw, card)
	})
}

// Two calls: /system/info for the token, /sites for whether its role sees anything at all.
func testConnection() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "test-connection", Title: "Test Connection", Area: "system", Aliases: []string{"test", "ping"},
		Wording: testWording(),
		Risk:    catalog.Read, Needs: refusal.AnyRole, Repeatable: true,
		Doc:      "Checks that the console responds, accepts the bot's token and lets the bot view sites.",
		Examples: []string{"test-connection"},
	}, func(ctx context.Context, call *catalog.Call, _ NoParams) (render.Card, error) {
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
			{Label: "Visible sites", Value: render.Line{render.Text(listing.MarshalText(max(sites.Total, len(sites.Items))))}},
		}, infoFacts(info)...)
		return listing.Single(call, "test-connection", info.Raw, render.Card{
			Tone: render.Good, Outcome: render.Successful, Title: "Test Connection",
			Parts: []render.Part{render.Line{render.Text("The console responds and accepts the bot's token.")}, fields},
		})
	})
}
