package approvals

import (
	"fmt"
	"slices"
	"strings"
)

// The risks of a command, as the catalog spells them.
const (
	riskRead        = "read"
	riskChange      = "change"
	riskDestructive = "destructive"
)

// A Rule gives a ruling for what it matches: all of its matchers that are set must hold, each by one of its values. Names are
// globs without regard to case. What an invocation touches is looked at thing by thing.
type Rule struct {
	Name                       string
	Commands, Areas, Risks     []string
	Hosts, Tags, Sites, Groups []string // of what is touched; a thing without such a name does not match
	Channels                   []string // where it was asked
	Hours                      []Hours
	Requesters                 []string // roles of who asks

	Effect   Effect
	By       []string // roles: who may run it (Allow) or must approve it (Approve)
	Quorum   int      // of Approve
	Distinct bool     // of Approve: each of the quorum for another role of By
	Why      string   // of Deny: a sentence for the person who asked
}

// ofInvocation reports whether the matchers hold that do not depend on what is touched.
func (r Rule) ofInvocation(a Ask) bool {
	return !(r.Effect == Approve && a.Risk == riskRead && !a.Guarded) && // who looks does not wait
		(len(r.Commands) == 0 || anyGlob(r.Commands, a.Command)) &&
		(len(r.Areas) == 0 || anyGlob(r.Areas, a.Area)) &&
		(len(r.Risks) == 0 || slices.Contains(r.Risks, a.Risk)) &&
		(len(r.Channels) == 0 || slices.Contains(r.Channels, a.Channel)) &&
		(len(r.Hours) == 0 || slices.ContainsFunc(r.Hours, func(h Hours) bool { return h.include(a.At) }))
}

// onTargets reports whether any matcher depends on what is touched.
func (r Rule) onTargets() bool {
	return len(r.Hosts)+len(r.Tags)+len(r.Sites)+len(r.Groups) > 0
}

func (r Rule) matches(a Ask, t Target) bool {
	return r.ofInvocation(a) &&
		(len(r.Requesters) == 0 || a.holds(r.Requesters, t)) &&
		(len(r.Hosts) == 0 || anyGlob(r.Hosts, t.Host)) &&
		(len(r.Sites) == 0 || anyGlob(r.Sites, t.Site)) &&
		(len(r.Groups) == 0 || anyGlob(r.Groups, t.Group)) &&
		(len(r.Tags) == 0 || slices.ContainsFunc(t.Tags, func(tag string) bool { return tagged(r.Tags, tag) }))
}

// tagged reports whether one of the globs matches a tag: "key:value", or the key whatever its value.
func tagged(globs []string, tag string) bool {
	key, _, _ := strings.Cut(tag, ":")
	return anyGlob(globs, tag) || anyGlob(globs, key)
}

// defaults are the rules that hold where no policy file says otherwise.
func defaults() []Rule {
	return []Rule{
		{Name: "members read", Risks: []string{riskRead}, Effect: Allow},
		{Name: "operators change", Risks: []string{riskChange}, Effect: Allow, By: []string{Operators}},
		{Name: "approvers decide", Risks: []string{riskDestructive}, Effect: Approve, By: []string{Approvers}, Quorum: 1},
	}
}

// ruling is what r, which matches, says to an ask about t.
func (r Rule) ruling(p Policy, a Ask, t Target) Ruling {
	switch r.Effect {
	case Allow:
		if len(r.By) > 0 && !a.holds(r.By, t) {
			return p.notFor(a, r.By, t)
		}
		return Ruling{Effect: Allow, By: r.By}
	case Approve:
		if len(r.Requesters) == 0 && !a.holds([]string{Operators}, t) {
			return p.notFor(a, []string{Operators}, t)
		}
		need := Need{By: r.By, Quorum: max(r.Quorum, 1), Distinct: r.Distinct}
		if !a.Early {
			need = p.within(need, t.Place)
		}
		return Ruling{Effect: Approve, By: need.By, Quorum: need.Quorum, Needs: []Need{need}, Why: fmt.Sprintf("%s needs an approval.", a.Command)}
	}
	return denied("", first(r.Why, "The policy does not allow this."))
}

// notFor refuses somebody who has none of the roles, or not where t lies.
func (p Policy) notFor(a Ask, roles []string, t Target) Ruling {
	who := strings.Join(roles, " or ")
	setting := ""
	if slices.Equal(roles, []string{Operators}) {
		setting = " (S1BOT_OPERATORS)"
	}
	switch {
	case p.empty(roles):
		return denied("", fmt.Sprintf("Only %s may run %s, and no %s are configured%s.", who, a.Command, who, setting))
	case a.Caller.anywhere(roles):
		return denied("", fmt.Sprintf("Your role does not reach %s: %s may run %s within their accounts and sites only.", nameOf(t), who, a.Command))
	}
	return denied("", fmt.Sprintf("Only %s may run %s. Ask one of them, or an administrator of this app for the role.", who, a.Command))
}

// nameOf is how a sentence calls a thing that is touched.
func nameOf(t Target) string {
	return first(t.Host, t.Site, t.Account, "what this touches")
}

func first(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}
