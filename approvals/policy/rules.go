package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// The risks of a command, as the catalog spells them.
const (
	RiskRead        = "read"
	RiskChange      = "change"
	RiskDestructive = "destructive"
)

// A Rule gives a decision for what it matches: all of its matchers that are set must hold, each by
// one of its values. Names are globs without regard to case. What an invocation touches is looked
// at thing by thing.
type Rule struct {
	Name                       string
	Commands, Areas, Risks     []string
	Hosts, Tags, Sites, Groups []string // of what is touched; a thing without such a name does not match
	Consoles                   []string // on which it acts
	Channels                   []string // where it was asked
	Hours                      []Hours
	Requesters                 []string // roles of who asks

	Effect   Effect
	By       []string // roles: who may run it (Allow) or must approve it (Approve)
	Quorum   int      // of Approve
	Distinct bool     // of Approve: each of the quorum for another role of By
	Why      string   // of Deny: a sentence for the person who asked

	standard bool // one of Defaults
}

// A matcher is one of the questions that a rule may ask. Each fact that a gate depends on stands
// here once.
//
// A test walks them and proves for each that a fact nobody knows makes the decision Unanswered and
// never a yes.
type matcher struct {
	Fact     string // its key in the policy file
	onTarget bool   // it looks at what is touched
	wants    func(Rule) bool
	holds    func(Rule, Input, Target) Answer
}

// Matchers are all there are.
func Matchers() []matcher {
	return []matcher{
		{"commands", false, func(r Rule) bool { return len(r.Commands) > 0 }, func(r Rule, a Input, _ Target) Answer { return Certain(anyGlob(r.Commands, a.Command)) }},
		{"areas", false, func(r Rule) bool { return len(r.Areas) > 0 }, func(r Rule, a Input, _ Target) Answer { return Certain(anyGlob(r.Areas, a.Area)) }},
		{"risks", false, func(r Rule) bool { return len(r.Risks) > 0 }, func(r Rule, a Input, _ Target) Answer { return Certain(slices.Contains(r.Risks, a.Risk)) }},
		{"consoles", false, func(r Rule) bool { return len(r.Consoles) > 0 }, func(r Rule, a Input, _ Target) Answer { return onConsole(r.Consoles, a) }},
		{"channels", false, func(r Rule) bool { return len(r.Channels) > 0 }, func(r Rule, a Input, _ Target) Answer { return Certain(slices.Contains(r.Channels, a.Channel)) }},
		{"hours", false, func(r Rule) bool { return len(r.Hours) > 0 }, func(r Rule, a Input, _ Target) Answer {
			return Certain(slices.ContainsFunc(r.Hours, func(h Hours) bool { return h.Include(a.At) }))
		}},
		{"requesters", false, func(r Rule) bool { return len(r.Requesters) > 0 }, func(r Rule, a Input, t Target) Answer { return a.holds(r.Requesters, t) }},
		{"hosts", true, func(r Rule) bool { return len(r.Hosts) > 0 }, func(r Rule, _ Input, t Target) Answer { return named(r.Hosts, t.Host) }},
		{"tags", true, func(r Rule) bool { return len(r.Tags) > 0 }, func(r Rule, _ Input, t Target) Answer { return tagged(r.Tags, t.Tags) }},
		{"sites", true, func(r Rule) bool { return len(r.Sites) > 0 }, func(r Rule, _ Input, t Target) Answer { return named(r.Sites, t.Site) }},
		{"groups", true, func(r Rule) bool { return len(r.Groups) > 0 }, func(r Rule, _ Input, t Target) Answer { return named(r.Groups, t.Group) }},
	}
}

// onConsole asks whether an invocation acts on one of the consoles. What is not for a console yet
// may become so for any of them.
//
// Rules keep people from acting on a console; one that cannot be told must not slip past them.
func onConsole(globs []string, a Input) Answer {
	if a.Console == "" {
		return CannotTell("I can't tell which console this is for")
	}
	return Certain(anyGlob(globs, a.Console))
}

// matches asks all matchers of r that are set. Who only looks does not wait, so a rule that wants
// an approval does not match that.
//
// All are asked although one certain no would do, because a no that comes after a question without
// an answer must still win (see and).
func (r Rule) matches(a Input, t Target) Answer {
	all := Certain(!(r.Effect == Approve && a.Risk == RiskRead && !a.Guarded))
	for _, m := range Matchers() {
		if m.wants(r) {
			all = and(all, m.holds(r, a, t))
		}
	}
	return all
}

// onTargets reports whether any matcher depends on what is touched.
func (r Rule) onTargets() bool {
	return slices.ContainsFunc(Matchers(), func(m matcher) bool { return m.onTarget && m.wants(r) })
}

// fitsInvocation reports whether r may match once it is known what an invocation touches.
//
// It asks only what does not depend on the targets. Requesters is among those that do: a role may
// hold in one site alone.
func (r Rule) fitsInvocation(a Input) bool {
	r.Hosts, r.Tags, r.Sites, r.Groups, r.Requesters = nil, nil, nil, nil, nil
	return r.matches(a, Target{}).Yes()
}

// Defaults are the rules that hold where no policy file says otherwise.
//
// A risk that none of them names is denied by falling through.
func Defaults() []Rule {
	return []Rule{
		{Name: "members read", Risks: []string{RiskRead}, Effect: Allow, standard: true},
		{Name: "operators change", Risks: []string{RiskChange}, Effect: Allow, By: []string{Operators}, standard: true},
		{Name: "approvers decide", Risks: []string{RiskDestructive}, Effect: Approve, By: []string{Approvers}, Quorum: 1, standard: true},
	}
}

// decide is what r, which matches, says to an ask about t.
//
// A rule that wants approvals also says who may ask: its requesters where it names some, else the
// operators. Early, nobody looks where the approvers' roles hold, for that needs the target.
func (r Rule) decide(p Policy, a Input, t Target) Decision {
	switch r.Effect {
	case Allow:
		if len(r.By) > 0 {
			if held := a.holds(r.By, t); !held.Yes() {
				return p.notFor(a, r.By, t, held)
			}
		}
		return Decision{Effect: Allow, By: r.By}
	case Approve:
		if len(r.Requesters) == 0 {
			if held := a.holds([]string{Operators}, t); !held.Yes() {
				return p.notFor(a, []string{Operators}, t, held)
			}
		}
		need, known := Need{By: r.By, Quorum: max(r.Quorum, 1), Distinct: r.Distinct}, Certain(true)
		if !a.Early {
			need, known = p.within(need, t)
		}
		if open := known.Open(); open != "" {
			return unanswered("", open)
		}
		return Decision{Effect: Approve, By: need.By, Quorum: need.Quorum, Needs: []Need{need}, Why: fmt.Sprintf("%s needs approval.", a.Command)}
	}
	return denied("", cmp.Or(r.Why, "The policy doesn't allow this."))
}

// notFor refuses somebody who has none of the roles, or not where t lies, or of whom nobody can
// tell: that is how held says it.
func (p Policy) notFor(a Input, roles []string, t Target, held Answer) Decision {
	who := strings.Join(roles, " or ")
	setting := ""
	if slices.Equal(roles, []string{Operators}) {
		setting = " (S1BOT_OPERATORS)"
	}
	switch {
	case held.Open() != "":
		return unanswered("", held.Open())
	case p.empty(roles):
		return lacksRole("", fmt.Sprintf("Only %s may run %s, and no %s are configured%s.", who, a.Command, who, setting))
	case a.Caller.Anywhere(roles).Yes():
		return lacksRole("", fmt.Sprintf("Your role doesn't cover %s: %s may run %s only within their accounts and sites.", t.name(), who, a.Command))
	}
	return lacksRole("", fmt.Sprintf("Only %s may run %s. Ask one of them to run it, or ask whoever runs the bot to give you the role.", who, a.Command))
}
