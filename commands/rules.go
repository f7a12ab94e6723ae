package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"s1bot/render"
	"s1bot/s1"
)

func ruleCommands() []*Command {
	return []*Command{getRules(), activateRules(), disableRules(), deleteRules(), createRule(), updateRule()}
}

// ruleFilter narrows a list of rules down. What a rule's id, name or scope says is the console's to compare.
type ruleFilter struct {
	placeParams
	Rules   []s1.RuleID     `json:"rule-ids,omitzero" help:"The rules."`
	Creator []string        `json:"creator,omitzero" help:"Parts of the names of who made them."`
	Name    []string        `json:"name,omitzero" help:"Parts of the names of rules."`
	Status  []s1.RuleStatus `json:"status,omitzero" help:"Only rules in these states."`
	Query   []string        `json:"query,omitzero" help:"Parts of the rules' queries."`
	Types   []s1.RuleQuery  `json:"query-type,omitzero" help:"What the rules look at. Newer consoles know no Processes."`
}

// Check refuses what the console could not search for.
func (p *ruleFilter) Check() error {
	return searchables(named{"creator", p.Creator}, named{"name", p.Name}, named{"query", p.Query})
}

// named is a list of texts with the name of its parameter.
type named struct {
	param  string
	values []string
}

// searchables checks texts that the console searches for: 10 of 2 characters or more.
func searchables(lists ...named) error {
	for _, list := range lists {
		if len(list.values) > maxNames {
			return wrong(list.param, "the console searches for at most %d values, not %d", maxNames, len(list.values))
		}
		for _, value := range list.values {
			if !searchable(value) {
				return wrong(list.param, "%s cannot be searched for: the console wants two characters or more, and no comma", quote(value))
			}
		}
	}
	return nil
}

// keys is the filter as query parameters, but for the ids; the two lists of rules search the rules' text under another key.
func (p *ruleFilter) keys(text string) s1.Query {
	q := p.placeParams.query(s1.Query{})
	for key, values := range map[string][]string{
		"creator__contains": p.Creator, "name__contains": p.Name, "status": convert[string](p.Status), text: p.Query, "queryType": convert[string](p.Types),
	} {
		if len(values) > 0 {
			q = q.With(key, values...)
		}
	}
	return q
}

type getRulesParams struct{ ruleFilter }

func getRules() *Command {
	return define(Command{
		Name: "get-star-custom-rules", Title: "Get Star Custom Rules", Area: "rules", Aliases: []string{"rules", "star-rules", "rule"}, Main: "name",
		Risk: Read, Needs: "STAR Custom Rules › View", Repeatable: true,
		Doc:      "Lists detection rules with their state and what their hits lead to. A single one is shown with its query.",
		Examples: []string{"rules powershell", `get-star-custom-rules status=Active query-type=Events site-ids=Paris`},
	}, func(ctx context.Context, call *Call, p getRulesParams) (render.Card, error) {
		q := p.keys("s1ql__contains")
		if len(p.Rules) > 0 {
			q = q.With("ids", convert[string](p.Rules)...)
		}
		everything := Limit(0)
		return ruleRows(call).show(ctx, call, q, &everything)
	})
}

// expiry says whether a rule's time is over.
type expiry string

func (expiry) Choices() []s1.Choice {
	return []s1.Choice{{Value: "expired", Label: "Expired"}, {Value: "not_expired", Label: "Not Expired"}}
}

func (expiry) kind() kind {
	return synonyms(choiceKind(expiry("").Choices()), map[string]string{"true": "expired", "yes": "expired", "false": "not_expired", "no": "not_expired"})
}

// synonyms makes a menu understand other words for its values, too.
func synonyms(k kind, words map[string]string) kind {
	read := k.read
	k.read = func(text string, in Input) (any, error) {
		if value, ok := words[squash(text)]; ok {
			text = value
		}
		return read(text, in)
	}
	return k
}

// ruleSelection names rules that are to be changed. It is never empty, for the console might take that for all rules.
type ruleSelection struct {
	ruleFilter
	Expired expiry   `json:"expired,omitzero" help:"Only rules whose time is over, or is not."`
	S1QL    []string `json:"s1ql,omitzero" title:"s1ql" help:"Parts of the rules' queries."`
}

func (p *ruleSelection) oneOf() []string {
	return []string{"rule-ids", "account-ids", "site-ids", "group-ids", "creator", "name", "status", "query", "query-type", "expired", "s1ql"}
}

// Check refuses a selection of everything.
func (p *ruleSelection) Check() error {
	if len(p.Rules) == 0 && !p.filters() {
		return missing(p.oneOf()...)
	}
	if err := p.ruleFilter.Check(); err != nil {
		return err
	}
	return searchables(named{"s1ql", p.S1QL})
}

// filters tells whether anything but ids is given.
func (p *ruleSelection) filters() bool {
	return p.levels() > 0 || len(p.Creator)+len(p.Name)+len(p.Status)+len(p.Query)+len(p.Types)+len(p.S1QL) > 0 || p.Expired != ""
}

func (p *ruleSelection) pinned() bool { return len(p.Rules) > 0 && !p.filters() }

// resolve returns the rules meant, and pins the parameters to their ids. Where ids and a filter are given, both must hold.
func (p *ruleSelection) resolve(ctx context.Context, call *Call) (rules []s1.Rule, plan Plan, err error) {
	named := len(p.Rules) > 0
	if named {
		if rules, err = ruleDirectory().all(ctx, call, "rule-ids", convert[string](p.Rules)); err != nil {
			return nil, plan, err
		}
	}
	if p.filters() {
		if rules, plan.Notes, err = p.filtered(ctx, call, rules); err != nil {
			return nil, plan, err
		}
	}
	left := slices.DeleteFunc(slices.Clone(rules), func(r s1.Rule) bool { return r.Status.Settled() == s1.RuleDeleted })
	if n := len(rules) - len(left); n > 0 {
		plan.leave(named, []string{are(n, "rule") + " left out: deleted already."})
	}
	if len(left) == 0 {
		return nil, plan, nothingMatches("rule-ids", "rule that is not deleted already")
	}
	*p = ruleSelection{ruleFilter: ruleFilter{Rules: ruleIDs(left)}}
	return left, plan, nil
}

// filtered returns what the filter selects, of those named if there are any.
func (p *ruleSelection) filtered(ctx context.Context, call *Call, rules []s1.Rule) ([]s1.Rule, []string, error) {
	if _, err := p.pin(ctx, call); err != nil {
		return nil, nil, err
	}
	q := p.keys("query")
	if len(p.S1QL) > 0 {
		q = q.With("s1ql__contains", p.S1QL...)
	}
	rows := heeded(call.Console.Rules(ctx, q), q, ruleSieve, func(r s1.Rule) json.RawMessage { return r.Raw })
	found, err := selected("rule-ids", "rule", s1.Filter{}, rows)
	if err != nil {
		return nil, nil, err
	}
	found = slices.DeleteFunc(found, func(r s1.Rule) bool {
		return p.Expired != "" && (p.Expired == "expired") != r.Expired || len(rules) > 0 && !slices.Contains(ruleIDs(rules), r.ID)
	})
	if len(found) == 0 {
		return nil, nil, nothingMatches("rule-ids", "rule")
	}
	var notes []string
	if len(q) == p.levels() && len(rules) == 0 && p.Expired == "" {
		notes = append(notes, "⚠ Only a scope was named: this means every rule in it.")
	}
	return found, notes, nil
}

func ruleIDs(rules []s1.Rule) []s1.RuleID {
	ids := make([]s1.RuleID, len(rules))
	for i, r := range rules {
		ids[i] = r.ID
	}
	return ids
}

// ruleChange looks at the rules after the console's yes, to tell them by name and how far they are.
func ruleChange(ctx context.Context, call *Call, ids []s1.RuleID, result s1.ActionResult, done string) change {
	found, err := call.Console.RulesByID(ctx, ids[:min(len(ids), maxShown)])
	c := change{
		noun: "rule", done: done, result: result, targets: known(call, "rule", ids, found, ruleTarget), states: map[string]string{},
		why: "The rules are gone, in that state already, or outside what the bot's token may change.",
	}
	for _, r := range found {
		c.states[string(r.ID)] = "now " + r.Status.Label()
	}
	if err != nil {
		c.notes = append(c.notes, "How far the rules are could not be read.")
	}
	c.actions = opens(c.targets)
	return c
}

type activateRulesParams struct{ ruleSelection }

func (p *activateRulesParams) plan(ctx context.Context, call *Call) (Plan, error) {
	rules, plan, err := p.resolve(ctx, call)
	if err != nil {
		return Plan{}, err
	}
	acting := 0
	for _, r := range rules {
		if r.NetworkQuarantine || r.Treat() != s1.TreatUndefined {
			acting++
		}
	}
	if acting > 0 {
		plan.Notes = append(plan.Notes, "⚠ "+plural(acting, "rule")+" will act on endpoints by hits, not only raise alerts.")
	}
	same := settled(rules, s1.RuleActive)
	if same == len(rules) {
		return Plan{}, allSo(same, "rule", "active")
	}
	plan.Notes = append(plan.Notes, sameNote(same, "rule", "this status")...)
	plan.Targets, plan.Undo = turned(call, rules, s1.RuleActive.Label()), "Disable"
	plan.reachesRules(rules)
	return plan, nil
}

// reachesRules adds the scopes of rules.
func (p *Plan) reachesRules(rules []s1.Rule) {
	for _, r := range rules {
		p.reaches(firstNonEmpty(r.Name, string(r.ID)), r.Place())
	}
}

// turned are the rules with the state that they have and the one that they get; those that find nothing afterwards are marked.
func turned(call *Call, rules []s1.Rule, state string) []Target {
	targets := targetsOf(call, rules, ruleTarget)
	for i, r := range rules {
		old := r.Status.Settled().Label()
		if old == state {
			continue
		}
		targets[i].State = joinNonEmpty(" → ", targets[i].State, state)
		if r.Status.Settled() == s1.RuleActive {
			targets[i].Warnings = append(targets[i].Warnings, "⚠ weakens the protection")
		}
	}
	return targets
}

// settled counts the rules that are, or are about to be, in a state.
func settled(rules []s1.Rule, status s1.RuleStatus) int {
	n := 0
	for _, r := range rules {
		if r.Status.Settled() == status {
			n++
		}
	}
	return n
}

func activateRules() *Command {
	return define(Command{
		Name: "activate-star-custom-rules", Title: "Activate Star Custom Rules", Area: "rules", Aliases: []string{"activate-rules", "enable-rules", "activate-rule"}, Main: "rule-ids",
		Risk: Change, Needs: "STAR Custom Rules › View + Manage", Repeatable: true, Undo: "disable-star-custom-rules",
		Doc:      "Turns detection rules on. It takes the console up to an hour until they work.",
		Examples: []string{`activate-rules "Office program starts a script host"`, "activate-star-custom-rules name=powershell status=Draft,Disabled"},
	}, func(ctx context.Context, call *Call, p activateRulesParams) (render.Card, error) {
		result, err := call.Console.EnableRules(ctx, p.Rules)
		if err != nil {
			return render.Card{}, fmt.Errorf("activate %d rules: %w", len(p.Rules), err)
		}
		c := ruleChange(ctx, call, p.Rules, result, "activation accepted")
		c.actions = append([]render.Action{turnRules("Disable", "disable-star-custom-rules", p.Rules)}, c.actions...)
		return c.card(call), nil
	})
}

func turnRules(label, command string, rules []s1.RuleID) render.Button {
	return render.Button{Label: label, Do: Invocation{Command: command, Args: marshal(map[string]any{"rule-ids": rules})}}
}

type disableRulesParams struct{ ruleSelection }

func (p *disableRulesParams) plan(ctx context.Context, call *Call) (Plan, error) {
	rules, plan, err := p.resolve(ctx, call)
	if err != nil {
		return Plan{}, err
	}
	if n := settled(rules, s1.RuleActive); n > 0 {
		plan.Notes = append(plan.Notes, "⚠ Weakens the protection: "+plural(n, "rule")+" will find nothing any more.")
	}
	same := settled(rules, s1.RuleDisabled)
	if same == len(rules) {
		return Plan{}, allSo(same, "rule", "disabled")
	}
	plan.Notes = append(plan.Notes, sameNote(same, "rule", "this status")...)
	plan.Targets, plan.Undo = turned(call, rules, s1.RuleDisabled.Label()), "Activate"
	plan.reachesRules(rules)
	return plan, nil
}

func disableRules() *Command {
	return define(Command{
		Name: "disable-star-custom-rules", Title: "Disable Star Custom Rules", Area: "rules", Aliases: []string{"disable-rules", "disable-rule"}, Main: "rule-ids",
		Risk: Destructive, Needs: "STAR Custom Rules › View + Manage", Repeatable: true, Undo: "activate-star-custom-rules",
		Doc:      "Turns detection rules off: what they look for is no longer found.",
		Examples: []string{`disable-rules "Scheduled task by a user" reason="too noisy, INC-1042"`, "disable-star-custom-rules expired=Expired status=Active reason=cleaning"},
	}, func(ctx context.Context, call *Call, p disableRulesParams) (render.Card, error) {
		result, err := call.Console.DisableRules(ctx, p.Rules)
		if err != nil {
			return render.Card{}, fmt.Errorf("disable %d rules: %w", len(p.Rules), err)
		}
		c := ruleChange(ctx, call, p.Rules, result, "switching off accepted")
		c.actions = append([]render.Action{turnRules("Activate", "activate-star-custom-rules", p.Rules)}, c.actions...)
		return c.card(call), nil
	})
}

type deleteRulesParams struct{ ruleSelection }

func (p *deleteRulesParams) plan(ctx context.Context, call *Call) (Plan, error) {
	rules, plan, err := p.resolve(ctx, call)
	if err != nil {
		return Plan{}, err
	}
	if n := settled(rules, s1.RuleActive); n > 0 {
		plan.Notes = append(plan.Notes, "⚠ Weakens the protection: "+plural(n, "active rule")+" will be gone.")
	}
	plan.Notes = append(plan.Notes, "Deleted rules cannot be brought back.")
	plan.Targets = turned(call, rules, "deleted")
	plan.reachesRules(rules)
	return plan, nil
}

func deleteRules() *Command {
	return define(Command{
		Name: "delete-star-custom-rules", Title: "Delete Star Custom Rules", Area: "rules", Aliases: []string{"delete-rules", "delete-rule"}, Main: "rule-ids",
		Risk: Destructive, Needs: "STAR Custom Rules › View + Manage", Repeatable: true,
		Doc:      "Deletes detection rules for good. To stop them for a while, disable them.",
		Examples: []string{`delete-rules "Scheduled task by a user" reason="replaced"`, "delete-star-custom-rules site-ids=Lyon status=Draft reason=cleaning"},
	}, func(ctx context.Context, call *Call, p deleteRulesParams) (render.Card, error) {
		before, _ := call.Console.RulesByID(ctx, p.Rules[:min(len(p.Rules), maxShown)]) // for their names, which nobody can read afterwards
		result, err := call.Console.DeleteRules(ctx, p.Rules)
		if err != nil {
			return render.Card{}, fmt.Errorf("delete %d rules: %w", len(p.Rules), err)
		}
		c := change{
			noun: "rule", done: "deleted", result: result, targets: known(call, "rule", p.Rules, before, ruleTarget),
			why: "The rules are gone already, or outside what the bot's token may change.", states: gone(p.Rules, "deleted"),
		}
		if result.Affected < len(p.Rules) {
			c.states = ruleRemains(ctx, call, p.Rules)
		}
		return c.card(call), nil
	})
}

// ruleRemains tells which rules are still there after a deletion that did not get all of them.
func ruleRemains(ctx context.Context, call *Call, ids []s1.RuleID) map[string]string {
	found, err := call.Console.RulesByID(ctx, ids)
	if err != nil {
		return nil // which of them nobody knows; the numbers tell
	}
	return remains(ids, found, func(r s1.Rule) (s1.RuleID, bool) { return r.ID, r.Status.Settled() != s1.RuleDeleted })
}

// gone words that all are.
func gone[ID ~string](ids []ID, word string) map[string]string {
	states := map[string]string{}
	for _, id := range ids {
		states[string(id)] = word
	}
	return states
}

// remains words what became of each id, by what is still there.
func remains[T any, ID ~string](ids []ID, found []T, there func(T) (ID, bool)) map[string]string {
	states := gone(ids, "deleted")
	for _, thing := range found {
		if id, still := there(thing); still {
			states[string(id)] = "not deleted: the console token's role may not cover its scope"
		}
	}
	return states
}
