package rules

import (
	"context"
	"fmt"
	"slices"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// A ruleSwitch turns rules on or off. It is all that tells the one command from the other, so that
// they are literals. The console takes up to an hour for either, and says "Activating" or
// "Disabling" until then.
type ruleSwitch struct {
	to    s1.RuleStatus
	state string                   // in words: "active"
	verb  string                   // what an error says was tried: "activate"
	done  string                   // "activation accepted"
	warn  func([]s1.Rule) []string // what an approver has to know before
	undo  string                   // what an approver reads that takes it back, and the label of its button: "Disable"
	back  string                   // the command that does
	send  func(*s1.Client, context.Context, []s1.RuleID) (s1.ActionResult, error)
}

var (
	ruleActivation = ruleSwitch{
		to: s1.RuleActive, state: "active", verb: "activate", done: "activation accepted", warn: actingNote,
		undo: "Disable", back: "disable-star-custom-rules", send: (*s1.Client).EnableRules,
	}
	ruleDisabling = ruleSwitch{
		to: s1.RuleDisabled, state: "disabled", verb: "disable", done: "disabling accepted", warn: blindNote,
		undo: "Activate", back: "activate-star-custom-rules", send: (*s1.Client).DisableRules,
	}
)

// actingNote warns of rules that do more than raise alerts.
func actingNote(rules []s1.Rule) []string {
	acting := 0
	for _, r := range rules {
		if r.NetworkQuarantine || r.Treat() != s1.TreatUndefined {
			acting++
		}
	}
	if acting == 0 {
		return nil
	}
	return []string{"⚠ " + text.Plural(acting, "rule") + " will act on endpoints, not only raise alerts."}
}

// blindNote warns of rules that work now. Only active rules weaken the protection by going; drafts
// find nothing anyway.
func blindNote(rules []s1.Rule) []string {
	n := settled(rules, s1.RuleActive)
	if n == 0 {
		return nil
	}
	return []string{"⚠ Weakens protection: " + text.Plural(n, "rule") + " will no longer find anything."}
}

// plan pins the rules to their ids and says what they will be.
func (w ruleSwitch) plan(ctx context.Context, call *catalog.Call, selection *ruleSelection) (catalog.Plan, error) {
	rules, plan, err := selection.Resolve(ctx, call)
	if err != nil {
		return catalog.Plan{}, err
	}
	same := settled(rules, w.to)
	if same == len(rules) {
		return catalog.Plan{}, catalog.AllSo(same, "rule", w.state)
	}
	plan.Notes = slices.Concat(plan.Notes, w.warn(rules), catalog.SameNote(same, "rule", "this status"))
	plan.Targets, plan.Undo = turned(call, rules, w.to.Label()), w.undo
	reachesRules(&plan, rules)
	return plan, nil
}

// run turns the rules, and offers to turn them back.
func (w ruleSwitch) run(ctx context.Context, call *catalog.Call, rules []s1.RuleID) (render.Card, error) {
	result, err := w.send(call.Console, ctx, rules)
	if err != nil {
		return render.Card{}, fmt.Errorf("%s %d rules: %w", w.verb, len(rules), err)
	}
	c := ruleChange(ctx, call, rules, result, w.done)
	c.Actions = append([]render.Action{turnRules(w.undo, w.back, rules)}, c.Actions...)
	return c.Card(call), nil
}

type activateRulesParams struct{ ruleSelection }

// A filter of status=Active, as the specification's example has it, selects rules that need no
// activation: then nobody is asked.
func (p *activateRulesParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	return ruleActivation.plan(ctx, call, &p.ruleSelection)
}

// PUT /cloud-detection/rules/enable. It is a change, not destructive, and its plan warns where
// rules act on endpoints.
func activateRules() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "activate-star-custom-rules", Title: "Activate Star Custom Rules", Short: "Activate rules", Area: "rules", Aliases: []string{"activate-rules", "enable-rules", "activate-rule"}, Main: "rule-ids",
		Wording: activateWording(),
		Risk:    catalog.Change, Needs: "STAR Custom Rules › View + Manage", Repeatable: true, Undo: "disable-star-custom-rules",
		Doc:      "Activates detection rules. It can take up to an hour for them to take effect.",
		Examples: []string{`activate-rules "Office program starts a script host"`, "activate-star-custom-rules name=powershell status=Draft,Disabled"},
	}, func(ctx context.Context, call *catalog.Call, p activateRulesParams) (render.Card, error) {
		return ruleActivation.run(ctx, call, p.Rules)
	})
}

type disableRulesParams struct{ ruleSelection }

func (p *disableRulesParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	return ruleDisabling.plan(ctx, call, &p.ruleSelection)
}

// PUT /cloud-detection/rules/disable. The console also disables rules by itself that reach the
// limit of alerts (reachedLimit), which their state says.
func disableRules() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "disable-star-custom-rules", Title: "Disable Star Custom Rules", Short: "Disable rules", Area: "rules", Aliases: []string{"disable-rules", "disable-rule"}, Main: "rule-ids",
		Wording: disableWording(),
		Risk:    catalog.Destructive, Needs: "STAR Custom Rules › View + Manage", Repeatable: true, Undo: "activate-star-custom-rules",
		Doc:      "Disables detection rules: they no longer raise alerts.",
		Examples: []string{`disable-rules "Scheduled task by a user" reason="too noisy, INC-1042"`, "disable-star-custom-rules expired=Expired status=Active reason=cleaning"},
	}, func(ctx context.Context, call *catalog.Call, p disableRulesParams) (render.Card, error) {
		return ruleDisabling.run(ctx, call, p.Rules)
	})
}
