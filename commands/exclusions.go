package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

func exclusionCommands() []*Command {
	return []*Command{getExclusions(), createExclusion(), updateExclusion(), deleteExclusions()}
}

// exclusionType is an exclusion's type with the other words that consoles and people have for it.
type exclusionType s1.ExclusionType

func (exclusionType) Choices() []s1.Choice { return s1.ExclusionType("").Choices() }

func (exclusionType) kind() kind {
	return synonyms(choiceKind(s1.ExclusionType("").Choices()), map[string]string{
		"signeridentity": "certificate", "signer": "certificate", "certificatesigneridentity": "certificate", "sha1": "white_hash", "whitehash": "white_hash",
	})
}

// exclusionRows is how lists of exclusions look.
func exclusionRows(call *Call) listing[s1.Exclusion] {
	return listing[s1.Exclusion]{
		noun: "Exclusions", things: "exclusions", page: call.Console.ExclusionsPage, raw: func(e s1.Exclusion) json.RawMessage { return e.Raw },
		table: func(found []s1.Exclusion) render.Table { return exclusionTable(call, found) },
		one:   func(e s1.Exclusion) render.Card { return exclusionCard(call, e) },
		more: []column[s1.Exclusion]{
			{"Id", func(e s1.Exclusion) string { return string(e.ID) }},
			{"Depth", func(e s1.Exclusion) string { return e.PathExclusionType.Label() }},
			{"Source", func(e s1.Exclusion) string { return e.Source }},
			{"Application", func(e s1.Exclusion) string { return e.ApplicationName }},
			{"Recommendation", func(e s1.Exclusion) string { return e.NotRecommended }},
		},
		empty: "Leave a condition out. Exclusions that were made as unified ones are in the console's own list only.",
	}
}

func exclusionTable(call *Call, found []s1.Exclusion) render.Table {
	t := render.Table{Columns: []render.Column{{Title: "Excluded"}, {Title: "Type"}, {Title: "OS"}, {Title: "Mode"}, {Title: "Scope"}, {Title: "Description"}, {Title: "By"}, {Title: "Changed"}}}
	for _, e := range found {
		t.Rows = append(t.Rows, []render.Line{
			{render.Link(firstNonEmpty(e.Value, string(e.ID)), call.Console.ExclusionsURL(e.ID))}, {render.Text(e.Type.Label())}, {render.Text(e.OSType.Label())},
			{render.Text(e.Mode.Label())}, {render.Text(scopeWords(e.ScopePath, e.ScopeName))}, {render.Text(e.Description)},
			{render.Text(firstNonEmpty(e.UserName, e.Source))}, {render.At(e.UpdatedAt.Time)},
		})
	}
	return t
}

// scopeWords is where an exclusion or a blocklist item holds, as the console writes it: "Global \ Example \ Default site".
func scopeWords(path, name string) string {
	return firstNonEmpty(strings.Join(strings.FieldsFunc(path, func(r rune) bool { return r == '\\' }), " / "), name)
}

func exclusionCard(call *Call, e s1.Exclusion) render.Card {
	var f sheet
	f.text("Type", joinNonEmpty(" · ", e.Type.Label(), e.PathExclusionType.Label()))
	f.text("OS", e.OSType.Label())
	f.text("Mode", e.Mode.Label())
	f.text("Scope", scopeWords(e.ScopePath, e.ScopeName))
	f.text("Description", e.Description)
	f.text("By", firstNonEmpty(e.UserName, e.Source))
	f.at("Changed", e.UpdatedAt, render.At(e.UpdatedAt.Time))
	f.mono("Id", string(e.ID))
	card := render.Card{Tone: render.Info, Title: "Exclusion · " + e.Value, Parts: []render.Part{render.Line{render.Mono(e.Value)}, f.part()}}
	if rated := e.NotRecommended; rated != "" && rated != "NONE" {
		card.Tone = render.Warning
		card.Parts = append(card.Parts, render.Line{render.Text("⚠ The vendor says of this exclusion: "), render.Bold(rated)})
	}
	card.Actions = append([]render.Action{
		render.Button{Label: "Change", Do: Invocation{Command: "update-exclusion", Args: exclusionArgs(e), How: render.Open}},
		render.Button{Label: "Delete", Do: Invocation{Command: "delete-exclusions", Args: marshal(map[string]any{"exclusion-ids": []s1.ExclusionID{e.ID}})}},
	}, opens([]Target{exclusionTarget(call, e)})...)
	return card
}

func exclusionArgs(e s1.Exclusion) json.RawMessage {
	args := map[string]any{"exclusion-id": e.ID, "type": e.Type, "operation-system": e.OSType, "value": e.Value}
	for name, value := range map[string]string{"mode": string(e.Mode), "path-exclusion-type": string(e.PathExclusionType), "description": e.Description} {
		if value != "" && (name == "description" || e.Type == s1.ExcludePath) {
			args[name] = value
		}
	}
	return marshal(args)
}

func exclusionTarget(call *Call, e s1.Exclusion) Target {
	site, group := placeOf(e.Scope, e.ScopePath, e.ScopeName)
	return Target{Kind: "exclusion", ID: string(e.ID), Name: firstNonEmpty(e.Value, string(e.ID)), Site: site, Group: group, OS: e.OSType.Label(),
		State: joinNonEmpty(" · ", e.Type.Label(), e.Mode.Label()), URL: call.Console.ExclusionsURL(e.ID)}
}

// placeOf is where an exclusion or a blocklist item holds, as the rules of who may do what know it: by site and group. What is of
// an account, or of all, has the name of that for a site.
func placeOf(scope s1.Scope, path, name string) (site, group string) {
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '\\' })
	switch n := len(parts); {
	case n == 0:
		return name, ""
	case len(scope.Groups) > 0 && n > 1:
		return parts[n-2], parts[n-1]
	default:
		return parts[n-1], ""
	}
}

// systemFirst has the outcome name the system, for there is the same on several.
func systemFirst[T any](target func(*Call, T) Target) func(*Call, T) Target {
	return func(call *Call, thing T) Target {
		t := target(call, thing)
		t.State = joinNonEmpty(" · ", t.OS, t.State)
		return t
	}
}

// exclusionDirectory finds exclusions by what they exclude.
func exclusionDirectory() directory[s1.Exclusion] {
	return directory[s1.Exclusion]{
		noun: "exclusion",
		search: each(func(ctx context.Context, call *Call, value string) ([]s1.Exclusion, error) {
			q := s1.Query{}.Everywhere()
			if searchable(value) {
				q = q.With("value__contains", value)
			}
			return s1.Collect(call.Console.Exclusions(ctx, q))
		}),
		guess:  func(context.Context, *Call, string) ([]string, error) { return nil, nil },
		fits:   func(e s1.Exclusion, value string) bool { return strings.EqualFold(e.Value, value) },
		target: exclusionTarget,
		isName: byNumber(kind{}).isName,
		byID: func(ctx context.Context, call *Call, ids []string) ([]s1.Exclusion, error) {
			return call.Console.ExclusionsByID(ctx, convert[s1.ExclusionID](ids))
		},
	}
}

func findExclusions(ctx context.Context, call *Call, param string, words []string) ([]string, error) {
	return exclusionDirectory().find(ctx, call, param, words)
}

func searchExclusions() search {
	return searchBox((*s1.Client).ExclusionsPage, valueQuery, func(e s1.Exclusion) render.Option {
		return render.Option{Label: joinNonEmpty(" · ", e.Value, e.Type.Label(), e.OSType.Label(), scopeWords(e.ScopePath, e.ScopeName)), Value: string(e.ID)}
	})
}

// valueQuery searches exclusions and the blocklist by what stands in them, newest first.
func valueQuery(typed string) s1.Query {
	q := s1.Query{}.SortedBy("createdAt", s1.Descending).Everywhere()
	switch {
	case s1.LooksLikeID(typed):
		return q.With("ids", typed)
	case searchable(typed):
		return q.With("value__contains", typed)
	}
	return q
}

// exclusionFilter narrows a list of exclusions down.
type exclusionFilter struct {
	Type exclusionType `json:"type,omitzero" help:"What is excluded."`
	OS   s1.OSType     `json:"operation-system,omitzero" help:"The operating system."`
	placeParams
	Exclusions []s1.ExclusionID `json:"exclusion-ids,omitzero" help:"The exclusions."`
}

// query is the filter without the ids.
func (p exclusionFilter) query() s1.Query {
	q := p.placeParams.query(s1.Query{})
	if p.Type != "" {
		q = q.With("type", string(p.Type))
	}
	if p.OS != "" {
		q = q.With("osTypes", string(p.OS))
	}
	return q
}

type getExclusionsParams struct{ exclusionFilter }

func getExclusions() *Command {
	return define(Command{
		Name: "get-exclusions", Title: "Get Exclusions", Area: "exclusions", Aliases: []string{"exclusions", "exclusion"}, Main: "exclusion-ids",
		Risk: Read, Needs: "Exclusions › View", Repeatable: true,
		Doc:      "Lists what agents leave alone: paths, hashes, signers, browsers and file types.",
		Examples: []string{"exclusions type=Path operation-system=Windows", "get-exclusions site-ids=Paris"},
	}, func(ctx context.Context, call *Call, p getExclusionsParams) (render.Card, error) {
		q := p.query().Everywhere()
		if len(p.Exclusions) > 0 {
			q = q.With("ids", convert[string](p.Exclusions)...)
		}
		everything := Limit(0)
		return exclusionRows(call).show(ctx, call, q, &everything)
	})
}

// exclusionSettings are what makes an exclusion beside its type and system.
type exclusionExtras struct {
	Description string               `json:"description,omitzero" help:"What it is for."`
	Mode        s1.ExclusionMode     `json:"mode,omitzero" help:"How far agents leave a path alone; for the type Path only."`
	Depth       s1.PathExclusionType `json:"path-exclusion-type,omitzero" help:"How much below a path is meant; for the type Path only."`
}

// check refuses what does not go together; value may be empty where it stays as it is.
func (p exclusionExtras) check(of s1.ExclusionType, value string) error {
	switch {
	case of != s1.ExcludePath && p.Mode != "":
		return wrong("mode", "only exclusions of paths have one")
	case of != s1.ExcludePath && p.Depth != "":
		return wrong("path-exclusion-type", "only exclusions of paths have one")
	case of == s1.ExcludeHash && value != "" && !sha1Form.MatchString(value):
		return wrong("value", "%s is not a SHA-1 hash (40 hexadecimal digits)", quote(value))
	}
	return nil
}

// wholeDrive is a path that means everything on a drive, or everything at all.
var wholeDrive = regexp.MustCompile(`^(?:[A-Za-z*]:|\\Device\\HarddiskVolume\d+)?[\\/*.]*$`)

// exclusionNotes say what an exclusion means for the protection.
func exclusionNotes(s s1.ExclusionSettings) []string {
	means := map[s1.ExclusionType]string{
		s1.ExcludePath: "what runs from this path raises no alert, be it malware", s1.ExcludeHash: "this file may run whatever it does",
		s1.ExcludeCertificate: "whatever is signed like this is left alone", s1.ExcludeFileType: "files of this type are not looked at",
		s1.ExcludeBrowser: "this browser is not looked into",
	}[s.Type]
	if strings.HasPrefix(string(s.Mode), "disable_all_monitors") {
		means = "agents do not watch at all what runs from this path"
	}
	notes := []string{"⚠ Weakens the protection: " + firstNonEmpty(means, "agents leave this alone") + "."}
	if s.Type == s1.ExcludePath && wholeDrive.MatchString(s.Value) {
		notes = append(notes, "⚠ The path is a whole drive or more: this switches the protection off.")
	}
	return notes
}

type createExclusionParams struct {
	Type  exclusionType `json:"type" help:"What is excluded."`
	OS    s1.OSType     `json:"operation-system" help:"The operating system."`
	Value string        `json:"value" help:"The path, SHA-1 hash, signer, browser or file extension."`
	exclusionExtras
	placeParams
}

func (p *createExclusionParams) oneOf() []string {
	return []string{"site-ids", "account-ids", "group-ids"}
}

func (p *createExclusionParams) Check() error {
	if p.levels() == 0 {
		return missing(p.oneOf()...)
	}
	return p.check(s1.ExclusionType(p.Type), p.Value)
}

func (p *createExclusionParams) settings() s1.ExclusionSettings {
	s := s1.ExclusionSettings{Type: s1.ExclusionType(p.Type), Value: p.Value, OSType: p.OS, Mode: p.Mode, PathExclusionType: p.Depth, Description: p.Description}
	if s.Type == s1.ExcludeHash {
		s.Value = strings.ToLower(s.Value)
	}
	return s
}

func (p *createExclusionParams) plan(ctx context.Context, call *Call) (Plan, error) {
	places, err := p.pin(ctx, call)
	if err != nil {
		return Plan{}, err
	}
	s := p.settings()
	return Plan{Targets: places, Notes: exclusionNotes(s), Undo: "Delete", Facts: factsOf("Excluded", s.Value, "Type", s.Type.Label(), "OS", s.OSType.Label(),
		"Mode", s.Mode.Label(), "Depth", s.PathExclusionType.Label(), "Description", s.Description)}, nil
}

func createExclusion() *Command {
	return define(Command{
		Name: "create-exclusion", Title: "Create Exclusion", Area: "exclusions", Aliases: []string{"exclude", "add-exclusion"}, Main: "value",
		Risk: Destructive, Needs: "Exclusions › View + Create", Undo: "delete-exclusions",
		Doc: "Has agents leave something alone: a path, a hash, a signer, a browser or a file type. It opens a hole in the protection of every endpoint of the scope.",
		Examples: []string{`create-exclusion type=Path operation-system=Windows value="C:\Program Files\Backup\" mode="Suppress Alerts" path-exclusion-type=subfolders site-ids=Paris reason="false alarms, INC-1042"`,
			`exclude 3395856ce81f2b7382dee72602f798b642f14140 type=Hash os=Linux group-ids=Servers reason="own build tool"`},
	}, func(ctx context.Context, call *Call, p createExclusionParams) (render.Card, error) {
		made, err := call.Console.CreateExclusion(ctx, p.scope(), p.settings())
		if err != nil {
			return render.Card{}, fmt.Errorf("exclude %s: %w", quote(p.Value), err)
		}
		return exclusionMade(call, made), nil
	})
}

// exclusionMade shows the one exclusion that was made, or a table of them.
func exclusionMade(call *Call, made []s1.Exclusion) render.Card {
	title := call.command.Title
	card := render.Card{Parts: []render.Part{exclusionTable(call, made)}}
	if len(made) == 1 {
		card = exclusionCard(call, made[0])
	}
	ids := make([]s1.ExclusionID, len(made))
	for i, e := range made {
		ids[i] = e.ID
	}
	if len(made) != 1 {
		card.Actions = []render.Action{render.Button{Label: "Delete", Do: Invocation{Command: "delete-exclusions", Args: marshal(map[string]any{"exclusion-ids": ids})}}}
	}
	words := plural(len(made), "exclusion") + " made."
	if len(made) == 0 {
		return render.Failure(title, 200, "The console made no exclusion.", "Look at the list of exclusions: it may have been there already.")
	}
	card.Title, card.Outcome, card.Text = title, render.Successful, title+": "+words
	if card.Tone != render.Warning {
		card.Tone = render.Good
	}
	card.Parts = slices.Concat([]render.Part{render.Line{render.Text(words)}}, card.Parts)
	return card
}
