package lists

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/lookup"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/filters"
)

// Filters select what goes, and Plan turns them into ids; what the console gets is DELETE
// /exclusions with ids.
type deleteExclusionsParams struct{ exclusionFilter }

func (p *deleteExclusionsParams) OneOf() []string {
	return []string{"exclusion-ids", "type", "operation-system", "account-ids", "site-ids", "group-ids"}
}

// Check refuses to delete all exclusions, which is what the specification makes of no parameter.
// That is what an integration made of it, by listing and deleting all; the API itself wants ids.
func (p *deleteExclusionsParams) Check() error {
	if len(p.Exclusions) == 0 && !p.filters() {
		return catalog.Missing(p.OneOf()...)
	}
	return nil
}

func (p *deleteExclusionsParams) filters() bool {
	return p.Type != "" || p.OS != "" || p.Levels() > 0
}

// Resolved allows the type beside the ids: the console takes it as a check.
func (p *deleteExclusionsParams) Resolved() bool {
	return len(p.Exclusions) > 0 && p.OS == "" && p.Levels() == 0
}

// The undo is a new exclusion with a new id: nothing brings the old one back, which the note says.
func (p *deleteExclusionsParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	found, err := p.Resolve(ctx, call)
	if err != nil {
		return catalog.Plan{}, err
	}
	*p = deleteExclusionsParams{exclusionFilter{Type: typeOfAll(found)}}
	for _, e := range found {
		p.Exclusions = append(p.Exclusions, e.ID)
	}
	plan := catalog.Plan{Targets: catalog.TargetsOf(call, found, lookup.ExclusionTarget), Notes: []string{
		"Agents will check these again: software that worked may be stopped.", "A deleted exclusion has to be created again.",
	}}
	for _, e := range found {
		plan.Reaches(e.Value, e.Scope, e.ScopePath, e.ScopeName)
	}
	return plan, nil
}

// Resolve returns the exclusions meant: those named, those that the filter selects, or those that
// are both. Where ids and a filter are given both must hold, as everywhere.
func (p *deleteExclusionsParams) Resolve(ctx context.Context, call *catalog.Call) ([]s1.Exclusion, error) {
	var named []s1.Exclusion
	var err error
	if len(p.Exclusions) > 0 {
		named, err = lookup.ExclusionDirectory().All(ctx, call, "exclusion-ids", catalog.Convert[string](p.Exclusions))
		if err != nil || !p.filters() {
			return named, err
		}
	}
	if p.Resolved() { // what a plan made: asked again before it runs, it means the same
		return p.ofType(named)
	}
	if _, err := p.Pin(ctx, call); err != nil {
		return nil, err
	}
	// The very scope that is named, or the token's own: with those above and below it would be more
	// than was asked for.
	rows := lookup.PostFiltered(call.Console.Exclusions(ctx, p.Query()), p.Query(), lookup.ExclusionMatcher, func(e s1.Exclusion) json.RawMessage { return e.Raw })
	found, err := lookup.Selected("exclusion-ids", "exclusion", filters.Filter{}, rows)
	if err != nil {
		return nil, err
	}
	if len(named) > 0 {
		found = slices.DeleteFunc(found, func(e s1.Exclusion) bool {
			return !slices.ContainsFunc(named, func(n s1.Exclusion) bool { return n.ID == e.ID })
		})
	}
	if len(found) == 0 {
		return nil, catalog.NothingMatches("exclusion-ids", "exclusion")
	}
	return found, nil
}

// ofType are those of the exclusions that have the type.
func (p *deleteExclusionsParams) ofType(named []s1.Exclusion) ([]s1.Exclusion, error) {
	found := slices.DeleteFunc(named, func(e s1.Exclusion) bool { return exclusionType(e.Type) != p.Type })
	if len(found) == 0 {
		return nil, catalog.NothingMatches("exclusion-ids", "exclusion")
	}
	return found, nil
}

// typeOfAll is the type that all exclusions have, if it is one. The call carries it as the
// console's own check on the ids; with several types there is none to carry.
func typeOfAll(found []s1.Exclusion) exclusionType {
	for _, e := range found {
		if e.Type != found[0].Type {
			return ""
		}
	}
	return exclusionType(found[0].Type)
}

// Exclusions made through /unified-exclusions have a DELETE of their own, and whether this one
// reaches them is not known: then fewer are affected, and Remains says which are still there.
func deleteExclusions() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "delete-exclusions", Title: "Delete Exclusions", Area: "exclusions", Aliases: []string{"delete-exclusion", "unexclude"}, Main: "exclusion-ids",
		Wording: deleteExclusionsWording(),
		Risk:    catalog.Destructive, Needs: "Exclusions › View + Delete", Repeatable: true, Undo: "create-exclusion",
		Doc: "Deletes exclusions: agents check these items again. Without a parameter, nothing is deleted.",
		Examples: []string{`delete-exclusions exclusion-ids=1748812345678908888 reason="no longer needed"`,
			`delete-exclusions type=Path operation-system=Linux site-ids=Lyon reason="site closed"`},
	}, func(ctx context.Context, call *catalog.Call, p deleteExclusionsParams) (render.Card, error) {
		c, _, err := change.Deletion[s1.Exclusion, s1.ExclusionID]{
			Noun: "exclusion", Target: lookup.SystemFirst(lookup.ExclusionTarget), Read: call.Console.ExclusionsByID,
			Send: func(ctx context.Context, ids []s1.ExclusionID) (s1.ActionResult, error) {
				return call.Console.DeleteExclusions(ctx, ids, s1.ExclusionType(p.Type))
			},
			There: func(e s1.Exclusion) (s1.ExclusionID, bool) { return e.ID, true },
		}.Run(ctx, call, p.Exclusions)
		if err != nil {
			return render.Card{}, err
		}
		return c.Card(call), nil
	})
}

// PUT /exclusions takes the id in the body, not in the path, and type and OS must be what they are.
// They stand here because the specification has them as required, and Plan refuses others before
// anybody is asked.
type updateExclusionParams struct {
	Exclusion s1.ExclusionID `json:"exclusion-id" help:"The exclusion to change, by value or id."`
	Type      exclusionType  `json:"type" help:"Its type, which can't be changed."`
	OS        s1.OSType      `json:"operation-system" help:"Its operating system, which can't be changed."`
	Value     string         `json:"value,omitzero" help:"The path, SHA-1 hash, signer, browser or file extension."`
	exclusionExtras
	Was string `json:"was,omitzero" help:"-"` // fingerprint of the exclusion that was shown to the approver
}

// Only Plan writes Was, and a person cannot: it is hidden.
func (p *updateExclusionParams) Resolved() bool { return p.Was != "" }

func (p *updateExclusionParams) OneOf() []string {
	return []string{"value", "description", "mode", "path-exclusion-type"}
}

func (p *updateExclusionParams) Check() error {
	if p.Value == "" && p.exclusionExtras == (exclusionExtras{}) {
		return catalog.Missing(p.OneOf()...)
	}
	return p.fits(s1.ExclusionType(p.Type), p.Value)
}

// PUT replaces all settings, so the wanted ones start from those that are there. The fingerprint of
// those is compared again before the change: what was approved is a difference, and it is another
// one if somebody changed the exclusion meanwhile.
func (p *updateExclusionParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	e, err := p.read(ctx, call)
	if err != nil {
		return catalog.Plan{}, err
	}
	switch {
	case s1.ExclusionType(p.Type) != e.Type:
		return catalog.Plan{}, catalog.Wrong("type", "the exclusion is of type %s, which can't be changed; create a new one instead", e.Type.Label())
	case p.OS != e.OSType:
		return catalog.Plan{}, catalog.Wrong("operation-system", "the exclusion is for %s, which can't be changed; create a new one instead", e.OSType.Label())
	}
	wanted := p.wanted(e)
	changes := change.Diffs(exclusionFields(e.Settings()), exclusionFields(wanted), weakensByExclusion)
	if len(changes) == 0 {
		return catalog.Plan{}, catalog.AlreadySo("exclusion-id", "exclusion")
	}
	p.Exclusion, p.Was = e.ID, change.FingerprintOf(exclusionFields(e.Settings()))
	plan := catalog.Plan{Targets: []catalog.Target{lookup.ExclusionTarget(call, e)}, Changes: changes, Notes: append(change.WeakenNote(changes), exclusionNotes(wanted)...),
		Undo: "Restore the old values"}
	plan.Reaches(e.Value, e.Scope, e.ScopePath, e.ScopeName)
	return plan, nil
}

// wanted puts what is given over what is there: the console takes the whole of it. A field that is
// left out of the PUT would be emptied, so a description would be lost by a change of the path.
func (p *updateExclusionParams) wanted(e s1.Exclusion) s1.ExclusionSettings {
	s := e.Settings()
	s.Value = cmp.Or(p.Value, s.Value)
	s.Description = cmp.Or(p.Description, s.Description)
	s.Mode = s1.ExclusionMode(cmp.Or(string(p.Mode), string(s.Mode)))
	s.PathExclusionType = s1.PathExclusionType(cmp.Or(string(p.Depth), string(s.PathExclusionType)))
	if s.Type == s1.ExcludeHash {
		s.Value = strings.ToLower(s.Value)
	}
	return s
}

// Labels and not wire values, for approvers read the differences.
func exclusionFields(s s1.ExclusionSettings) []change.Field {
	return []change.Field{{Name: "Type", Value: s.Type.Label()}, {Name: "OS", Value: s.OSType.Label()}, {Name: "Excluded", Value: s.Value}, {Name: "Mode", Value: s.Mode.Label()}, {Name: "Depth", Value: s.PathExclusionType.Label()}, {Name: "Description", Value: s.Description}}
}

// exclusionBreadth ranks modes and depths by how much they leave alone; what is not here cannot be
// compared. Equal ranks are different modes of the same breadth: each leaves something alone that
// the other does not.
var exclusionBreadth = map[string]int{
	"File": 1, "Folder": 2, "Subfolders": 3,
	"Suppress Dynamic Only": 1, "Suppress DFI Only": 1, "Suppress App Control": 1, "Suppress Drift Detection": 1, "Suppress Alerts": 2,
	"Interoperability": 3, "Interoperability Extended": 4, "Performance Focus": 5, "Performance Focus Extended": 6,
}

// weakensByExclusion tells whether more is left alone afterwards. Another value is, unless it lies
// within the old one: below the same folder. That one value merely begins with the other means
// nothing: C:\Test2 is not in C:\Test, and the signer ACME Labs is not ACME.
func weakensByExclusion(field, old, now string) bool {
	switch field {
	case "Description":
		return false
	case "Excluded":
		folder := strings.TrimRight(strings.ToLower(old), `\/`)
		rest, below := strings.CutPrefix(strings.ToLower(now), folder)
		return !below || folder == "" || rest != "" && !strings.ContainsAny(rest[:1], `\/`)
	}
	return exclusionBreadth[now] >= exclusionBreadth[old]
}

func updateExclusion() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "update-exclusion", Title: "Update Exclusion", Area: "exclusions", Aliases: []string{"change-exclusion"}, Main: "exclusion-id",
		Risk: catalog.Destructive, Needs: "Exclusions › View + Edit", Undo: "update-exclusion",
		Doc:      "Updates an exclusion. Fields you leave out stay as they are.",
		Examples: []string{`update-exclusion 1748812345678908888 type=Path operation-system=Windows value="D:\Test\" description="moved" reason="new server"`},
	}, func(ctx context.Context, call *catalog.Call, p updateExclusionParams) (render.Card, error) {
		return p.run(ctx, call)
	})
}

// run changes the exclusion if it is still the one that was shown when this was asked for. The
// answer of a PUT is read and, where it does not show what was asked for, the list once more:
// it need not show the row as it is now.
func (p *updateExclusionParams) run(ctx context.Context, call *catalog.Call) (render.Card, error) {
	e, err := p.read(ctx, call)
	if err != nil {
		return render.Card{}, err
	}
	was, wanted := exclusionFields(e.Settings()), exclusionFields(p.wanted(e))
	if change.FingerprintOf(was) != p.Was {
		return render.Card{}, catalog.ChangedMeanwhile("exclusion-id", "exclusion")
	}
	after, err := call.Console.UpdateExclusion(ctx, p.Exclusion, p.wanted(e))
	if err != nil {
		return render.Card{}, fmt.Errorf("update exclusion %s: %w", p.Exclusion, err)
	}
	unapplied := change.Diffs(exclusionFields(after.Settings()), wanted, weakensByExclusion)
	if len(unapplied) > 0 { // the answer need not show the exclusion as it is now
		if again, err := p.read(ctx, call); err == nil {
			after, unapplied = again, change.Diffs(exclusionFields(again.Settings()), wanted, weakensByExclusion)
		}
	}
	return change.ChangeOutcome(call, "exclusion", lookup.ExclusionTarget(call, after), change.Diffs(was, wanted, weakensByExclusion), unapplied, exclusionArgs(e)), nil
}

func (p *updateExclusionParams) read(ctx context.Context, call *catalog.Call) (s1.Exclusion, error) {
	found, err := lookup.ExclusionDirectory().All(ctx, call, "exclusion-id", []string{string(p.Exclusion)})
	if err != nil {
		return s1.Exclusion{}, err
	}
	return found[0], nil
}
