package policyfile

import (
	"cmp"
	"fmt"
	"slices"

	"s1bot/approvals/policy"
	"s1bot/commands/catalog"
)

// rule is the i-th of the file.
func (r *reader) rule(i int, e rule) policy.Rule {
	rule := policy.Rule{
		Name:     cmp.Or(string(e.Name), fmt.Sprintf("rule %d of the policy file", i+1)),
		Commands: e.Commands.strings(), Areas: e.Areas.strings(), Risks: e.Risks.strings(),
		Hosts: e.Hosts.strings(), Tags: e.Tags.strings(), Sites: e.Sites.strings(), Groups: e.Groups.strings(),
		Consoles: e.Consoles.strings(), Channels: e.Channels.strings(), Requesters: e.Requesters.strings(),
	}
	for _, text := range e.Hours {
		h, _ := policy.ParseHours(string(text)) // was judged
		rule.Hours = append(rule.Hours, h)
	}
	r.effect(fmt.Sprintf("rules/%d", i), e, &rule)
	return rule
}

// effect is what a rule does: exactly one of allow, approve, deny.
//
// Whether a key is there is asked of the file and not of the value: `allow: []` and `deny: ""` are
// there, and wrong, rather than absent.
func (r *reader) effect(at string, e rule, rule *policy.Rule) {
	effects := 0
	if r.has(at + "/allow") {
		effects++
		rule.Effect, rule.By = policy.Allow, e.Allow.strings()
	}
	if r.has(at + "/approve") {
		effects++
		r.approve(at+"/approve", e.Approve, rule)
	}
	if r.has(at + "/deny") {
		effects++
		rule.Effect, rule.Why = policy.Deny, string(e.Deny)
	}
	if effects != 1 {
		r.bad(at, "a rule has exactly one of allow, approve and deny; this one has %d", effects)
	}
}

// approve is who approves, and how many. A quorum that nobody could reach would hold everything up
// for good.
//
// Whether enough people hold the roles is not known here: groups are Slack's. Only what no
// membership could satisfy is refused.
func (r *reader) approve(at string, e *approve, rule *policy.Rule) {
	if e == nil {
		return // its key is empty, which is told already
	}
	rule.Effect, rule.By, rule.Quorum, rule.Distinct = policy.Approve, e.By.strings(), cmp.Or(orZero(e.Quorum), 1), e.Distinct
	if len(rule.By) == 0 {
		rule.By = []string{policy.Approvers}
	}
	if rule.Distinct && rule.Quorum > len(rule.By) {
		r.bad(at+"/quorum", "quorum: %d people of different roles, but `by` names only %d", rule.Quorum, len(rule.By))
	}
	if slices.Equal(rule.Risks, []string{string(catalog.Read)}) {
		r.bad(at, "approve: read commands never wait; use allow or deny")
	}
}
