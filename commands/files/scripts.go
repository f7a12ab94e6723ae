package files

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/filters"
)

func scriptCommands() []*catalog.Command {
	return []*catalog.Command{getScripts(), runScript(), getScriptTaskStatus(), getScriptResults()}
}

// By the specification; the document has other words (Remote Script Orchestration, Task
// Management), which package refusal maps to it. Some consoles answer 401 to a token that lacks
// them.
const remoteOps = "RemoteOps › View"

type getScriptsParams struct {
	Accounts []s1.AccountID `json:"account-ids,omitzero" help:"Only scripts of these accounts."`
	Sites    []s1.SiteID    `json:"site-ids,omitzero" help:"Only scripts of these sites."`
	Type     s1.ScriptType  `json:"script-type,omitzero" help:"Only scripts of this type."`
	System   s1.ScriptOS    `json:"os-type,omitzero" help:"Only scripts for this operating system."`
	Query    string         `json:"query,omitzero" help:"The name, or part of it."`
	Limit    *listing.Count `json:"limit,omitzero" help:"Maximum number of scripts to list; 10 if empty."`
}

// fewScripts is how many are listed where nobody says how many: the specification's default.
const fewScripts = 10

// GET /remote-scripts. A large library has hundreds of scripts, most of them the vendor's own.
func getScripts() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-scripts", Title: "Get Scripts", Area: "scripts", Aliases: []string{"scripts"}, Main: "query",
		Wording: scriptsWording(),
		Risk:    catalog.Read, Needs: remoteOps, Repeatable: true,
		Doc:      "Lists the scripts in the console's library.",
		Examples: []string{`get-scripts script-type=Action os-type=Windows limit=10`, "scripts processes"},
	}, func(ctx context.Context, call *catalog.Call, p getScriptsParams) (render.Card, error) {
		q := withIDs(withIDs(s1.Query{}, "accountIds", catalog.Convert[string](p.Accounts)), "siteIds", catalog.Convert[string](p.Sites))
		for key, value := range map[string]string{"scriptType": string(p.Type), "osTypes": string(p.System), "query": p.Query} {
			if value != "" {
				q = q.With(key, value)
			}
		}
		limit := listing.LimitOf(p.Limit, filters.Filter{})
		if limit == nil && call.How != render.CSV && call.How != render.JSON {
			few := listing.Limit(fewScripts)
			limit = &few
		}
		return scriptRows(call).Show(ctx, call, q, limit)
	})
}

// scriptRows is how lists of scripts look.
func scriptRows(call *catalog.Call) listing.Listing[s1.Script] {
	return listing.Listing[s1.Script]{
		Noun: "Scripts", Things: "scripts", Page: call.Console.ScriptsPage, Raw: func(s s1.Script) json.RawMessage { return s.Raw },
		Table: scriptTable, One: scriptCard,
		More: []listing.Column[s1.Script]{
			{Title: "Id", Value: func(s s1.Script) string { return string(s.ID) }},
			{Title: "Input instructions", Value: func(s s1.Script) string { return s.InputInstructions }},
			{Title: "Input example", Value: func(s s1.Script) string { return s.InputExample }},
			{Title: "Destinations", Value: func(s s1.Script) string { return catalog.Labelled(s.Destinations) }},
			{Title: "Timeout (s)", Value: func(s s1.Script) string { return fmt.Sprint(s.TimeoutSeconds) }},
			{Title: "Creator", Value: func(s s1.Script) string { return s.Creator }},
		},
		Empty: "Scripts from a wider scope than the bot's token aren't listed. Try a shorter part of the name.",
	}
}

func scriptTable(scripts []s1.Script) render.Table {
	t := render.Table{Columns: []render.Column{{Title: "Script"}, {Title: "Type"}, {Title: "Systems"}, {Title: "Input"}, {Title: "Version"}, {Title: "Scope"}, {Title: "Changed"}, {Title: "Id"}}}
	for _, s := range scripts {
		t.Rows = append(t.Rows, []render.Line{
			{render.Text(s.Name)}, {render.Text(s.Type.Label())}, {render.Text(catalog.Labelled(s.Systems))}, {render.Text(lookup.InputWords(s))},
			{render.Text(s.Version)}, {render.Text(lookup.ScriptScope(s))}, {render.At(s.UpdatedAt.Time)}, {render.Mono(string(s.ID))},
		})
	}
	return t
}

// scriptCard shows one script with what it takes, and offers to run it.
func scriptCard(s s1.Script) render.Card {
	card := render.Card{Tone: render.Info, Title: cmp.Or(s.Name, "unnamed script"), Text: "Script " + s.Name}
	card.Parts = []render.Part{
		render.Line{render.Text(text.JoinNonEmpty(" · ", s.Type.Label(), catalog.Labelled(s.Systems), lookup.ScriptScope(s)))},
	}
	if s.Description != "" {
		card.Parts = append(card.Parts, render.Quote{Text: s.Description})
	}
	facts := render.Fields{{Label: "Input", Value: render.Line{render.Text(lookup.InputWords(s))}}}
	for _, f := range []catalog.Fact{
		{Label: "Version", Value: s.Version}, {Label: "Output can go to", Value: catalog.Labelled(s.Destinations)}, {Label: "Timeout", Value: timeoutWords(s.TimeoutSeconds)}, {Label: "Creator", Value: s.Creator},
	} {
		if f.Value != "" {
			facts = append(facts, render.Field{Label: f.Label, Value: render.Line{render.Text(f.Value)}})
		}
	}
	for _, f := range []catalog.Fact{{Label: "How to write the input", Value: s.InputInstructions}, {Label: "Example", Value: s.InputExample}} {
		if f.Value != "" {
			facts = append(facts, render.Field{Label: f.Label, Value: render.Line{render.Mono(f.Value)}, Wide: true})
		}
	}
	card.Parts = append(card.Parts, facts, render.Note{render.Text("Changed "), render.At(s.UpdatedAt.Time), render.Text(" · script " + string(s.ID))})
	if s.ID.Valid() {
		run := catalog.Invocation{Command: "run-script", How: render.Open, Args: catalog.Marshal(map[string]any{"script-id": s.ID})}
		card.Actions = []render.Action{render.Button{Label: "Run it", Style: render.Primary, Do: run}}
	}
	return card
}

// timeoutWords is how long a script may run; empty where it says nothing.
func timeoutWords(seconds int) string {
	if seconds <= 0 {
		return ""
	}
	return text.SpanWords(time.Duration(seconds) * time.Second)
}
