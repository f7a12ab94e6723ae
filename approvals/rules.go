package approvals

import "fmt"

// The risks of a command, as the catalog spells them.
const (
	riskRead        = "read"
	riskChange      = "change"
	riskDestructive = "destructive"
)

// A rule gives a ruling for what it matches. The first match wins.
type rule struct {
	name   string
	decide func(Policy, Ask) (r Ruling, matches bool)
}

// defaults are the rules that hold where no policy file says otherwise.
func defaults() []rule {
	return []rule{
		{"members read", func(_ Policy, a Ask) (Ruling, bool) {
			return Ruling{Effect: Allow}, a.Risk == riskRead
		}},
		{"operators change", func(p Policy, a Ask) (Ruling, bool) {
			return p.forOperators(a, Ruling{Effect: Allow, By: []string{Operators}}), a.Risk == riskChange
		}},
		{"approvers decide", func(p Policy, a Ask) (Ruling, bool) {
			why := fmt.Sprintf("%s needs an approval.", a.Command)
			r := Ruling{Effect: Approve, By: []string{Approvers}, Quorum: 1, Why: why}
			return p.forOperators(a, r), a.Risk == riskDestructive
		}},
	}
}

// forOperators is r for operators, and a refusal for others.
func (p Policy) forOperators(a Ask, r Ruling) Ruling {
	switch {
	case a.Caller.in([]string{Operators}):
		return r
	case p.empty([]string{Operators}):
		return denied("", fmt.Sprintf("Only operators may run %s, and no operators are configured (S1BOT_OPERATORS).", a.Command))
	}
	return denied("", fmt.Sprintf("Only operators may run %s. Ask one of them, or an administrator of this app for the role.", a.Command))
}
