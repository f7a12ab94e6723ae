package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

type deleteExclusionsParams struct{ exclusionFilter }

func (p *deleteExclusionsParams) oneOf() []string {
	return []string{"exclusion-ids", "type", "operation-system", "account-ids", "site-ids", "group-ids"}
}

// Check refuses to delete all exclusions, which is what the specification makes of no parameter.
func (p *deleteExclusionsParams) Check() error {
	if len(p.Exclusions) == 0 && !p.filters() {
		return missing(p.oneOf()...)
	}
	return nil
}

func (p *deleteExclusionsParams) filters() bool {
	return p.Type != "" || p.OS != "" || p.levels() > 0
}

// pinned allows the type beside the ids: the console takes it as a check.
func (p *deleteExclusionsParams) pinned() bool {
	return len(p.Exclusions) > 0 && p.OS == "" && p.levels() == 0
}

func (p *deleteExclusionsParams) plan(ctx context.Context, call *Call) (Plan, error) {
	found, err := p.resolve(ctx, call)
	if err != nil {
		return Plan{}, err
	}
	*p = deleteExclusionsParams{exclusionFilter{Type: typeOfAll(found)}}
	for _, e := range found {
		p.Exclusions = append(p.Exclusions, e.ID)
	}
	plan := Plan{Targets: targetsOf(call, found, exclusionTarget), Notes: []string{
		"After this agents look at these again: software that worked may be stopped.", "Deleted exclusions have to be made anew.",
	}}
	for _, e := range found {
		plan.reaches(e.Value, e.Scope, e.ScopePath, e.ScopeName)
	}
	return plan, nil
}

// resolve returns the exclusions meant: those named, those that the filter selects, or those that are both.
func (p *deleteExclusionsParams) resolve(ctx context.Context, call *Call) ([]s1.Exclusion, error) {
	var named []s1.Exclusion
	var err error
	if len(p.Exclusions) > 0 {
		named, err = exclusionDirectory().all(ctx, call, "exclusion-ids", convert[string](p.Exclusions))
		if err != nil || !p.filters() {
			return named, err
		}
	}
	if p.pinned() { // what a plan made: asked again before it runs, it means the same
		return p.ofType(named)
	}
	if _, err := p.pin(ctx, call); err != nil {
		return nil, err
	}
	// The very scope that is named, or the token's own: with those above and below it would be more than was asked for.
	rows := heeded(call.Console.Exclusions(ctx, p.query()), p.query(), exclusionSieve, func(e s1.Exclusion) json.RawMessage { return e.Raw })
	found, err := selected("exclusion-ids", "exclusion", s1.Filter{}, rows)
	if err != nil {
		return nil, err
	}
	if len(named) > 0 {
		found = slices.DeleteFunc(found, func(e s1.Exclusion) bool {
			return !slices.ContainsFunc(named, func(n s1.Exclusion) bool { return n.ID == e.ID })
		})
	}
	if len(found) == 0 {
		return nil, nothingMatches("exclusion-ids", "exclusion")
	}
	return found, nil
}

// ofType are those of the exclusions that have the type.
func (p *deleteExclusionsParams) ofType(named []s1.Exclusion) ([]s1.Exclusion, error) {
	found := slices.DeleteFunc(named, func(e s1.Exclusion) bool { return exclusionType(e.Type) != p.Type })
	if len(found) == 0 {
		return nil, nothingMatches("exclusion-ids", "exclusion")
	}
	return found, nil
}

// typeOfAll is the type that all exclusions have, if it is one.
func typeOfAll(found []s1.Exclusion) exclusionType {
	for _, e := range found {
		if e.Type != found[0].Type {
			return ""
		}
	}
	return exclusionType(found[0].Type)
}

func deleteExclusions() *Command {
	return define(Command{
		Name: "delete-exclusions", Title: "Delete Exclusions", Area: "exclusions", Aliases: []string{"delete-exclusion", "unexclude"}, Main: "exclusion-ids",
		Risk: Destructive, Needs: "Exclusions › View + Delete", Repeatable: true, Undo: "create-exclusion",
		Doc: "Deletes exclusions: agents look again at what they left alone. Without a parameter it deletes nothing.",
		Examples: []string{`delete-exclusions exclusion-ids=1748812345678908888 reason="no longer needed"`,
			`delete-exclusions type=Path operation-system=Linux site-ids=Lyon reason="site closed"`},
	}, func(ctx context.Context, call *Call, p deleteExclusionsParams) (render.Card, error) {
		before, _ := call.Console.ExclusionsByID(ctx, p.Exclusions[:min(len(p.Exclusions), maxShown)]) // nobody can read their names afterwards
		result, err := call.Console.DeleteExclusions(ctx, p.Exclusions, s1.ExclusionType(p.Type))
		if err != nil {
			return render.Card{}, fmt.Errorf("delete %d exclusions: %w", len(p.Exclusions), err)
		}
		c := change{
			noun: "exclusion", done: "deleted", result: result, targets: known(call, "exclusion", p.Exclusions, before, systemFirst(exclusionTarget)),
			states: gone(p.Exclusions, "deleted"),
			why:    "The exclusions are gone already, or outside what the bot's token may change.",
		}
		if result.Affected < len(p.Exclusions) {
			c.states = nil
			if still, err := call.Console.ExclusionsByID(ctx, p.Exclusions); err == nil {
				c.states = remains(p.Exclusions, still, func(e s1.Exclusion) (s1.ExclusionID, bool) { return e.ID, true })
			}
		}
		return c.card(call), nil
	})
}

type updateExclusionParams struct {
	Exclusion s1.ExclusionID `json:"exclusion-id" help:"The exclusion."`
	Type      exclusionType  `json:"type" help:"What is excluded; it cannot be changed."`
	OS        s1.OSType      `json:"operation-system" help:"The operating system; it cannot be changed."`
	Value     string         `json:"value,omitzero" help:"The path, SHA-1 hash, signer, browser or file extension."`
	exclusionExtras
	Was string `json:"was,omitzero" help:"-"` // fingerprint of the exclusion that was shown to the approver
}

func (p *updateExclusionParams) pinned() bool { return p.Was != "" }

func (p *updateExclusionParams) oneOf() []string {
	return []string{"value", "description", "mode", "path-exclusion-type"}
}

func (p *updateExclusionParams) Check() error {
	if p.Value == "" && p.exclusionExtras == (exclusionExtras{}) {
		return missing(p.oneOf()...)
	}
	return p.check(s1.ExclusionType(p.Type), p.Value)
}

func (p *updateExclusionParams) plan(ctx context.Context, call *Call) (Plan, error) {
	e, err := p.read(ctx, call)
	if err != nil {
		return Plan{}, err
	}
	switch {
	case s1.ExclusionType(p.Type) != e.Type:
		return Plan{}, wrong("type", "the exclusion is of the type %s, which cannot be changed; make another one", e.Type.Label())
	case p.OS != e.OSType:
		return Plan{}, wrong("operation-system", "the exclusion is for %s, which cannot be changed; make another one", e.OSType.Label())
	}
	wanted := p.wanted(e)
	changes := diffs(exclusionTraits(e.Settings()), exclusionTraits(wanted), weakensByExclusion)
	if len(changes) == 0 {
		return Plan{}, alreadySo("exclusion-id", "exclusion")
	}
	p.Exclusion, p.Was = e.ID, fingerprintOf(exclusionTraits(e.Settings()))
	plan := Plan{Targets: []Target{exclusionTarget(call, e)}, Changes: changes, Notes: append(weakenNote(changes), exclusionNotes(wanted)...),
		Undo: "Set the old values again"}
	plan.reaches(e.Value, e.Scope, e.ScopePath, e.ScopeName)
	return plan, nil
}

// wanted puts what is given over what is there: the console takes the whole of it.
func (p *updateExclusionParams) wanted(e s1.Exclusion) s1.ExclusionSettings {
	s := e.Settings()
	s.Value = firstNonEmpty(p.Value, s.Value)
	s.Description = firstNonEmpty(p.Description, s.Description)
	s.Mode = s1.ExclusionMode(firstNonEmpty(string(p.Mode), string(s.Mode)))
	s.PathExclusionType = s1.PathExclusionType(firstNonEmpty(string(p.Depth), string(s.PathExclusionType)))
	if s.Type == s1.ExcludeHash {
		s.Value = strings.ToLower(s.Value)
	}
	return s
}

func exclusionTraits(s s1.ExclusionSettings) []trait {
	return []trait{{"Type", s.Type.Label()}, {"OS", s.OSType.Label()}, {"Excluded", s.Value}, {"Mode", s.Mode.Label()}, {"Depth", s.PathExclusionType.Label()}, {"Description", s.Description}}
}

// exclusionBreadth ranks modes and depths by how much they leave alone; what is not here cannot be compared.
var exclusionBreadth = map[string]int{
	"File": 1, "Folder": 2, "Subfolders": 3,
	"Suppress Dynamic Only": 1, "Suppress DFI Only": 1, "Suppress App Control": 1, "Suppress Drift Detection": 1, "Suppress Alerts": 2,
	"Interoperability": 3, "Interoperability Extended": 4, "Performance Focus": 5, "Performance Focus Extended": 6,
}

// weakensByExclusion tells whether more is left alone afterwards. Another value is, unless it lies within the old one.
func weakensByExclusion(field, old, now string) bool {
	switch field {
	case "Description":
		return false
	case "Excluded":
		return !strings.HasPrefix(strings.ToLower(now), strings.ToLower(old))
	}
	return exclusionBreadth[now] >= exclusionBreadth[old]
}

func updateExclusion() *Command {
	return define(Command{
		Name: "update-exclusion", Title: "Update Exclusion", Area: "exclusions", Aliases: []string{"change-exclusion"}, Main: "exclusion-id",
		Risk: Destructive, Needs: "Exclusions › View + Edit", Undo: "update-exclusion",
		Doc:      "Changes an exclusion. What is not given stays as it is.",
		Examples: []string{`update-exclusion 1748812345678908888 type=Path operation-system=Windows value="D:\Test\" description="moved" reason="new server"`},
	}, func(ctx context.Context, call *Call, p updateExclusionParams) (render.Card, error) {
		return p.run(ctx, call)
	})
}

// run changes the exclusion if it is still the one that was shown when this was asked for.
func (p *updateExclusionParams) run(ctx context.Context, call *Call) (render.Card, error) {
	e, err := p.read(ctx, call)
	if err != nil {
		return render.Card{}, err
	}
	was, wanted := exclusionTraits(e.Settings()), exclusionTraits(p.wanted(e))
	if fingerprintOf(was) != p.Was {
		return render.Card{}, changedMeanwhile("exclusion-id", "exclusion")
	}
	after, err := call.Console.UpdateExclusion(ctx, p.Exclusion, p.wanted(e))
	if err != nil {
		return render.Card{}, fmt.Errorf("update exclusion %s: %w", p.Exclusion, err)
	}
	left := diffs(exclusionTraits(after.Settings()), wanted, weakensByExclusion)
	if len(left) > 0 { // the answer need not show the exclusion as it is now
		if again, err := p.read(ctx, call); err == nil {
			after, left = again, diffs(exclusionTraits(again.Settings()), wanted, weakensByExclusion)
		}
	}
	return changeOutcome(call, "exclusion", exclusionTarget(call, after), diffs(was, wanted, weakensByExclusion), left, exclusionArgs(e)), nil
}

func (p *updateExclusionParams) read(ctx context.Context, call *Call) (s1.Exclusion, error) {
	found, err := exclusionDirectory().all(ctx, call, "exclusion-id", []string{string(p.Exclusion)})
	if err != nil {
		return s1.Exclusion{}, err
	}
	return found[0], nil
}
