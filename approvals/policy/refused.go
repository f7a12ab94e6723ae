package policy

// A RefusedError is a policy's no. Why is a sentence for the person who asked.
type RefusedError struct {
	Why     string
	Rule    string // that said so
	Because string // name of the thing of several that it said so of; empty where it concerns all
	Role    bool   // the caller lacks a role that the defaults want; see Decision
}

// ShownRule is the rule that said no, for people; the audit trail has it in any case. It is none
// where the caller lacks a role: the name of a default is nothing that anybody wrote down, and
// "approvers decide" contradicts "Only operators may run it".
func (e *RefusedError) ShownRule() string { return shownRule(e.Rule, e.Role) }

func shownRule(rule string, role bool) string {
	if role {
		return ""
	}
	return rule
}

// Error is the sentence.
func (e *RefusedError) Error() string { return e.Why }

// An UnansweredError refuses what depends on a question that has no answer now. It is neither a yes
// nor a no: asked again later, it may be either.
type UnansweredError struct {
	Question string // as in CannotTell
	Rule     string // that asks it
	Because  string // name of the thing of several that it is about; empty where it concerns all
}

// Error says that nothing was done, and why.
func (e *UnansweredError) Error() string { return e.Question + ", so nothing was done" }
