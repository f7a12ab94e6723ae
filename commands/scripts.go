package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

func scriptCommands() []*Command {
	return []*Command{getScripts(), runScript(), getScriptTaskStatus(), getScriptResults()}
}

const remoteOps = "RemoteOps › View"

type getScriptsParams struct {
	Accounts []s1.AccountID `json:"account-ids,omitzero" help:"Only scripts of these accounts."`
	Sites    []s1.SiteID    `json:"site-ids,omitzero" help:"Only scripts of these sites."`
	Type     s1.ScriptType  `json:"script-type,omitzero" help:"What the scripts are for."`
	System   s1.ScriptOS    `json:"os-type,omitzero" help:"The systems they run on."`
	Query    string         `json:"query,omitzero" help:"Whole name or a part of it."`
	Limit    *Count         `json:"limit,omitzero" help:"How many scripts at most; 10 when empty."`
}

// fewScripts is how many are listed where nobody says how many: the specification's default.
const fewScripts = 10

func getScripts() *Command {
	return define(Command{
		Name: "get-scripts", Title: "Get Scripts", Area: "scripts", Aliases: []string{"scripts"}, Main: "query",
		Risk: Read, Needs: remoteOps, Repeatable: true,
		Doc:      "Lists the scripts of the console's library that endpoints can run.",
		Examples: []string{`get-scripts script-type=Action os-type=Windows limit=10`, "scripts processes"},
	}, func(ctx context.Context, call *Call, p getScriptsParams) (render.Card, error) {
		q := withIDs(withIDs(s1.Query{}, "accountIds", convert[string](p.Accounts)), "siteIds", convert[string](p.Sites))
		for key, value := range map[string]string{"scriptType": string(p.Type), "osTypes": string(p.System), "query": p.Query} {
			if value != "" {
				q = q.With(key, value)
			}
		}
		limit := limitOf(p.Limit, s1.Filter{})
		if limit == nil && call.How != render.CSV && call.How != render.JSON {
			few := Limit(fewScripts)
			limit = &few
		}
		return scriptRows(call).show(ctx, call, q, limit)
	})
}

// scriptRows is how lists of scripts look.
func scriptRows(call *Call) listing[s1.Script] {
	return listing[s1.Script]{
		noun: "Scripts", things: "scripts", page: call.Console.ScriptsPage, raw: func(s s1.Script) json.RawMessage { return s.Raw },
		table: scriptTable, one: scriptCard,
		more: []column[s1.Script]{
			{"Id", func(s s1.Script) string { return string(s.ID) }},
			{"Input instructions", func(s s1.Script) string { return s.InputInstructions }},
			{"Input example", func(s s1.Script) string { return s.InputExample }},
			{"Destinations", func(s s1.Script) string { return labelled(s.Destinations) }},
			{"Timeout (s)", func(s s1.Script) string { return fmt.Sprint(s.TimeoutSeconds) }},
			{"Creator", func(s s1.Script) string { return s.Creator }},
		},
		empty: "Scripts of wider scopes than the bot's token has are not listed. Try a shorter part of the name.",
	}
}

func scriptTable(scripts []s1.Script) render.Table {
	t := render.Table{Columns: []render.Column{{Title: "Script"}, {Title: "Type"}, {Title: "Systems"}, {Title: "Input"}, {Title: "Version"}, {Title: "Scope"}, {Title: "Changed"}, {Title: "Id"}}}
	for _, s := range scripts {
		t.Rows = append(t.Rows, []render.Line{
			{render.Text(s.Name)}, {render.Text(s.Type.Label())}, {render.Text(labelled(s.Systems))}, {render.Text(inputWords(s))},
			{render.Text(s.Version)}, {render.Text(scriptScope(s))}, {render.At(s.UpdatedAt.Time)}, {render.Mono(string(s.ID))},
		})
	}
	return t
}

func inputWords(s s1.Script) string {
	if s.InputRequired {
		return "required"
	}
	return "not required"
}

// scriptScope says whose a script is; those of the vendor's are everybody's.
func scriptScope(s s1.Script) string {
	return firstNonEmpty(s.ScopePath, s.ScopeName, s.ScopeLevel)
}

// labelled lists values as people read them.
func labelled[T interface{ Label() string }](values []T) string {
	var labels []string
	for _, v := range values {
		labels = append(labels, v.Label())
	}
	return strings.Join(labels, ", ")
}

// scriptCard shows one script with what it takes, and offers to run it.
func scriptCard(s s1.Script) render.Card {
	card := render.Card{Tone: render.Info, Title: firstNonEmpty(s.Name, "unnamed script"), Text: "Script " + s.Name}
	card.Parts = []render.Part{
		render.Line{render.Text(joinNonEmpty(" · ", s.Type.Label(), labelled(s.Systems), scriptScope(s)))},
	}
	if s.Description != "" {
		card.Parts = append(card.Parts, render.Quote{Text: s.Description})
	}
	facts := render.Fields{{Label: "Input", Value: render.Line{render.Text(inputWords(s))}}}
	for _, f := range []Fact{
		{"Version", s.Version}, {"Output can go to", labelled(s.Destinations)}, {"Timeout", spanWords(s.TimeoutSeconds)}, {"Creator", s.Creator},
	} {
		if f.Value != "" {
			facts = append(facts, render.Field{Label: f.Label, Value: render.Line{render.Text(f.Value)}})
		}
	}
	for _, f := range []Fact{{"How to write the input", s.InputInstructions}, {"Example", s.InputExample}} {
		if f.Value != "" {
			facts = append(facts, render.Field{Label: f.Label, Value: render.Line{render.Mono(f.Value)}, Wide: true})
		}
	}
	card.Parts = append(card.Parts, facts, render.Note{render.Text("Changed "), render.At(s.UpdatedAt.Time), render.Text(" · script " + string(s.ID))})
	if s.ID.Valid() {
		run := Invocation{Command: "run-script", How: render.Open, Args: marshal(map[string]any{"script-id": s.ID})}
		card.Actions = []render.Action{render.Button{Label: "Run it", Style: render.Primary, Do: run}}
	}
	return card
}

// spanWords is a stretch of time in words; "" for none.
func spanWords(seconds int) string {
	switch {
	case seconds <= 0:
		return ""
	case seconds%3600 == 0:
		return plural(seconds/3600, "hour")
	case seconds%60 == 0:
		return plural(seconds/60, "minute")
	}
	return plural(seconds, "second")
}

// Scripts are found by name, like endpoints.
func findScripts(ctx context.Context, call *Call, param string, words []string) ([]string, error) {
	return scriptDirectory().find(ctx, call, param, words)
}

func scriptDirectory() directory[s1.Script] {
	return directory[s1.Script]{
		noun: "script", fits: func(s s1.Script, name string) bool { return strings.EqualFold(s.Name, name) },
		search: each(func(ctx context.Context, call *Call, name string) ([]s1.Script, error) {
			return s1.Collect(call.Console.Scripts(ctx, s1.Query{"query": {name}}))
		}),
		byID: func(ctx context.Context, call *Call, ids []string) ([]s1.Script, error) {
			return call.Console.ScriptsByID(ctx, convert[s1.ScriptID](ids))
		},
		guess: func(ctx context.Context, call *Call, _ string) ([]string, error) {
			page, err := call.Console.ScriptsPage(ctx, s1.Query{}.WithLimit(maxPage))
			return namesIn(page.Items, func(s s1.Script) string { return s.Name }), err
		},
		isName: func(word string) bool { return !s1.ScriptID(word).Valid() },
		target: func(_ *Call, s s1.Script) Target {
			return Target{Kind: "script", ID: string(s.ID), Name: s.Name, Site: s.ScopePath, OS: labelled(s.Systems), State: s.Type.Label()}
		},
	}
}

func scriptQuery(typed string) s1.Query {
	q := s1.Query{}.SortedBy("scriptName", s1.Ascending)
	switch {
	case s1.LooksLikeID(typed):
		return q.With("ids", typed)
	case typed != "":
		return q.With("query", typed)
	}
	return q
}

func scriptOption(s s1.Script) render.Option {
	return render.Option{Label: joinNonEmpty(" · ", s.Name, s.Type.Label(), labelled(s.Systems)), Value: string(s.ID)}
}
