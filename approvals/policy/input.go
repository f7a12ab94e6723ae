package policy

import "time"

// An Input is everything a policy looks at: who wants what, where, when, and what it touches.
//
// The same question is asked three times in the life of a request: early, from what was typed
// alone, so that somebody without the role waits for no look-up; when the targets are known; and
// just before the run. At is the time of the request in each of them: a rule for office hours is
// about when it was asked for, not about when an approver found the time.
type Input struct {
	Caller    Person
	Command   string
	Area      string
	Risk      string // read, change or destructive
	Guarded   bool   // needs an approval whatever the rules say
	Console   string // on which it acts, by name
	Channel   string
	At        time.Time
	Targets   int      // how many things it will touch
	Reach     []Target // which; empty = it touches nothing that has a name
	Early     bool     // nobody has looked yet what it touches: only what is certain already is denied
	Endpoints int      // how many endpoints it acts on
	LastHour  Tally    // what the caller asked for before, see Ledger.LastHour
}

// holds asks whether who asks has one of roles where t lies.
//
// While the targets are not known, a role that holds in some place may turn out to hold where they
// are.
func (a Input) holds(roles []string, t Target) Answer {
	if a.Early {
		return a.Caller.Anywhere(roles)
	}
	return a.Caller.In(roles, t)
}
