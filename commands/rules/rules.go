package rules

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/listing"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/filters"
)

func ruleCommands() []*catalog.Command {
	return []*catalog.Command{getRules(), activateRules(), disableRules(), deleteRules(), createRule(), updateRule()}
}

// ruleFilter narrows a list of rules down. What a rule's id, name or scope says is the console's to
// compare. It serves the list and the three bulk changes, so that the same words mean the same
// rules.
type ruleFilter struct {
	lookup.PlaceParams
	Rules   []s1.RuleID     `json:"rule-ids,omitzero" help:"The rules, by name or id."`
	Creator []string        `json:"creator,omitzero" help:"Only rules whose creator's name contains one of these."`
	Name    []string        `json:"name,omitzero" help:"Only rules whose name contains one of these."`
	Status  []s1.RuleStatus `json:"status,omitzero" help:"Only rules in these states."`
	Query   []string        `json:"query,omitzero" help:"Only rules whose query contains one of these."`
	Types   []s1.RuleQuery  `json:"query-type,omitzero" help:"Only rules of these query types. Newer consoles don't have Processes."`
}

// Check refuses what the console could not search for. nameSubstring together with queryType is a
// 500 of the console's; name__contains is not, and is what is sent.
func (p *ruleFilter) Check() error {
	return catalog.Searchables(catalog.Named{Param: "creator", Values: p.Creator}, catalog.Named{Param: "name", Values: p.Name}, catalog.Named{Param: "query", Values: p.Query})
}

// keys is the filter as query parameters, but for the ids; the two lists of rules search the rules'
// text under another key. Filters of severities, statuses and tags are documented and ignored by
// newer consoles, and are not offered.
func (p *ruleFilter) keys(text string) s1.Query {
	q := p.PlaceParams.Query(s1.Query{})
	for key, values := range map[string][]string{
		"creator__contains": p.Creator, "name__contains": p.Name, "status": catalog.Convert[string](p.Status), text: p.Query, "queryType": catalog.Convert[string](p.Types),
	} {
		if len(values) > 0 {
			q = q.With(key, values...)
		}
	}
	return q
}

type getRulesParams struct{ ruleFilter }

// GET /cloud-detection/rules. The client adds isLegacy=false: without it the console leaves
// scheduled rules out and does not say so. All rules are listed, for the specification has no limit
// here.
func getRules() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-star-custom-rules", Title: "Get Star Custom Rules", Area: "rules", Aliases: []string{"rules", "star-rules", "rule"}, Main: "name",
		Everyday: 16,
		Wording:  rulesWording(),
		Risk:     catalog.Read, Needs: "STAR Custom Rules › View", Repeatable: true,
		Doc:      "Lists detection rules with their status and what their hits trigger. A single rule is shown with its query.",
		Examples: []string{"rules powershell", `get-star-custom-rules status=Active query-type=Events site-ids=Paris`},
	}, func(ctx context.Context, call *catalog.Call, p getRulesParams) (render.Card, error) {
		q := p.keys("s1ql__contains")
		if len(p.Rules) > 0 {
			q = q.With("ids", catalog.Convert[string](p.Rules)...)
		}
		everything := listing.Limit(0)
		return ruleRows(call).Show(ctx, call, q, &everything)
	})
}

// expiry says whether a rule's time is over.
type expiry string

func (expiry) Choices() []s1.Choice {
	return []s1.Choice{{Value: "expired", Label: "Expired"}, {Value: "not_expired", Label: "Not Expired"}}
}

func (expiry) Kind() catalog.Kind {
	return catalog.Synonyms(catalog.ChoiceKind(expiry("").Choices()), map[string]string{"true": "expired", "yes": "expired", "false": "not_expired", "no": "not_expired"})
}

// ruleSelection names rules that are to be changed. It is never empty, for the console might take
// that for all rules. Whether a rule is expired is compared here, on the rows: the bulk filter has
// the key, the list had it not always.
type ruleSelection struct {
	ruleFilter
	Expired expiry   `json:"expired,omitzero" help:"Only rules that have expired, or only those that haven't."`
	S1QL    []string `json:"s1ql,omitzero" title:"s1ql" help:"Only rules whose query contains one of these."`
}

// A scope alone is enough by the specification, and warned of.
func (p *ruleSelection) OneOf() []string {
	return []string{"rule-ids", "account-ids", "site-ids", "group-ids", "creator", "name", "status", "query", "query-type", "expired", "s1ql"}
}

// Check refuses a selection of everything.
func (p *ruleSelection) Check() error {
	if len(p.Rules) == 0 && !p.filters() {
		return catalog.Missing(p.OneOf()...)
	}
	if err := p.ruleFilter.Check(); err != nil {
		return err
	}
	return catalog.Searchables(catalog.Named{Param: "s1ql", Values: p.S1QL})
}

// filters tells whether anything but ids is given.
func (p *ruleSelection) filters() bool {
	return p.Levels() > 0 || len(p.Creator)+len(p.Name)+len(p.Status)+len(p.Query)+len(p.Types)+len(p.S1QL) > 0 || p.Expired != ""
}

func (p *ruleSelection) Resolved() bool { return len(p.Rules) > 0 && !p.filters() }

// Resolve returns the rules meant, and pins the parameters to their ids. Where ids and a filter are
// given, both must hold. A deleted rule stays in the console's list for a while; to delete it again
// is an error there ("Could not find rule with id").
func (p *ruleSelection) Resolve(ctx context.Context, call *catalog.Call) (rules []s1.Rule, plan catalog.Plan, err error) {
	named := len(p.Rules) > 0
	if named {
		if rules, err = lookup.RuleDirectory().All(ctx, call, "rule-ids", catalog.Convert[string](p.Rules)); err != nil {
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
		plan.Leave(named, []string{text.Are(n, "rule") + " left out: deleted already."})
	}
	if len(left) == 0 {
		return nil, plan, catalog.NothingMatches("rule-ids", "rule that is not deleted already")
	}
	*p = ruleSelection{ruleFilter: ruleFilter{Rules: ruleIDs(left)}}
	return left, plan, nil
}

// filtered returns what the filter selects, of those named if there are any.
func (p *ruleSelection) filtered(ctx context.Context, call *catalog.Call, rules []s1.Rule) ([]s1.Rule, []string, error) {
	if _, err := p.Pin(ctx, call); err != nil {
		return nil, nil, err
	}
	q := p.keys("query")
	if len(p.S1QL) > 0 {
		q = q.With("s1ql__contains", p.S1QL...)
	}
	rows := lookup.PostFiltered(call.Console.Rules(ctx, q), q, lookup.RuleMatcher, func(r s1.Rule) json.RawMessage { return r.Raw })
	found, err := lookup.Selected("rule-ids", "rule", filters.Filter{}, rows)
	if err != nil {
		return nil, nil, err
	}
	found = slices.DeleteFunc(found, func(r s1.Rule) bool {
		return p.Expired != "" && (p.Expired == "expired") != r.Expired || len(rules) > 0 && !slices.Contains(ruleIDs(rules), r.ID)
	})
	if len(found) == 0 {
		return nil, nil, catalog.NothingMatches("rule-ids", "rule")
	}
	var notes []string
	if len(q) == p.Levels() && len(rules) == 0 && p.Expired == "" {
		notes = append(notes, "⚠ You named only a scope, which means every rule in it.")
	}
	return found, notes, nil
}

// ruleIDs are the ids of rules, in their order.
func ruleIDs(rules []s1.Rule) []s1.RuleID {
	ids := make([]s1.RuleID, len(rules))
	for i, r := range rules {
		ids[i] = r.ID
	}
	return ids
}

// ruleChange looks at the rules after the console's yes, to tell them by name and how far they are.
// affected counts rules, and 0 comes with a 200.
func ruleChange(ctx context.Context, call *catalog.Call, ids []s1.RuleID, result s1.ActionResult, done string) change.Outcome {
	found, err := call.Console.RulesByID(ctx, ids[:min(len(ids), change.MaxShown)])
	c := change.Outcome{
		Noun: "rule", Done: done, Result: result, Targets: change.Known(call, "rule", ids, found, lookup.RuleTarget), States: map[string]string{},
		Why: "The rules are gone, in that state already, or the bot's token isn't allowed to change them.",
	}
	for _, r := range found {
		c.States[string(r.ID)] = "now " + r.Status.Label()
	}
	if err != nil {
		c.Notes = append(c.Notes, "I couldn't read the status of the rules.")
	}
	c.Actions = change.Opens(c.Targets)
	return c
}

// reachesRules adds the scopes of rules.
func reachesRules(p *catalog.Plan, rules []s1.Rule) {
	for _, r := range rules {
		p.Reaches(cmp.Or(r.Name, string(r.ID)), r.Place())
	}
}

// turned are the rules with the state that they have and the one that they get; those that find
// nothing afterwards are marked.
func turned(call *catalog.Call, rules []s1.Rule, state string) []catalog.Target {
	targets := catalog.TargetsOf(call, rules, lookup.RuleTarget)
	for i, r := range rules {
		old := r.Status.Settled().Label()
		if old == state {
			continue
		}
		targets[i].State = text.JoinNonEmpty(" → ", targets[i].State, state)
		if r.Status.Settled() == s1.RuleActive {
			targets[i].Warnings = append(targets[i].Warnings, "⚠ weakens protection")
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

// turnRules is the button that takes an activation or a deactivation back.
func turnRules(label, command string, rules []s1.RuleID) render.Button {
	return render.Button{Label: label, Do: catalog.Invocation{Command: command, Args: catalog.Marshal(map[string]any{"rule-ids": rules})}}
}

type deleteRulesParams struct{ ruleSelection }

// Plan says what is lost. There is no undo: the console has no way to bring a rule back, and one
// that is made anew has another id.
func (p *deleteRulesParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	rules, plan, err := p.Resolve(ctx, call)
	if err != nil {
		return catalog.Plan{}, err
	}
	if n := settled(rules, s1.RuleActive); n > 0 {
		plan.Notes = append(plan.Notes, "⚠ Weakens protection: "+text.Plural(n, "active rule")+" will be gone.")
	}
	plan.Notes = append(plan.Notes, "Deleted rules can't be restored.")
	plan.Targets = turned(call, rules, "deleted")
	reachesRules(&plan, rules)
	return plan, nil
}

// DELETE /cloud-detection/rules with a filter of ids in its body.
func deleteRules() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "delete-star-custom-rules", Title: "Delete Star Custom Rules", Area: "rules", Aliases: []string{"delete-rules", "delete-rule"}, Main: "rule-ids",
		Wording: deleteWording(),
		Risk:    catalog.Destructive, Needs: "STAR Custom Rules › View + Manage", Repeatable: true,
		Doc:      "Deletes detection rules for good. To stop them for a while, disable them.",
		Examples: []string{`delete-rules "Scheduled task by a user" reason="replaced"`, "delete-star-custom-rules site-ids=Lyon status=Draft reason=cleaning"},
	}, func(ctx context.Context, call *catalog.Call, p deleteRulesParams) (render.Card, error) {
		c, _, err := change.Deletion[s1.Rule, s1.RuleID]{
			Noun: "rule", Target: lookup.RuleTarget, Read: call.Console.RulesByID, Send: call.Console.DeleteRules, There: standing,
		}.Run(ctx, call, p.Rules)
		if err != nil {
			return render.Card{}, err
		}
		return c.Card(call), nil
	})
}

// standing is a rule that is read after its deletion: the console keeps the rows of rules that it
// deletes, or is about to.
func standing(r s1.Rule) (s1.RuleID, bool) { return r.ID, r.Status.Settled() != s1.RuleDeleted }
