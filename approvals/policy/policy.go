package policy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// The roles that every policy has. A policy file may add others.
const (
	Operators = "operators"
	Approvers = "approvers"
)

// The limits that hold where no policy file sets others.
const (
	DefaultMaxTargets = 25  // in one action; above: one approver more
	DefaultMaxPerHour = 50  // destructive targets of one requester in an hour; above: one approver more
	DefaultMaxChanges = 250 // endpoints touched by one requester's changes in an hour; above: an approval
)

// Settings are what a policy is made of.
//
// Rules keep their order: the first that matches decides. Timeout is how long a request waits for
// an approval, 0 for the ledger's.
type Settings struct {
	Operators, Approvers   []Member
	Roles                  []Role // more roles, and more members of operators and approvers
	Rules                  []Rule // before the defaults
	MaxTargets, MaxPerHour int    // 0 = the defaults, here and below
	MaxChanges             int
	Timeout                time.Duration
	Channel                string // where approval cards go
	ReconnectOnTime        bool   // what was isolated for a time is reconnected at its end without an approval of its own
}

// A Policy says who may do what, and who must approve it. It is a value; a changed policy is
// another one.
//
// Whoever is handed one keeps deciding by it, also while SIGHUP puts another in its place; that is
// why a request which runs at once compares the two (Same) instead of deciding by half of each.
type Policy struct {
	roles      []Role
	rules      []Rule
	maxTargets int
	maxPerHour int
	maxChanges int
	timeout    time.Duration
	channel    string
	onTime     bool
	edition    *Settings // no two policies share one
}

// New makes the policy of the settings, or says what is wrong with them.
//
// All that is wrong comes joined in one error, for whoever edits the file. The defaults stand
// behind the file's rules and are not checked: an operators' role without members is how the
// program starts without settings.
func New(s Settings) (Policy, error) {
	p := Policy{
		roles:      append([]Role{{Name: Operators, Members: s.Operators}, {Name: Approvers, Members: s.Approvers}}, s.Roles...),
		rules:      slices.Concat(s.Rules, Defaults()),
		maxTargets: positive(s.MaxTargets, DefaultMaxTargets),
		maxPerHour: positive(s.MaxPerHour, DefaultMaxPerHour),
		maxChanges: positive(s.MaxChanges, DefaultMaxChanges),
		timeout:    s.Timeout,
		channel:    s.Channel,
		onTime:     s.ReconnectOnTime,
		edition:    &s,
	}
	var wrong []error
	for _, r := range p.roles {
		wrong = append(wrong, r.check())
	}
	for _, r := range s.Rules {
		wrong = append(wrong, p.check(r))
	}
	return p, errors.Join(wrong...)
}

// check says what a rule lacks to mean anything.
//
// A rule that can never be met is refused here, when the file is read, and not found out by the
// first incident.
func (p Policy) check(r Rule) error {
	var wrong []error
	bad := func(format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("rule %q: "+format, append([]any{r.Name}, args...)...))
	}
	for _, name := range slices.Concat(r.By, r.Requesters) {
		if !p.has(name) {
			bad("there is no role %q", name)
		}
	}
	switch r.Effect {
	case Deny:
	case Approve:
		if len(r.By) == 0 {
			bad("no approver is named")
		}
		if r.Distinct && r.Quorum > len(r.By) {
			bad("%d approvals from distinct roles are required, but only %d roles are named", r.Quorum, len(r.By))
		}
	case Allow:
		if len(r.By) == 0 {
			bad("no role is allowed")
		}
	default:
		bad("%q isn't an effect", string(r.Effect))
	}
	return errors.Join(wrong...)
}

// has reports whether there is a role of that name.
func (p Policy) has(name string) bool {
	return slices.ContainsFunc(p.roles, func(r Role) bool { return r.Name == name })
}

// Same reports whether p and q are one policy, not a changed one.
//
// A Policy holds slices, which == cannot compare; the pointer to the settings that it was made of
// stands for it.
func (p Policy) Same(q Policy) bool { return p.edition == q.edition }

// Waits reports whether anything can come to wait for an approval, so that cards need a channel.
func (p Policy) Waits() bool {
	return slices.ContainsFunc(p.rules, func(r Rule) bool { return r.Effect == Approve && !p.empty(r.By) })
}

// Channel is where approval cards go.
func (p Policy) Channel() string { return p.channel }

// OnTimeRule is what a decision names that the policy made beforehand.
const OnTimeRule = "approvals.reconnect_on_time"

// OnTime reports whether what was isolated for a time may be reconnected at its end without an
// approval of its own.
func (p Policy) OnTime() bool { return p.onTime }

// AtEnd rules on undoing something whose time is over. Beforehand says that it was asked for and
// approved with an end that needs no further approval; that holds while the policy still says so.
// What a rule denies stays denied.
//
// The approver of the isolation saw on its card that its end needs nobody. Where the policy says so
// no longer, or the isolation became contested, it is an ordinary request that waits.
func (p Policy) AtEnd(a Input, beforehand bool) Decision {
	r := p.Decide(a)
	if r.Effect == Approve && beforehand && p.onTime {
		return Decision{Effect: Allow, By: []string{Operators}, Rule: OnTimeRule}
	}
	return r
}

// Approvers are the members of the roles that may approve by default, in the order in which they
// were given.
func (p Policy) Approvers() []Member { return p.membersOf([]string{Approvers}) }

// MembersOf are all members of the roles.
func (p Policy) MembersOf(roles []string) []Member { return p.membersOf(roles) }

// membersOf are the members of the roles, each once, in the order of the settings: a card names the
// first ones.
func (p Policy) membersOf(roles []string) []Member {
	var all []Member
	for _, r := range p.roles {
		if slices.Contains(roles, r.Name) {
			for _, m := range r.Members {
				if !slices.Contains(all, m) {
					all = append(all, m)
				}
			}
		}
	}
	return all
}

// Decide rules on an ask: on each thing that it touches by the first rule that matches, and the
// strictest of those decisions holds; where several want approvals, each gets its own. Three things
// no rule can lift: who is no full member and in no role does nothing, a risk that no rule knows is
// denied, and what is guarded needs an approval. What can be told is decided first: one certain no
// needs no other answer.
func (p Policy) Decide(a Input) Decision {
	known := a.Caller.Known()
	if known.No() {
		return lacksRole("members", "Only full members of this workspace may use this app.")
	}
	r := p.strictest(a)
	switch {
	case r.Effect == Deny || r.Effect == Unanswered:
		return r
	case !known.Yes():
		return unanswered("members", known.Open())
	}
	r = p.guard(a, r)
	r.Seen = a.LastHour
	return r
}

// strictest is what holds of the decisions on everything that an ask touches.
//
// What touches nothing with a name is asked about once all the same, as Nothing: else it would be
// allowed by an empty list. Because names the one thing that spoils it, if the others alone would
// have been decided otherwise.
func (p Policy) strictest(a Input) (all Decision) {
	reach := a.Reach
	if len(reach) == 0 {
		reach = []Target{Nothing()}
	}
	decisions := make([]Decision, len(reach))
	for i, t := range reach {
		decisions[i] = p.firstMatch(a, t)
	}
	for _, worst := range []Effect{Deny, Unanswered} {
		i := slices.IndexFunc(decisions, func(r Decision) bool { return r.Effect == worst })
		if i < 0 {
			continue
		}
		if slices.ContainsFunc(decisions, func(r Decision) bool { return r.Effect != worst }) {
			t := reach[i]
			decisions[i].Because = cmp.Or(t.Host.value, t.Group.value, t.Site.value, t.Account.value) // of the others it says nothing
		}
		return decisions[i]
	}
	for _, r := range decisions {
		all = all.and(r)
	}
	return all
}

// firstMatch is the decision of the first rule that matches t. Where nobody can tell whether a rule
// does, both cases are followed: what they come to is the decision if it is the same, and else that
// nobody can tell.
//
// While targets are unknown (Early) the walk ends at the first rule about them that could match,
// since that rule may decide and what follows it may not. Only one that would deny is stepped over,
// because a later no is a no whether it matches or not.
func (p Policy) firstMatch(a Input, t Target) Decision {
	var either []Decision // of rules of which nobody can tell whether they match
	depends := ""         // on what it touches, by this rule, which says no where it matches
	for _, rule := range p.rules {
		if a.Early && rule.onTargets() && rule.fitsInvocation(a) {
			if rule.decide(p, a, t).Effect == Deny {
				depends = cmp.Or(depends, rule.Name)
				continue
			}
			return dependsOnTargets(rule.Name)
		}
		matches := rule.matches(a, t)
		if matches.No() {
			continue
		}
		r := rule.decide(p, a, t)
		r.Rule, r.Role = rule.Name, r.Role && rule.standard
		if matches.Yes() {
			return r.unlessOthersDiffer(either).unlessTargetsDeny(depends)
		}
		r.unknown = matches.Open()
		either = append(either, r)
	}
	return denied("none", fmt.Sprintf("No rule of the policy allows %s.", a.Command)).unlessOthersDiffer(either).unlessTargetsDeny(depends)
}

// Protects is the rule that asks for special approvals for t, because of what it is or where it
// lies; nothing where none does.
//
// One of which nobody can tell whether it matches protects, too: the mark on the card is a warning,
// and a warning too many costs a look.
func (p Policy) Protects(a Input, t Target) string {
	i := slices.IndexFunc(p.rules, func(r Rule) bool { return !r.matches(a, t).No() })
	if i < 0 || p.rules[i].Effect != Approve || !p.rules[i].onTargets() {
		return ""
	}
	return p.rules[i].Name
}
