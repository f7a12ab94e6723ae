package lookup

import (
	"cmp"
	"context"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// InputWords says whether a script wants input: one that does fails without it on every endpoint.
func InputWords(s s1.Script) string {
	if s.InputRequired {
		return "required"
	}
	return "not required"
}

// ScriptScope says whose a script is; those of the vendor's are everybody's.
func ScriptScope(s s1.Script) string {
	return cmp.Or(s.ScopePath, s.ScopeName, s.ScopeLevel)
}

// Scripts are found by name, like endpoints.
func findScripts(ctx context.Context, call *catalog.Call, param string, words []string) ([]string, error) {
	return ScriptDirectory().find(ctx, call, param, words)
}

// Ids of scripts can be shorter than those of other things, so every number is one.
func ScriptDirectory() directory[s1.Script] {
	return directory[s1.Script]{
		noun: "script", fits: func(s s1.Script, name string) bool { return sameName(s.Name, name) },
		Search: Each(func(ctx context.Context, call *catalog.Call, name string) ([]s1.Script, error) {
			return s1.Collect(call.Console.Scripts(ctx, s1.Query{"query": {name}}))
		}),
		ByID: func(ctx context.Context, call *catalog.Call, ids []string) ([]s1.Script, error) {
			return call.Console.ScriptsByID(ctx, catalog.Convert[s1.ScriptID](ids))
		},
		guess: func(ctx context.Context, call *catalog.Call, _ string) ([]string, error) {
			page, err := call.Console.ScriptsPage(ctx, s1.Query{}.WithLimit(listing.MaxPage))
			return NamesIn(page.Items, func(s s1.Script) string { return s.Name }), err
		},
		isName: func(word string) bool { return !s1.ScriptID(word).Valid() },
		Target: func(_ *catalog.Call, s s1.Script) catalog.Target {
			return catalog.Target{Kind: "script", ID: string(s.ID), Name: s.Name, Site: s.ScopePath, OS: catalog.Labelled(s.Systems), State: s.Type.Label()}
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
	return render.Option{Label: text.JoinNonEmpty(" · ", s.Name, s.Type.Label(), catalog.Labelled(s.Systems)), Value: string(s.ID)}
}

// What a search box for scripts looks for: whole runs, or what they do on one endpoint.
const (
	// The console cannot list runs, so both boxes offer what was started from here
	// (catalog.RecentItems).
	RunBox  = "script-runs"
	TaskBox = "script-tasks"
)

// A RunID names a run of a script, the parent of its tasks.
type RunID s1.TaskID

func (RunID) Kind() catalog.Kind { return catalog.IdKind("run", RunBox, "The id.", nil) }
