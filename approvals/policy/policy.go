// Package policy says who may do what, and who must approve it: an Input goes in, a Decision comes out, and nothing is called on the way.
//
// Rules are tried in order and the first one that matches decides, thing by thing; of the decisions on everything that is touched, the
// strictest holds. Each question that a rule asks has three answers:
//
//	yes ──▶ the rule decides
//	no  ──▶ the next rule
//	nobody can tell ──▶ both ways are followed; where they differ, the decision is Unanswered, and names the question
//
// The rule one must not break: what is not known never reads as no. The zero values of Answer, Fact and Decision grant nothing.
package policy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
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

// A Person is somebody in Slack, as far as a decision needs it. A person is not full when guest, bot, stranger from a shared
// channel, member of another workspace or deleted. Policy.Person makes one; of the zero value nobody can tell anything.
type Person struct {
	ID    string
	Name  string
	Full  Answer
	Roles []Membership
	asked bool // Roles are all there are: a role that is not among them is not theirs
}

// A Membership is what is known of a person's having a role, there where it holds.
type Membership struct {
	Role string
	Scope
	Held Answer
}

// Holding is a full member who has these roles everywhere, and no others.
func Holding(id string, roles ...string) Person {
	p := Person{ID: id, Full: Certain(true), asked: true}
	for _, r := range roles {
		p.Roles = append(p.Roles, Membership{Role: r, Held: Certain(true)})
	}
	return p
}

// Known asks whether p may use the app at all: full members may, others when a role names them.
func (p Person) Known() Answer { return Or(p.Full, p.Somewhere()) }

// Somewhere asks whether p has any role in any place.
func (p Person) Somewhere() Answer {
	return p.any(func(Membership) Answer { return Certain(true) })
}

// Everywhere asks whether p has any role that holds in all places.
func (p Person) Everywhere() Answer {
	return p.any(func(m Membership) Answer { return Certain(m.everywhere()) })
}

// any asks whether p has a role that fits. Nobody without an id has any.
func (p Person) any(fits func(Membership) Answer) Answer {
	if p.ID == "" {
		return Certain(false)
	}
	held := anyOf(p.Roles, func(m Membership) Answer { return and(fits(m), m.Held) })
	if !p.asked {
		held = Or(held, Answer{})
	}
	return held
}

// In asks whether p has one of roles, there where all of places are; without places, everywhere.
func (p Person) In(roles []string, places ...Target) Answer {
	of := func(m Membership) Answer { return Certain(slices.Contains(roles, m.Role)) }
	if len(places) == 0 {
		return p.any(func(m Membership) Answer { return and(of(m), Certain(m.everywhere())) })
	}
	return anyOf(roles, func(role string) Answer {
		all := Certain(true)
		for _, t := range places {
			all = and(all, p.any(func(m Membership) Answer { return and(Certain(m.Role == role), m.covers(t)) }))
		}
		return all
	})
}

// Certain are the names of the roles that p has everywhere, for the audit trail.
func (p Person) Certain() (names []string) {
	for _, m := range p.Roles {
		if m.Held.Yes() && m.everywhere() && !slices.Contains(names, m.Role) {
			names = append(names, m.Role)
		}
	}
	return names
}

// Anywhere asks whether p has one of roles in any place.
func (p Person) Anywhere(roles []string) Answer {
	return p.any(func(m Membership) Answer { return Certain(slices.Contains(roles, m.Role)) })
}

// Effect is what a policy says to an invocation.
type Effect string

// The effects. The zero value is none of them: a ruling that nobody made allows nothing.
const (
	Allow   Effect = "allow"   // run at once
	Approve Effect = "approve" // wait for an approval
	Deny    Effect = "deny"
	// Unanswered is neither: what it depends on cannot be told. Nothing runs and nothing waits.
	Unanswered Effect = "unanswered"
)

// A Decision is a policy's answer. By are the roles that may run it (Allow) or must approve it (Approve); Why is a sentence for the
// person who asked.
type Decision struct {
	Effect  Effect
	By      []string
	Quorum  int    // people who must approve
	Needs   []Need // what their approvals must add up to
	Rule    string // which rule decided
	Why     string
	Open    string        // of Unanswered: the question without an answer, see CannotTell
	Because string        // name of the thing of several that is denied
	Timeout time.Duration // how long it waits for the approval; 0 = the ledger's
	Seen    Tally         // what it took into account of what the caller asked for before
	doubt   string        // of a rule of which nobody can tell whether it matches: why
}

// Err is nil unless the ruling denies, which is a *RefusedError, or cannot be made, which is an *UnansweredError.
func (r Decision) Err() error {
	switch r.Effect {
	case Allow, Approve:
		return nil
	case Unanswered:
		return &UnansweredError{Question: r.Open, Rule: r.Rule, Because: r.Because}
	}
	return &RefusedError{Why: r.Why, Rule: r.Rule, Because: r.Because}
}

// An Input is everything a policy looks at: who wants what, where, when, and what it touches.
type Input struct {
	Caller    Person
	Command   string
	Area      string
	Risk      string // read, change or destructive
	Guarded   bool   // needs an approval whatever the rules say
	Channel   string
	At        time.Time
	Targets   int      // how many things it will touch
	Reach     []Target // which; empty = it touches nothing that has a name
	Early     bool     // nobody has looked yet what it touches: only what is certain already is denied
	Endpoints int      // how many endpoints it acts on
	LastHour  Tally    // what the caller asked for before, see Ledger.LastHour
}

// holds asks whether who asks has one of roles where t lies.
func (a Input) holds(roles []string, t Target) Answer {
	if a.Early {
		return a.Caller.Anywhere(roles)
	}
	return a.Caller.In(roles, t)
}

// Settings are what a policy is made of.
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

// A Policy says who may do what, and who must approve it. It is a value; a changed policy is another one.
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
			bad("nobody is named to approve")
		}
		if r.Distinct && r.Quorum > len(r.By) {
			bad("%d approvals of distinct roles, but %d roles", r.Quorum, len(r.By))
		}
	case Allow:
		if len(r.By) == 0 {
			bad("no role is allowed")
		}
	default:
		bad("%q is no effect", string(r.Effect))
	}
	return errors.Join(wrong...)
}

// has reports whether there is a role of that name.
func (p Policy) has(name string) bool {
	return slices.ContainsFunc(p.roles, func(r Role) bool { return r.Name == name })
}

// Same reports whether p and q are one policy, not a changed one.
func (p Policy) Same(q Policy) bool { return p.edition == q.edition }

// Waits reports whether anything can come to wait for an approval, so that cards need a channel.
func (p Policy) Waits() bool {
	return !p.empty([]string{Approvers}) || slices.ContainsFunc(p.rules, func(r Rule) bool { return r.Effect == Approve && !p.empty(r.By) })
}

// Channel is where approval cards go.
func (p Policy) Channel() string { return p.channel }

// OnTimeRule is what a ruling names that the policy made beforehand.
const OnTimeRule = "approvals.reconnect_on_time"

// OnTime reports whether what was isolated for a time may be reconnected at its end without an approval of its own.
func (p Policy) OnTime() bool { return p.onTime }

// AtEnd rules on undoing something whose time is over. Beforehand says that it was asked for and approved with an end that needs no
// further approval; that holds while the policy still says so. What a rule denies stays denied.
func (p Policy) AtEnd(a Input, beforehand bool) Decision {
	r := p.Decide(a)
	if r.Effect == Approve && beforehand && p.onTime {
		return Decision{Effect: Allow, By: []string{Operators}, Rule: OnTimeRule}
	}
	return r
}

// Approvers are the members of the roles that may approve by default, in the order in which they were given.
func (p Policy) Approvers() []Member { return p.membersOf([]string{Approvers}) }

// MembersOf are all members of the roles.
func (p Policy) MembersOf(roles []string) []Member { return p.membersOf(roles) }

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

func positive(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}

// Decide rules on an ask: on each thing that it touches by the first rule that matches, and the strictest of those rulings
// holds; where several want approvals, each gets its own. Three things no rule can lift: who is no full member and in no role
// does nothing, a risk that no rule knows is denied, and what is guarded needs an approval. What can be told is decided first: one
// certain no needs no other answer.
func (p Policy) Decide(a Input) Decision {
	known := a.Caller.Known()
	if known.No() {
		return denied("members", "Only full members of this workspace may use this app.")
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

// strictest is what holds of the rulings on everything that an ask touches.
func (p Policy) strictest(a Input) (all Decision) {
	reach := a.Reach
	if len(reach) == 0 {
		reach = []Target{Nothing()}
	}
	rulings := make([]Decision, len(reach))
	for i, t := range reach {
		rulings[i] = p.rule(a, t)
	}
	for _, worst := range []Effect{Deny, Unanswered} {
		i := slices.IndexFunc(rulings, func(r Decision) bool { return r.Effect == worst })
		if i < 0 {
			continue
		}
		if slices.ContainsFunc(rulings, func(r Decision) bool { return r.Effect != worst }) {
			t := reach[i]
			rulings[i].Because = cmp.Or(t.Host.value, t.Group.value, t.Site.value, t.Account.value) // of the others it says nothing
		}
		return rulings[i]
	}
	for _, r := range rulings {
		all = all.and(r)
	}
	return all
}

// rule is the ruling of the first rule that matches t. Where nobody can tell whether a rule does, both cases are followed: what they
// come to is the ruling if it is the same, and else that nobody can tell.
func (p Policy) rule(a Input, t Target) Decision {
	var either []Decision // of rules of which nobody can tell whether they match
	depends := ""         // on what it touches, by this rule, which says no where it matches
	for _, rule := range p.rules {
		if a.Early && rule.onTargets() && rule.ofInvocation(a) {
			if rule.ruling(p, a, t).Effect == Deny {
				depends = cmp.Or(depends, rule.Name)
				continue
			}
			return onTouched(rule.Name)
		}
		matches := rule.matches(a, t)
		if matches.No() {
			continue
		}
		r := rule.ruling(p, a, t)
		r.Rule = rule.Name
		if matches.Yes() {
			return r.unlessOther(either).unlessTouched(depends)
		}
		r.doubt = matches.Open()
		either = append(either, r)
	}
	return denied("none", fmt.Sprintf("No rule of the policy allows %s.", a.Command)).unlessOther(either).unlessTouched(depends)
}

// onTouched is the ruling while nobody knows what is touched, where that decides.
func onTouched(rule string) Decision {
	return Decision{Effect: Allow, Rule: rule, Why: "It depends on what it touches."}
}

// unlessTouched is r, the ruling if a rule about what is touched does not match, where it is a no: then it is one in any case.
func (r Decision) unlessTouched(rule string) Decision {
	if rule == "" || r.Effect == Deny {
		return r
	}
	return onTouched(rule)
}

// unlessOther is r, the ruling if none of the others' rules matches, where it makes no difference whether one does.
func (r Decision) unlessOther(others []Decision) Decision {
	for _, o := range others {
		if !r.sameAs(o) {
			return unanswered(o.Rule, o.doubt)
		}
	}
	return r
}

// sameAs reports whether r and o come to the same for who asks.
func (r Decision) sameAs(o Decision) bool {
	return r.Effect == o.Effect && r.Effect != Unanswered && r.Quorum == o.Quorum && slices.EqualFunc(r.Needs, o.Needs, Need.equal)
}

// Protects is the rule that asks for special approvals for t, because of what it is or where it lies; nothing where none does.
func (p Policy) Protects(a Input, t Target) string {
	i := slices.IndexFunc(p.rules, func(r Rule) bool { return !r.matches(a, t).No() })
	if i < 0 || p.rules[i].Effect != Approve || !p.rules[i].onTargets() {
		return ""
	}
	return p.rules[i].Name
}

// and is the stricter of two rulings that do not deny, or both where both want approvals.
func (r Decision) and(other Decision) Decision {
	switch {
	case r.Effect == "" || r.Effect == Allow && other.Effect == Approve:
		return other
	case other.Effect == Allow:
		return r
	}
	r.Quorum = max(r.Quorum, other.Quorum)
	for _, n := range other.Needs {
		r.Needs = addNeed(r.Needs, n)
	}
	for _, role := range other.By {
		if !slices.Contains(r.By, role) {
			r.By = append(slices.Clip(r.By), role)
		}
	}
	if !slices.Contains(strings.Split(r.Rule, ", "), other.Rule) {
		r.Rule += ", " + other.Rule
	}
	return r
}

// guard adds what holds above every rule: guarded commands need an approval, a budget that is spent needs one approver more, and
// an approval that nobody could give is a refusal.
func (p Policy) guard(a Input, r Decision) Decision {
	if a.Risk == RiskRead && !a.Guarded {
		return r
	}
	if a.Guarded && r.Quorum == 0 {
		r.Quorum, r.Why = 1, fmt.Sprintf("%s always needs an approval.", a.Command)
	}
	if over := p.overBudget(a); over != "" {
		r.Quorum, r.Why = r.Quorum+1, over
	}
	if r.Quorum == 0 {
		return r
	}
	if r.Effect == Allow {
		needs, known := p.approversOf(a)
		if open := known.Open(); open != "" {
			return unanswered(r.Rule, open)
		}
		r.Effect, r.By, r.Needs = Approve, []string{Approvers}, needs
	}
	if i := slices.IndexFunc(r.Needs, func(n Need) bool { return p.empty(n.By) }); i >= 0 {
		return denied(r.Rule, r.Why+" Nobody can give it: "+p.nobody(r.Needs[i]))
	}
	r.Timeout = p.timeout
	return r
}

// nobody says why there is nobody for n.
func (p Policy) nobody(n Need) string {
	if len(n.Places) == 0 {
		return "no approvers are configured (S1BOT_APPROVERS)."
	}
	return fmt.Sprintf("nobody may approve for %s.", cmp.Or(n.Places[0].Site, n.Places[0].Account, "what lies in no site"))
}

// approversOf is what an approval by the approvers takes, wherever the ask reaches.
func (p Policy) approversOf(a Input) (needs []Need, known Answer) {
	known = Certain(true)
	for _, t := range a.Reach {
		need, ok := p.within(Need{By: []string{Approvers}, Quorum: 1}, t)
		needs, known = addNeed(needs, need), and(known, ok)
	}
	if needs == nil {
		needs = []Need{{By: []string{Approvers}, Quorum: 1}}
	}
	return needs, known
}

// overBudget says which limit an ask exceeds, or nothing.
func (p Policy) overBudget(a Input) string {
	switch {
	case a.Targets > p.maxTargets:
		return fmt.Sprintf("%d targets in one action, more than %d, need one approver more.", a.Targets, p.maxTargets)
	case a.Risk == RiskDestructive && a.LastHour.Targets+max(a.Targets, a.Endpoints, 1) > p.maxPerHour:
		return fmt.Sprintf("%d targets within an hour, more than %d, need one approver more.", a.LastHour.Targets+max(a.Targets, a.Endpoints, 1), p.maxPerHour)
	case a.Risk == RiskChange && a.Endpoints > 0 && a.LastHour.Endpoints+a.Endpoints > p.maxChanges:
		return fmt.Sprintf("%d endpoints changed within an hour, more than %d, need an approval.", a.LastHour.Endpoints+a.Endpoints, p.maxChanges)
	}
	return ""
}

func denied(rule, why string) Decision { return Decision{Effect: Deny, Rule: rule, Why: why} }

// unanswered is the ruling where a question that matters has no answer.
func unanswered(rule, question string) Decision {
	return Decision{Effect: Unanswered, Rule: rule, Open: cmp.Or(question, "nobody has asked yet")}
}
