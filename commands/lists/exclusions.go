package lists

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/listing"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

func exclusionCommands() []*catalog.Command {
	return []*catalog.Command{getExclusions(), createExclusion(), updateExclusion(), deleteExclusions()}
}

// exclusionType is an exclusion's type with the other words that consoles and people have for it.
// The console calls a hash white_hash and a signer certificate; its page calls them Hash and Signer
// Identity.
type exclusionType s1.ExclusionType

func (exclusionType) Choices() []s1.Choice { return s1.ExclusionType("").Choices() }

func (exclusionType) Kind() catalog.Kind {
	return catalog.Synonyms(catalog.ChoiceKind(s1.ExclusionType("").Choices()), map[string]string{
		"signeridentity": "certificate", "signer": "certificate", "certificatesigneridentity": "certificate", "sha1": "white_hash", "whitehash": "white_hash",
	})
}

// exclusionRows is how lists of exclusions look.
func exclusionRows(call *catalog.Call) listing.Listing[s1.Exclusion] {
	return listing.Listing[s1.Exclusion]{
		Noun: "Exclusions", Things: "exclusions", Page: call.Console.ExclusionsPage, Raw: exclusionJSON, Stray: lookup.Strays(lookup.ExclusionMatcher, exclusionJSON),
		Table: func(found []s1.Exclusion) render.Table { return exclusionTable(call, found) },
		One:   func(e s1.Exclusion) render.Card { return exclusionCard(call, e) },
		More: []listing.Column[s1.Exclusion]{
			{Title: "Id", Value: func(e s1.Exclusion) string { return string(e.ID) }},
			{Title: "Depth", Value: func(e s1.Exclusion) string { return e.PathExclusionType.Label() }},
			{Title: "Source", Value: func(e s1.Exclusion) string { return e.Source }},
			{Title: "Application", Value: func(e s1.Exclusion) string { return e.ApplicationName }},
			{Title: "Recommendation", Value: func(e s1.Exclusion) string { return e.NotRecommended }},
		},
		Empty: "Try removing a condition. Unified exclusions appear only in the console itself.",
	}
}

// exclusionTable begins with what is excluded, which is what people know; the console's own word
// for it is an id. Who made it may be no person: then the source stands in the column.
func exclusionTable(call *catalog.Call, found []s1.Exclusion) render.Table {
	t := render.Table{Columns: []render.Column{{Title: "Excluded"}, {Title: "Type"}, {Title: "OS"}, {Title: "Mode"}, {Title: "Scope"}, {Title: "Description"}, {Title: "By"}, {Title: "Changed"}}}
	for _, e := range found {
		t.Rows = append(t.Rows, []render.Line{
			{render.Link(cmp.Or(e.Value, string(e.ID)), call.Console.ExclusionsURL(e.ID))}, {render.Text(e.Type.Label())}, {render.Text(e.OSType.Label())},
			{render.Text(e.Mode.Label())}, {render.Text(lookup.ScopeWords(e.ScopePath, e.ScopeName))}, {render.Text(e.Description)},
			{render.Text(cmp.Or(e.UserName, e.Source))}, {render.At(e.UpdatedAt.Time)},
		})
	}
	return t
}

// notRecommended is the vendor's own rating: NONE, Not recommended, Not allowed. It colours the
// card, because many who ask have inherited the list and did not make it.
func exclusionCard(call *catalog.Call, e s1.Exclusion) render.Card {
	var f listing.Sheet
	f.Text("Type", text.JoinNonEmpty(" · ", e.Type.Label(), e.PathExclusionType.Label()))
	f.Text("OS", e.OSType.Label())
	f.Text("Mode", e.Mode.Label())
	f.Text("Scope", lookup.ScopeWords(e.ScopePath, e.ScopeName))
	f.Text("Description", e.Description)
	f.Text("By", cmp.Or(e.UserName, e.Source))
	f.At("Changed", e.UpdatedAt, render.At(e.UpdatedAt.Time))
	f.Mono("Id", string(e.ID))
	card := render.Card{Tone: render.Info, Title: "Exclusion · " + e.Value, Parts: []render.Part{render.Line{render.Mono(e.Value)}, f.Part()}}
	if rated := e.NotRecommended; rated != "" && rated != "NONE" {
		card.Tone = render.Warning
		card.Parts = append(card.Parts, render.Line{render.Text("⚠ The vendor says of this exclusion: "), render.Bold(rated)})
	}
	card.Actions = append([]render.Action{
		render.Button{Label: "Change", Do: catalog.Invocation{Command: "update-exclusion", Args: exclusionArgs(e), How: render.Open}},
		render.Button{Label: "Delete", Do: catalog.Invocation{Command: "delete-exclusions", Args: catalog.Marshal(map[string]any{"exclusion-ids": []s1.ExclusionID{e.ID}})}},
	}, change.Opens([]catalog.Target{lookup.ExclusionTarget(call, e)})...)
	return card
}

// exclusionArgs fills the form that changes an exclusion with what it has. Mode and depth exist for
// paths only, and the form refuses them for the rest.
func exclusionArgs(e s1.Exclusion) json.RawMessage {
	args := map[string]any{"exclusion-id": e.ID, "type": e.Type, "operation-system": e.OSType, "value": e.Value}
	for name, value := range map[string]string{"mode": string(e.Mode), "path-exclusion-type": string(e.PathExclusionType), "description": e.Description} {
		if value != "" && (name == "description" || e.Type == s1.ExcludePath) {
			args[name] = value
		}
	}
	return catalog.Marshal(args)
}

// exclusionFilter narrows a list of exclusions down. It serves the list and the deletion, so that
// what was listed with some words is what the same words delete.
type exclusionFilter struct {
	Type exclusionType `json:"type,omitzero" help:"Only exclusions of this type."`
	OS   s1.OSType     `json:"operation-system,omitzero" help:"Only exclusions for this operating system."`
	lookup.PlaceParams
	Exclusions []s1.ExclusionID `json:"exclusion-ids,omitzero" help:"The exclusions, by value or id."`
}

// Query is the filter without the ids.
func (p exclusionFilter) Query() s1.Query {
	q := p.PlaceParams.Query(s1.Query{})
	if p.Type != "" {
		q = q.With("type", string(p.Type))
	}
	if p.OS != "" {
		q = q.With("osTypes", string(p.OS))
	}
	return q
}

type getExclusionsParams struct{ exclusionFilter }

// GET /exclusions, with parents and children of the token's scope, or most of the list would be
// missing. The limit is 0, that is all of them: the specification gives this command no limit.
func getExclusions() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-exclusions", Title: "Get Exclusions", Area: "exclusions", Aliases: []string{"exclusions", "exclusion"}, Main: "exclusion-ids",
		Wording: exclusionsWording(),
		Risk:    catalog.Read, Needs: "Exclusions › View", Repeatable: true,
		Doc:      "Lists exclusions: the paths, hashes, signers, browsers and file types that agents don't check.",
		Examples: []string{"exclusions type=Path operation-system=Windows", "get-exclusions site-ids=Paris"},
	}, func(ctx context.Context, call *catalog.Call, p getExclusionsParams) (render.Card, error) {
		q := p.Query().Everywhere()
		if len(p.Exclusions) > 0 {
			q = q.With("ids", catalog.Convert[string](p.Exclusions)...)
		}
		everything := listing.Limit(0)
		return exclusionRows(call).Show(ctx, call, q, &everything)
	})
}

// exclusionExtras are what makes an exclusion beside its type and system.
type exclusionExtras struct {
	Description string               `json:"description,omitzero" help:"Why this is excluded, for those who read the list later."`
	Mode        s1.ExclusionMode     `json:"mode,omitzero" help:"How much protection is turned off for a path. Only for the type Path."`
	Depth       s1.PathExclusionType `json:"path-exclusion-type,omitzero" help:"Whether it covers a file, a folder, or a folder with its subfolders. Only for the type Path."`
}

// fits refuses what does not go together; value may be empty where it stays as it is.
func (p exclusionExtras) fits(of s1.ExclusionType, value string) error {
	switch {
	case of != s1.ExcludePath && p.Mode != "":
		return catalog.Wrong("mode", "only path exclusions have one")
	case of != s1.ExcludePath && p.Depth != "":
		return catalog.Wrong("path-exclusion-type", "only path exclusions have one")
	case of == s1.ExcludeHash && value != "" && !lookup.Sha1Form.MatchString(value):
		return catalog.Wrong("value", "%s is not a SHA-1 hash (40 hexadecimal digits)", text.Quote(value))
	}
	return nil
}

// wholeDrive is a path that means everything on a drive, or everything at all. It decides nothing
// and warns only: an exclusion of C:\ is the mistake that turns an estate's protection off.
var wholeDrive = regexp.MustCompile(`^(?:[A-Za-z*]:|\\Device\\HarddiskVolume\d+)?[\\/*.]*$`)

// exclusionNotes say what an exclusion means for the protection. Each kind of exclusion gives
// something else away, and an approver need not know the console's words for it.
func exclusionNotes(s s1.ExclusionSettings) []string {
	means := map[s1.ExclusionType]string{
		s1.ExcludePath: "whatever runs from this path raises no alert, even malware", s1.ExcludeHash: "this file may run, whatever it does",
		s1.ExcludeCertificate: "anything with this signature isn't checked", s1.ExcludeFileType: "files of this type are not checked",
		s1.ExcludeBrowser: "this browser is not monitored",
	}[s.Type]
	if strings.HasPrefix(string(s.Mode), "disable_all_monitors") {
		means = "agents don't monitor anything that runs from this path"
	}
	notes := []string{"⚠ Weakens protection: " + cmp.Or(means, "agents don't check this") + "."}
	if s.Type == s1.ExcludePath && wholeDrive.MatchString(s.Value) {
		notes = append(notes, "⚠ The path is a whole drive or more: this turns protection off.")
	}
	return notes
}

// At least one place must be named; the console would take tenant:true for all, which nobody may
// reach by leaving a field empty.
type createExclusionParams struct {
	Type  exclusionType `json:"type" help:"What to exclude: a path, a hash, a signer, a browser or a file type."`
	OS    s1.OSType     `json:"operation-system" help:"The operating system it applies to."`
	Value string        `json:"value" help:"The path, SHA-1 hash, signer, browser or file extension."`
	exclusionExtras
	lookup.PlaceParams
}

func (p *createExclusionParams) OneOf() []string {
	return []string{"site-ids", "account-ids", "group-ids"}
}

func (p *createExclusionParams) Check() error {
	if p.Levels() == 0 {
		return catalog.Missing(p.OneOf()...)
	}
	return p.fits(s1.ExclusionType(p.Type), p.Value)
}

func (p *createExclusionParams) settings() s1.ExclusionSettings {
	s := s1.ExclusionSettings{Type: s1.ExclusionType(p.Type), Value: p.Value, OSType: p.OS, Mode: p.Mode, PathExclusionType: p.Depth, Description: p.Description}
	if s.Type == s1.ExcludeHash {
		s.Value = strings.ToLower(s.Value)
	}
	return s
}

func (p *createExclusionParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	places, err := p.Pin(ctx, call)
	if err != nil {
		return catalog.Plan{}, err
	}
	s := p.settings()
	return catalog.Plan{Targets: places, About: []string{s.Value}, Notes: exclusionNotes(s), Undo: "Delete", Facts: catalog.FactsOf("Excluded", s.Value, "Type", s.Type.Label(), "OS", s.OSType.Label(),
		"Mode", s.Mode.Label(), "Depth", s.PathExclusionType.Label(), "Description", s.Description)}, nil
}

// POST /exclusions answers with a list, one row for each scope. Not Repeatable: a second call can
// make a second row, so after a crash a person is asked. A console that has unified exclusions
// alone (404 there) gets the same by its other path, with a name and a reason that the bot supplies
// and tells.
func createExclusion() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "create-exclusion", Title: "Create Exclusion", Area: "exclusions", Aliases: []string{"exclude", "add-exclusion"}, Main: "value",
		Wording: excludeWording(),
		Risk:    catalog.Destructive, Needs: "Exclusions › View + Create", Undo: "delete-exclusions",
		Doc: "Creates an exclusion: agents no longer check a path, hash, signer, browser or file type. This weakens protection on every endpoint in the scope.",
		Examples: []string{`create-exclusion type=Path operation-system=Windows value="C:\Program Files\Backup\" mode="Suppress Alerts" path-exclusion-type=subfolders site-ids=Paris reason="false alarms, INC-1042"`,
			`exclude 3395856ce81f2b7382dee72602f798b642f14140 type=Hash os=Linux group-ids=Servers reason="own build tool"`},
	}, func(ctx context.Context, call *catalog.Call, p createExclusionParams) (render.Card, error) {
		made, err := call.Console.CreateExclusion(ctx, p.Scope(), p.settings())
		if err != nil {
			return render.Card{}, fmt.Errorf("exclude %s: %w", text.Quote(p.Value), err)
		}
		var shown []change.Made[s1.ExclusionID]
		for _, e := range made {
			shown = append(shown, change.Made[s1.ExclusionID]{ID: e.ID, Name: cmp.Or(e.Value, p.Value)})
		}
		return change.Visible(withUnifiedName(exclusionMade(call, made), made), shown, func(ids []s1.ExclusionID) ([]s1.Exclusion, error) {
			return call.Console.ExclusionsByID(ctx, ids)
		}, func(e s1.Exclusion) s1.ExclusionID { return e.ID }), nil
	})
}

// withUnifiedName says how a console that has unified exclusions alone calls what was made: the bot
// chose that, nobody else did.
func withUnifiedName(card render.Card, made []s1.Exclusion) render.Card {
	if len(made) > 0 && made[0].UnifiedName != "" && made[0].ModeType != "" {
		card.Parts = append(card.Parts, render.Note{render.Text(fmt.Sprintf("This console has unified exclusions, which need a name and a reason: I called it %s and gave the reason %s.", text.Quote(made[0].UnifiedName), text.Quote(made[0].Reason)))})
	}
	return card
}

// exclusionMade shows the one exclusion that was made, or a table of them.
func exclusionMade(call *catalog.Call, made []s1.Exclusion) render.Card {
	title := call.Command.Title
	card := render.Card{Parts: []render.Part{exclusionTable(call, made)}}
	if len(made) == 1 {
		card = exclusionCard(call, made[0])
	}
	ids := make([]s1.ExclusionID, len(made))
	for i, e := range made {
		ids[i] = e.ID
	}
	if len(made) != 1 {
		card.Actions = []render.Action{render.Button{Label: "Delete", Do: catalog.Invocation{Command: "delete-exclusions", Args: catalog.Marshal(map[string]any{"exclusion-ids": ids})}}}
	}
	words := text.Plural(len(made), "exclusion") + " made."
	if len(made) == 0 {
		return render.Failure(title, 200, "The console created no exclusion.", "Check the list of exclusions: it may exist already.")
	}
	card.Title, card.Outcome, card.Text = title, render.Successful, title+": "+words
	if card.Tone != render.Warning {
		card.Tone = render.Good
	}
	card.Parts = slices.Concat([]render.Part{render.Line{render.Text(words)}}, card.Parts)
	return card
}

func exclusionJSON(e s1.Exclusion) json.RawMessage { return e.Raw }
