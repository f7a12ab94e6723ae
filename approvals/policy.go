package approvals

import (
	"errors"
	"fmt"
	"slices"
)

// The roles that every policy has. A policy file may add others.
const (
	Operators = "operators"
	Approvers = "approvers"
)

// The limits that hold where no policy file sets others.
const (
	DefaultMaxTargets = 25 // in one action; above: one approver more
	DefaultMaxPerHour = 50 // destructive targets of one requester in an hour; above: one approver more
)

// A Person is somebody in Slack, as far as a decision needs it. A person is not full when guest, bot, stranger from a shared
// channel, member of another workspace or deleted.
type Person struct {
	ID    string
	Name  string
	Roles []string
	Full  bool
}

// in reports whether p has one of roles. Nobody without an id has any.
func (p Person) in(roles []string) bool {
	return p.ID != "" && slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(p.Roles, r) })
}

// Effect is what a policy says to an invocation.
type Effect string

// The effects. The zero value is none of them: a ruling that nobody made allows nothing.
const (
	Allow   Effect = "allow"   // run at once
	Approve Effect = "approve" // wait for an approval
	Deny    Effect = "deny"
)

// A Ruling is a policy's answer. By are the roles that may run it (Allow) or must approve it (Approve); Why is a sentence for the
// person who asked.
type Ruling struct {
	Effect Effect
	By     []string
	Quorum int
	Rule   string // which rule decided
	Why    string
}

// Err is nil unless the ruling denies; then it is a *RefusedError.
func (r Ruling) Err() error {
	if r.Effect == Allow || r.Effect == Approve {
		return nil
	}
	return &RefusedError{Why: r.Why, Rule: r.Rule}
}

// On returns q as the ruling wants it submitted: approved already, or waiting for its quorum.
func (r Ruling) On(q Request) Request {
	q.By, q.Rule, q.Quorum, q.State = r.By, r.Rule, r.Quorum, Pending
	if r.Effect == Allow {
		q.Quorum, q.State = 0, Approved
	}
	return q
}

// An Ask is everything a policy looks at: who wants what, where, and how much it touches.
type Ask struct {
	Caller   Person
	Command  string
	Area     string
	Risk     string // read, change or destructive
	Guarded  bool   // needs an approval whatever the rules say
	Channel  string
	Targets  int // that it will touch
	LastHour int // destructive targets that the caller asked for in the last hour, see Ledger.LastHour
}

// Settings are what a policy is made of.
type Settings struct {
	Operators, Approvers   []Member
	MaxTargets, MaxPerHour int // 0 = the defaults
}

// A Policy says who may do what, and who must approve it. It is a value; a changed policy is another one.
type Policy struct {
	roles      []role
	rules      []rule
	maxTargets int
	maxPerHour int
}

// NewPolicy makes the policy of the settings, or says of every member that is none what is wrong with it.
func NewPolicy(s Settings) (Policy, error) {
	p := Policy{
		roles:      []role{{Operators, s.Operators}, {Approvers, s.Approvers}},
		rules:      defaults(),
		maxTargets: positive(s.MaxTargets, DefaultMaxTargets),
		maxPerHour: positive(s.MaxPerHour, DefaultMaxPerHour),
	}
	var wrong []error
	for _, r := range p.roles {
		wrong = append(wrong, r.check())
	}
	return p, errors.Join(wrong...)
}

func positive(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}

// Decide rules on an ask. Three things no rule can lift: who is no full member and in no role does nothing, a risk that no rule
// knows is denied, and what is guarded needs an approval.
func (p Policy) Decide(a Ask) Ruling {
	if !a.Caller.Full && len(a.Caller.Roles) == 0 {
		return denied("members", "Only full members of this workspace may use this app.")
	}
	for _, rule := range p.rules {
		if r, matches := rule.decide(p, a); matches {
			r.Rule = rule.name
			return p.guard(a, r)
		}
	}
	return denied("none", fmt.Sprintf("No rule of the policy allows %s.", a.Command))
}

// guard adds what holds above every rule: guarded commands need an approval, a budget that is spent needs one approver more, and
// an approval that nobody could give is a refusal.
func (p Policy) guard(a Ask, r Ruling) Ruling {
	if r.Effect == Deny || a.Risk == riskRead && !a.Guarded {
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
		r.Effect, r.By = Approve, []string{Approvers}
	}
	if p.empty(r.By) {
		return denied(r.Rule, r.Why+" Nobody can give it: no approvers are configured (S1BOT_APPROVERS).")
	}
	return r
}

// overBudget says which limit an ask exceeds, or nothing.
func (p Policy) overBudget(a Ask) string {
	switch {
	case a.Targets > p.maxTargets:
		return fmt.Sprintf("%d targets in one action, more than %d, need one approver more.", a.Targets, p.maxTargets)
	case a.Risk == riskDestructive && a.LastHour+a.Targets > p.maxPerHour:
		return fmt.Sprintf("%d targets within an hour, more than %d, need one approver more.", a.LastHour+a.Targets, p.maxPerHour)
	}
	return ""
}

func denied(rule, why string) Ruling { return Ruling{Effect: Deny, Rule: rule, Why: why} }
